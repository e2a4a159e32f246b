// SPDX-License-Identifier: Apache-2.0
import type { Field } from '../../data/types';
import { w } from '../../i18n/t.svelte';
import { choiceOf } from '../../model/model.svelte';

/** The words of one value; a level of a scale keeps its number. */
export function labelOf(field: Field, value: unknown): string {
	const choice = choiceOf(field, value);
	const words = choice ? w(choice.title) : String(value);
	return choice && field.type === 'integer' ? `${value} · ${words}` : words;
}
