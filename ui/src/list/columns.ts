// SPDX-License-Identifier: Apache-2.0
// Which columns a list shows, and how wide each is so that rows of any content line up and nothing jumps.
import type { Field, Kind, Words } from '../data/types';
import { w } from '../i18n/t.svelte';
import { keep, kept } from '../app/prefs.svelte';
import { fieldOf, isPerson, isToned } from '../model/model.svelte';

export function defaultColumns(kind: Kind): string[] {
	const named = kind.list.filter((name) => name !== 'key' && fieldOf(kind, name));
	return named.includes('title') ? named : ['title', ...named];
}
export function columnsOf(kind: Kind): string[] {
	const own = kept<string[] | null>(`columns.${kind.kind}`, null)?.filter((name) => fieldOf(kind, name));
	return own?.length ? own : defaultColumns(kind);
}
export const keepColumns = (kind: Kind, columns: string[] | null): void => keep(`columns.${kind.kind}`, columns);

/** About how wide words are in a row; Chinese characters take twice the room. */
const wide = (words: string, size = 7): number => [...words].reduce((sum, one) => sum + (one > '\u2e80' ? size * 1.9 : size), 0);
const longest = (list: { title: Words }[], least: number, most: number): number =>
	Math.min(most, Math.max(least, ...list.map((one) => wide(w(one.title)))));

/** The least and the most a column may have; what is left over goes to the title. */
function span(field: Field, kind: Kind): [number, number] {
	const [min, max] = content(field, kind);
	// Headings may take two lines, so the longest word decides (Chinese breaks anywhere: half of it).
	const title = w(field.title);
	const head = Math.ceil(Math.max(wide(title, 7.7) / 2, ...title.split(' ').map((word) => (/[\u2e80-\uffff]/.test(word) ? 0 : wide(word, 7.7)))) + 22);
	return [Math.max(min, head), Math.max(max, head)];
}
function content(field: Field, kind: Kind): [number, number] {
	const chip = 42; // glyph, ends of the chip, ends of the cell
	if (field.name === 'state') return [longest(kind.states, 60, 92) + chip, longest(kind.states, 60, 190) + chip];
	if (field.name === 'title') return [220, 9999];
	switch (field.type) {
		case 'date': return [110, 124];
		case 'moment': return [148, 160];
		case 'yes_no': return [76, 96];
		case 'integer': return field.of ? [128, 180] : [84, 96];
		case 'number': return [84, 104];
		case 'choice': {
			const ends = isToned(field) ? chip : 18;
			return field.many ? [150, 240] : [longest(field.of ?? [], 50, 100) + ends, longest(field.of ?? [], 50, 180) + ends];
		}
		case 'ref': return isPerson(field) ? [98, 170] : [96, 280];
		case 'refs': return [140, 220];
		case 'note': return [200, 360];
		case 'rows': case 'file': return [96, 120];
		default: return field.many ? [140, 240] : [104, 240];
	}
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
export const isNumeric = (field: Field): boolean => (field.type === 'integer' && !field.of) || field.type === 'number';
export const canSort = (field: Field): boolean => !field.many && field.type !== 'rows' && field.type !== 'refs' && field.type !== 'note' && field.type !== 'file';
export const canFilter = (field: Field): boolean => field.type !== 'rows' && field.type !== 'note' && field.type !== 'file' && field.name !== 'key' && field.name !== 'version';
export const canGroup = (field: Field): boolean =>
	field.name === 'state' || ((field.type === 'choice' || field.type === 'ref' || field.type === 'yes_no') && !field.many);
