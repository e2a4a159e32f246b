// SPDX-License-Identifier: Apache-2.0
// What a type of field is to the pages: its editor, its value, its filter and its plain text. One folder a type.
import type { Component } from 'svelte';
import type { AnyRecord, Field, Kind, Value } from '../data/types';
import type { View } from '../model/filter';

export interface InputProps {
	field: Field;
	value: Value;
	/** Gets null for "empty". */
	onchange: (value: Value) => void;
	id: string;
	/** In a cell or a table: no explanations, as low as a line. */
	compact: boolean;
	invalid: boolean;
	describedby?: string;
	/** The name for those who do not see one beside it. */
	label?: string;
	/** The state the record is in; none while it is made. */
	state?: string;
}
export interface ValueProps {
	field: Field;
	/** Never empty. */
	value: Value;
	kind?: Kind;
	/** The one-line form for lists. */
	cell: boolean;
	/** The state the record is in. */
	state?: string;
	/** The record it is of, when it is one's own field. */
	record?: AnyRecord;
}
export interface FilterProps {
	field: Field;
	view: View;
	/** How many records have each value. */
	facets?: Record<string, number>;
	onview: (view: View) => void;
}
export interface Type {
	input: Component<InputProps>;
	value: Component<ValueProps>;
	/** None: no list is filtered by it. */
	filter?: Component<FilterProps>;
	/** One value as plain text: for chips, previews and the history. */
	text: (field: Field, value: unknown) => string;
	/** The value that an address names. */
	read: (typed: string, field: Field) => Value;
	/** The least and the most a column of a list takes, in pixels; and in a table that is filled in. */
	width: (field: Field) => [number, number];
	cell: string;
	sorts?: boolean;
	groups?: boolean;
	/** Stands at the right, digit below digit. */
	numeric?: boolean;
	/** Takes the whole width of a form. */
	wide?: boolean;
	/** Chosen in one go: the editor closes when there is a value. */
	atOnce?: boolean;
}
/** A value that may be one, several or none, as several. */
export const listOf = (value: Value): string[] =>
	Array.isArray(value) ? (value as string[]) : value === undefined || value === null || value === '' ? [] : [String(value)];
