// SPDX-License-Identifier: Apache-2.0
// What has been looked at, what will be, and what nobody thought of: every row of the frameworks against years.
import type { Counted, FrameworkDetail, Kind, Shape, Soa, Words } from '../data/types';
import type { View } from '../model/filter';
import { valuesOf } from '../model/filter';

export type Coverage = Extract<Shape, { shape: 'coverage' }>;

// ---- the place in the address: `2026,by,gaps`
export interface Place {
	/** The first year; 0: as the period says. */
	first: number;
	/** By the second axis as well. */
	split: boolean;
	/** Only rows that stand out. */
	gaps: boolean;
}
export function placeOf(text: string): Place {
	const [first = '', ...flags] = text.split(',');
	return { first: /^[1-9]\d{3}$/.test(first) ? Number(first) : 0, split: flags.includes('by'), gaps: flags.includes('gaps') };
}
export const placeText = (place: Place): string =>
	[`coverage:${place.first || ''}`, ...(place.split ? ['by'] : []), ...(place.gaps ? ['gaps'] : [])].join(',').replace(/:$/, '');

const YEARS = 3;
const YEARS_MOST = 6;
/** Those of the period, else last year, this one and the next. */
export function yearsOf(place: Place, today: string, period?: { from: string; to: string }): number[] {
	const begin = period ? Number(period.from.slice(0, 4)) : Number(today.slice(0, 4)) - 1;
	const many = period ? Math.min(YEARS_MOST, Math.max(1, Number(period.to.slice(0, 4)) - begin + 1)) : YEARS;
	return Array.from({ length: many }, (_, at) => (place.first || begin) + at);
}

// ---- filters: each number is a list, and the filters that stand in the address stay
const later = (a: string, b: string): string => (a > b ? a : b);
const earlier = (a: string, b: string): string => (a < b ? a : b);
/** Within those days; what is asked already is not widened. */
export function between(view: View, on: string, from: string, to: string): View {
	const at = (op: string): string | undefined => view.filters.find((one) => one.field === on && one.op === op)?.value;
	const rest = view.filters.filter((one) => !(one.field === on && (one.op === 'gte' || one.op === 'lte')));
	return { ...view, filters: [...rest, { field: on, op: 'gte', value: later(from, at('gte') ?? from) }, { field: on, op: 'lte', value: earlier(to, at('lte') ?? to) }] };
}
export const inYear = (view: View, on: string, year: number): View => between(view, on, `${year}-01-01`, `${year}-12-31`);
/** With that value; what else is asked of the field stays. */
export function narrowed(view: View, field: string, value: Counted): View {
	const rest = view.filters.filter((one) => !(one.field === field && (one.op === 'is' || one.op === 'empty')));
	return { ...view, filters: [...rest, value === null ? { field, op: 'empty', value: '1' } : { field, op: 'is', value: String(value) }] };
}
/** The states of what is done, or planned: no end that is not done counts. Nothing: none of them is asked for. */
export function statesOf(kind: Kind, shape: Coverage, view: View, done: boolean): string[] {
	const asked = valuesOf(view, 'state');
	return kind.states
		.filter((one) => (done ? shape.done.includes(one.state) : !one.end && !shape.done.includes(one.state)))
		.map((one) => one.state)
		.filter((state) => !asked.length || asked.includes(state));
}

// ---- rows
export type Out = 'signed' | 'unsigned';
/** What the statement leaves out. What was signed counts as it was then, whatever has been decided since. */
export function leftOut(statement: Soa, framework: string, excluded: string[]): [string, Out][] {
	return statement.rows.flatMap((row): [string, Out][] => {
		const id = `${framework}:${row.row}`;
		if (!row.applicable) return [[id, 'signed']];
		return row.entry && excluded.includes(row.entry.state) && !row.changed ? [[id, 'unsigned']] : [];
	});
}
export interface Row {
	/** `framework:number`; what the groups of a tally are called. */
	id: string;
	number: string;
	title: Words;
	/** Left out by the statement of applicability, signed or not yet; nothing: it counts. */
	out: Out | '';
	/** False: records name it, and no framework has it any more. */
	known: boolean;
}
export interface Part {
	id: string;
	title: Words | null;
	rows: Row[];
}
/** All rows that could be named, in the order of their frameworks; then what is named and is in none. */
export function partsOf(frameworks: FrameworkDetail[], left: Map<string, Out>, named: string[], only: string[]): Part[] {
	const many = frameworks.length > 1;
	const wanted = (id: string): boolean => !only.length || only.includes(id);
	const parts = frameworks.flatMap((one) => one.groups.map((group) => ({
		id: `${one.framework} ${group.id}`,
		title: { en: `${many ? `${one.title.en}, ` : ''}${group.id} ${group.title.en}`, zh: `${many ? `${one.title.zh ?? one.title.en}，` : ''}${group.id} ${group.title.zh ?? group.title.en}` } as Words,
		rows: one.rows.filter((row) => row.group === group.id).map((row) => ({ id: `${one.framework}:${row.id}`, number: row.id, title: row.title, out: left.get(`${one.framework}:${row.id}`) ?? ('' as const), known: true }))
	})));
	const known = new Set(parts.flatMap((part) => part.rows.map((row) => row.id)));
	const lost = named.filter((id) => !known.has(id)).map((id) => ({ id, number: id, title: { en: '' } as Words, out: '' as const, known: false }));
	return [...parts, { id: '', title: null, rows: lost }].map((part) => ({ ...part, rows: part.rows.filter((row) => wanted(row.id)) })).filter((part) => part.rows.length);
}

// ---- counts
export interface Count {
	done: number;
	planned: number;
}
/** By row, year and, where there is a second axis, its value. */
export class Counts {
	private all = new Map<string, Count>();
	static at(row: Counted, year: Counted, by: Counted = null): string { return `${row} ${year} ${by}`; }
	add(row: Counted, year: Counted, by: Counted, what: keyof Count, n: number): void {
		const key = Counts.at(row, year, by);
		const now = this.all.get(key) ?? { done: 0, planned: 0 };
		this.all.set(key, { ...now, [what]: now[what] + n });
	}
	of(row: Counted, year: Counted, by: Counted = null): Count { return this.all.get(Counts.at(row, year, by)) ?? { done: 0, planned: 0 }; }
}
/** It applies, and nothing is done or planned in any of the years. */
export const isGap = (row: Row, counts: Counts, years: number[]): boolean =>
	row.known && !row.out && years.every((year) => { const { done, planned } = counts.of(row.id, year); return !done && !planned; });
