// SPDX-License-Identifier: Apache-2.0
// Which columns a list shows, and how wide each is so that rows of any content line up and nothing jumps.
import type { Field, Kind } from '../data/types';
import { keep, kept } from '../app/prefs.svelte';
import { fieldOf, isPerson } from '../model/model.svelte';

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
function span(field: Field): [number, number] {
	if (field.name === 'state') return [128, 180];
	if (field.name === 'title') return [244, 9999];
	switch (field.type) {
		case 'date': return [120, 124];
		case 'moment': return [148, 160];
		case 'yes_no': return [76, 96];
		case 'integer': return field.of ? [128, 180] : [84, 96];
		case 'number': return [84, 104];
		case 'choice': return field.many ? [150, 240] : [110, 180];
		case 'ref': return isPerson(field) ? [104, 160] : [120, 280];
		case 'refs': return [140, 220];
		case 'note': return [200, 360];
		case 'rows': case 'file': return [96, 120];
		default: return field.many ? [140, 240] : [140, 240];
	}
}
export function widthsOf(fields: Field[], room: number): number[] {
	const spans = fields.map(span);
	const least = spans.reduce((sum, [min]) => sum + min, 0);
	const spare = Math.max(0, room - least);
	const want = spans.reduce((sum, [min, max], at) => sum + (fields[at]!.name === 'title' ? 0 : max - min), 0);
	// The title takes half of what is spare at least, and all that nobody else can use.
	const shared = Math.min(want, spare * 0.5);
	return spans.map(([min, max], at) => (fields[at]!.name === 'title' ? min : Math.floor(min + (want ? ((max - min) * shared) / want : 0))));
}
export const isNumeric = (field: Field): boolean => (field.type === 'integer' && !field.of) || field.type === 'number';
export const canSort = (field: Field): boolean => !field.many && field.type !== 'rows' && field.type !== 'refs' && field.type !== 'note' && field.type !== 'file';
export const canFilter = (field: Field): boolean => field.type !== 'rows' && field.type !== 'note' && field.type !== 'file' && field.name !== 'key' && field.name !== 'version';
export const canGroup = (field: Field): boolean =>
	field.name === 'state' || ((field.type === 'choice' || field.type === 'ref' || field.type === 'yes_no') && !field.many);
