// SPDX-License-Identifier: Apache-2.0
// What mends a gap, as a place to go to. The model names the act; here it is held against the record as it stands and
// against what the reader may do, so that a button leads to where it can be done. Pure.
import type { Field, Fix, Gap, GapRow, Kind, Ref, Words } from '../data/types';

/** What the place is called: words of the model, or a word of ours with what it is about. */
export interface Act {
	href: string;
	/** create, fill, move, list, open */
	how: 'create' | 'fill' | 'move' | 'list' | 'open';
	title?: Words;
	kind?: string;
	field?: Words;
	/** Whether the reader may create such a record at all. */
	may: boolean;
}
export interface Known {
	kind: (name: string) => Kind | undefined;
	mayCreate: (kind: string) => boolean;
}
const encode = encodeURIComponent;
const path = (record: Ref): string => `/k/${record.kind}/${encode(record.key || record.id)}`;

function query(set: Fix['set'], record: Ref | undefined): [string, string][] {
	const one = (value: unknown): string => (value === '$id' ? (record?.id ?? '') : String(value));
	return Object.entries(set ?? {}).map(([name, value]): [string, string] => [name, Array.isArray(value) ? value.map(one).join(',') : one(value)]).filter(([, value]) => value !== '');
}
const spelt = (pairs: [string, string][]): string => {
	const text = new URLSearchParams(pairs).toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
	return text ? `?${text}` : '';
};
function isOpen(kind: Kind, field: Field, record: Ref): boolean {
	const state = kind.states.find((one) => one.state === record.state);
	if (field.computed || field.fixed === 'any' || (Array.isArray(field.fixed) && record.state && field.fixed.includes(record.state))) return false;
	return !state?.locked || !!field.always;
}

/** Of the acts that the model names the first that can be done where the record stands. */
export function actOf(fix: Fix | null, check: string, record: Ref | undefined, known: Known): Act | undefined {
	const back: [string, string][] = [['check', check]];
	const kind = record && known.kind(record.kind);
	if (fix?.create) return { href: `/k/${fix.create}/new${spelt([...query(fix.set, record), ['_check', check]])}`, how: 'create', title: fix.title, kind: fix.create, may: known.mayCreate(fix.create) };
	if (fix?.list) return { href: `/k/${fix.list}${spelt(query(fix.set, record))}`, how: 'list', title: fix.title, kind: fix.list, may: true };
	if (!record || !kind) return undefined;
	const field = fix?.fill ? kind.fields.find((one) => one.name === fix.fill) : undefined;
	if (field && isOpen(kind, field, record)) return { href: path(record) + spelt([...back, ['field', field.name]]), how: 'fill', title: fix?.title, field: field.title, may: true };
	const move = fix?.move?.map((name) => kind.moves.find((one) => one.move === name)).find((one) => one && record.state && one.from.includes(record.state));
	if (move) return { href: path(record) + spelt([...back, ['move', move.move]]), how: 'move', title: fix?.title && !field ? fix.title : move.title, may: true };
	return { href: path(record) + spelt(back), how: 'open', title: undefined, may: true };
}

/** Gaps that say the same of nothing are one, for all the rows that wait for it. */
export function merged(items: Gap[]): Gap[] {
	const out: Gap[] = [];
	for (const item of items) {
		const same = item.count === 0 && out.find((one) => one.count === 0 && one.weight === item.weight && one.say.en === item.say.en && JSON.stringify(one.fix) === JSON.stringify(item.fix));
		if (same) same.rows = [...new Set([...same.rows, ...item.rows])];
		else out.push({ ...item });
	}
	return out;
}
export const WEIGHTS = ['blocks', 'stage1', 'stage2', 'other'] as const;
export const ofRow = (items: Gap[], row: string): Gap[] => (row ? items.filter((one) => one.rows.includes(row)) : items);
/** Rows that no gap speaks for: what their register says is not enough. */
export const left = (rows: GapRow[], items: Gap[], row = ''): GapRow[] => {
	const told = new Set(items.flatMap((one) => one.rows));
	return rows.filter((one) => (row ? one.row === row : true) && (!told.has(one.row) || !!one.record));
};
