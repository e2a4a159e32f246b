// SPDX-License-Identifier: Apache-2.0
// What the shapes reckon: which columns, cells, days and branches there are, from counts and not from rows.
import type { AnyRecord, Counted, Field, Group, Kind, Shape } from '../data/types';
import { question, viewSearch, type View } from '../model/filter';
import { fieldOf } from '../model/model.svelte';

export type Name = Shape['shape'];
/** `calendar:2026-12` as the shape and the place in it. */
export function shapeNow(view: View): { name: string; place: string } {
	const [name = '', ...place] = (view.shape ?? '').split(':');
	return { name, place: place.join(':') };
}
/** The question for counts of what the list holds. */
export const tallyPath = (kind: string, view: View, by: string): string => `/${kind}?${question({ ...view, sort: '', group: '' }, { tally: by })}`;
export const CARDS = 12;
/** What a card shows of a record: what the list shows first, without what the column says already. */
export const cardFields = (kind: Kind, by: string): Field[] =>
	kind.list.filter((name) => name !== 'title' && name !== 'key' && name !== by).flatMap((name) => fieldOf(kind, name) ?? []).slice(0, 4);
const cardNames = (kind: Kind, by: string): string => ['title', 'state', ...cardFields(kind, by).map((one) => one.name)].join(',');
/** A board in one question: how many stand in each column, and the first of them. */
export const boardPath = (kind: Kind, view: View, by: string): string =>
	`/${kind.kind}?${question({ ...view, group: '' }, { tally: by, cards: String(CARDS), fields: cardNames(kind, by) })}`;
/** The list of one column, to go on with. */
export const columnPath = (kind: Kind, view: View, by: string): string => `/${kind.kind}?${question(view, { fields: cardNames(kind, by) })}`;

/** One value more that a list must have; nothing is a value, too. */
export function having(view: View, field: string, value: Counted): View {
	const filters = view.filters.filter((one) => one.field !== field);
	return { ...view, filters: [...filters, value === null ? { field, op: 'empty', value: '1' } : { field, op: 'is', value: String(value) }] };
}
/** The list of what a picture counts. */
export const listOf = (kind: string, view: View): string => `/k/${kind}${viewSearch({ ...view, shape: '' })}`;

export interface Column {
	value: Counted;
	n: number;
	/** The first records, where the server sent them along. */
	first?: { items: AnyRecord[]; next: string | null };
	/** Nothing more is expected of what stands here. */
	end: boolean;
}
const valuesOf = (field: Field, kind: Kind): { value: Counted; end: boolean }[] => {
	if (field.name === 'state') return kind.states.map((state) => ({ value: state.state, end: !!state.end }));
	if (field.type === 'yes_no') return [true, false].map((value) => ({ value, end: false }));
	return (field.of ?? []).map((choice) => ({ value: choice.value, end: false }));
};
/** The values of a field in their order; ends and what the model knows no more only where there is something. */
export function columnsOf(field: Field, kind: Kind, groups: Group[], axis: 'x' | 'y' = 'x'): Column[] {
	const count = (value: Counted): number => groups.filter((one) => String(one[axis] ?? null) === String(value)).reduce((sum, one) => sum + one.n, 0);
	const known = valuesOf(field, kind);
	const lost = [...new Set(groups.map((one) => one[axis] ?? null))].filter((value) => !known.some((one) => String(one.value) === String(value)));
	return [...known, ...lost.map((value) => ({ value, end: false }))]
		.map((one) => {
			const first = groups.find((group) => group.items && String(group[axis] ?? null) === String(one.value));
			return { ...one, n: count(one.value), ...(first ? { first: { items: first.items!, next: first.next ?? null } } : {}) };
		})
		.filter((one) => one.n > 0 || !one.end);
}
export const cellOf = (groups: Group[], x: Counted, y: Counted): number =>
	groups.find((one) => String(one.x) === String(x) && String(one.y ?? null) === String(y))?.n ?? 0;

// ---- a month: days are ISO text, and no clock of the browser has a part in it
const pad = (n: number): string => String(n).padStart(2, '0');
const at = (day: string): Date => new Date(`${day}T00:00:00Z`);
const iso = (date: Date): string => `${date.getUTCFullYear()}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
export function shiftDay(day: string, by: number): string {
	const date = at(day);
	date.setUTCDate(date.getUTCDate() + by);
	return iso(date);
}
export function shiftMonth(month: string, by: number): string {
	const [year = 0, m = 1] = month.split('-').map(Number);
	const months = year * 12 + m - 1 + by;
	return `${String(Math.floor(months / 12)).padStart(4, '0')}-${pad((months % 12) + 1)}`;
}
export const isMonth = (text: string): boolean => /^[1-9]\d{3}-(0[1-9]|1[0-2])$/.test(text);
export const lastDay = (month: string): string => shiftDay(`${shiftMonth(month, 1)}-01`, -1);
/** Whole weeks, from Monday, that hold the month. */
export function weeksOf(month: string): string[][] {
	const first = `${month}-01`;
	let day = shiftDay(first, -((at(first).getUTCDay() + 6) % 7));
	const weeks: string[][] = [];
	while (day <= lastDay(month)) {
		weeks.push(Array.from({ length: 7 }, (_, n) => shiftDay(day, n)));
		day = shiftDay(day, 7);
	}
	return weeks;
}

// ---- a tree
export interface Branch {
	record: AnyRecord;
	below: Branch[];
}
/** Under what they name; what names nothing that is here, or only itself in a circle, begins a branch of its own. */
export function treeOf(records: AnyRecord[], by: string): Branch[] {
	const under = new Map<string, AnyRecord[]>();
	const here = new Set(records.map((one) => one.id));
	const placed = new Set<string>();
	for (const one of records) {
		const above = here.has(String(one[by])) ? String(one[by]) : '';
		under.set(above, [...(under.get(above) ?? []), one]);
	}
	const grow = (record: AnyRecord): Branch => {
		placed.add(record.id);
		return { record, below: (under.get(record.id) ?? []).filter((one) => !placed.has(one.id)).map(grow) };
	};
	const roots = (under.get('') ?? []).map(grow);
	for (const one of records) if (!placed.has(one.id)) roots.push(grow(one));
	return roots;
}

// ---- a stretch of time
export interface Stretch {
	record: AnyRecord;
	from: string;
	to: string;
	/** Percent of the whole. */
	left: number;
	width: number;
	/** It has no end. */
	open: boolean;
}
const days = (a: string, b: string): number => Math.round((at(b).getTime() - at(a).getTime()) / 86_400_000);
export function stretchesOf(records: AnyRecord[], from: string, to: string, today: string): { first: string; last: string; today: number; bars: Stretch[] } {
	const dated = records.filter((one) => one[from]).map((record) => ({ record, from: String(record[from]), to: String(record[to] ?? '') }));
	const all = dated.flatMap((one) => [one.from, one.to || one.from]).concat(today).sort();
	const first = all[0]!;
	const last = shiftDay(all[all.length - 1]!, 1);
	const whole = Math.max(1, days(first, last));
	const place = (day: string): number => (100 * days(first, day)) / whole;
	return {
		first, last: shiftDay(last, -1), today: place(today),
		bars: dated.map((one) => ({ ...one, open: !one.to, left: place(one.from), width: Math.max(0.5, (one.to ? place(shiftDay(one.to, 1)) : 100) - place(one.from)) }))
	};
}
