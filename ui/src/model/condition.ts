// SPDX-License-Identifier: Apache-2.0
// Conditions are data (docs/model.md §2). The server decides; the pages only show the same answer sooner.
import type { Condition, Field, State } from '../data/types';

export type Fields = Record<string, unknown>;

export function isEmpty(value: unknown): boolean {
	return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}
function contains(value: unknown, wanted: unknown): boolean {
	if (isEmpty(value)) return false;
	return Array.isArray(value) ? value.includes(wanted) : value === wanted;
}
export function holds(condition: Condition | undefined, record: Fields): boolean {
	if (!condition) return true;
	if ('any' in condition) return condition.any.some((one) => holds(one, record));
	if ('all' in condition) return condition.all.every((one) => holds(one, record));
	if ('not' in condition) return !holds(condition.not, record);
	const value = record[condition.field];
	if ('empty' in condition) return isEmpty(value) === condition.empty;
	if ('in' in condition) return condition.in.some((one) => contains(value, one));
	return contains(value, condition.is);
}

/** A value that was reckoned from nothing is not known yet, whatever the last resort of its rule says. */
export const isKnown = (field: Field, record: Fields): boolean => !field.reckoned_from?.length || field.reckoned_from.some((name) => !isEmpty(record[name]));

export const applies = (field: Field, record: Fields): boolean => holds(field.only, record);

export type Need = 'now' | 'later' | 'no';
/** Whether a field is needed in the state the record is in, or before a later one. */
export function needOf(field: Field, record: Fields, state: string | undefined): Need {
	if (!applies(field, record)) return 'no';
	if (field.required && !field.required_from?.length) return 'now';
	if (!field.required_from?.length && !field.required_in?.length) return 'no';
	if (!holds(field.required_when, record)) return 'no';
	if (state && field.required_in?.includes(state)) return 'now';
	return 'later';
}
/** The first state, in the order of the kind, that asks for the field. */
export function neededBefore(field: Field, states: State[]): State | undefined {
	const asked = new Set([...(field.required_from ?? []), ...(field.required_in ?? [])]);
	return states.find((state) => asked.has(state.state));
}
