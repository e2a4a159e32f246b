// SPDX-License-Identifier: Apache-2.0
// Which columns a list shows, and how wide each is so that rows of any content line up and nothing jumps.
import type { Field, Kind } from '../data/types';
import { w } from '../i18n/t.svelte';
import { keep, kept } from '../app/prefs.svelte';
import { fieldOf } from '../model/model.svelte';
import { typeOf } from '../types';
import { CHIP, longest, wide } from '../types/room';

export function defaultColumns(kind: Kind): string[] {
	const named = kind.list.filter((name) => name !== 'key' && fieldOf(kind, name));
	return named.includes('title') ? named : ['title', ...named];
}
export function columnsOf(kind: Kind): string[] {
	const own = kept<string[] | null>(`columns.${kind.kind}`, null)?.filter((name) => fieldOf(kind, name));
	return own?.length ? own : defaultColumns(kind);
}
export const keepColumns = (kind: Kind, columns: string[] | null): void => keep(`columns.${kind.kind}`, columns);

/** The least and the most a column may have; what is left over goes to the title. */
function span(field: Field, kind: Kind): [number, number] {
	const [min, max] = content(field, kind);
	// Headings may take two lines, so the longest word decides (Chinese breaks anywhere: half of it).
	const title = w(field.title);
	const head = Math.ceil(Math.max(wide(title, 7.7) / 2, ...title.split(' ').map((word) => (/[\u2e80-\uffff]/.test(word) ? 0 : wide(word, 7.7)))) + 22);
	return [Math.max(min, head), Math.max(max, head)];
}
function content(field: Field, kind: Kind): [number, number] {
	if (field.name === 'state') return [longest(kind.states, 60, 92) + CHIP, longest(kind.states, 60, 190) + CHIP];
	if (field.name === 'title') return [220, 9999];
	return typeOf(field).width(field);
}
export function widthsOf(kind: Kind, fields: Field[], room: number): number[] {
	const spans = fields.map((field) => span(field, kind));
	const least = spans.reduce((sum, [min]) => sum + min, 0);
	const spare = Math.max(0, room - least);
	const want = spans.reduce((sum, [min, max], at) => sum + (fields[at]!.name === 'title' ? 0 : max - min), 0);
	// The title takes the first that is spare, half of the rest at least, and all that nobody else can use.
	const shared = Math.min(want, Math.max(0, spare - 60) * 0.5);
	return spans.map(([min, max], at) => (fields[at]!.name === 'title' ? min : Math.floor(min + (want ? ((max - min) * shared) / want : 0))));
}
export const isNumeric = (field: Field): boolean => !!typeOf(field).numeric;
export const canSort = (field: Field): boolean => !field.many && field.type !== 'refs' && !!typeOf(field).sorts;
export const canFilter = (field: Field): boolean => !!typeOf(field).filter && field.name !== 'key' && field.name !== 'version';
export const canGroup = (field: Field): boolean =>
	field.name === 'state' || (!!typeOf(field).groups && !field.many && field.type !== 'refs' && field.type !== 'integer');
