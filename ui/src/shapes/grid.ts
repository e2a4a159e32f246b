// SPDX-License-Identifier: Apache-2.0
// Who has which part in what: the rows inside records against what they refer to, or records against two of their
// references. And who holds what is across now.
import type { AnyRecord, Field, Kind, Row, Scalar, Shape } from '../data/types';

export type Grid = Extract<Shape, { shape: 'grid' }>;

/** What stands in a cell: words to read, and the record that says so. */
export interface Entry {
	text: string;
	title: string;
	record: AnyRecord;
	/** Nobody is named by it. */
	vacant?: boolean;
	/** Less than its record says is needed, or no longer so. */
	short?: boolean;
}
export interface Line {
	key: string;
	title: string;
	/** Entries by what is across. */
	cells: Map<string, Entry[]>;
	/** Of what there must be exactly one, there are so many. Nothing: no such rule. */
	ones?: number;
}
export interface Block {
	record: AnyRecord;
	lines: Line[];
}

/** Each record with its rows, one line for all that say the same down the side. */
export function blocksOf(records: AnyRecord[], shape: Grid, rows: Field, titleOf: (value: Scalar) => string): Block[] {
	const { one } = rows;
	return records.map((record) => {
		const lines = new Map<string, Line>();
		for (const row of (record[shape.rows!] as unknown as Row[] | undefined) ?? []) {
			const key = String(row[shape.down] ?? '');
			const across = String(row[shape.across] ?? '');
			const line = lines.get(key) ?? { key, title: key, cells: new Map(), ...(one?.for === shape.down ? { ones: 0 } : {}) };
			const value = row[shape.cell] as Scalar;
			line.cells.set(across, [...(line.cells.get(across) ?? []), { text: String(value ?? '').toUpperCase(), title: titleOf(value), record }]);
			if (line.ones !== undefined && row[one!.column] === one!.is) line.ones++;
			lines.set(key, line);
		}
		return { record, lines: [...lines.values()] };
	});
}
export const isWrong = (line: Line): boolean => line.ones !== undefined && line.ones !== 1;

/** In force today: it gives its person the role. A kind that gives none: every record that has not ended. */
export function inForce(record: AnyRecord, kind: Kind, today: string): boolean {
	const gives = kind.grants;
	if (!gives) return !kind.states.find((one) => one.state === record.state)?.end;
	const from = gives.from ? String(record[gives.from] ?? '') : '';
	const until = gives.until ? String(record[gives.until] ?? '') : '';
	return gives.in.includes(record.state) && from <= today && (!until || until >= today);
}
/** Who holds what now, by its name: each person once, over what it is held. */
export function heldBy(records: AnyRecord[], kind: Kind | undefined, today: string): Map<string, { person: string; record: AnyRecord }[]> {
	const held = new Map<string, { person: string; record: AnyRecord }[]>();
	if (!kind?.grants) return held;
	for (const record of records) {
		const role = String(record[kind.grants.role] ?? '');
		const person = String(record[kind.grants.to] ?? '');
		if (!role || !person || !inForce(record, kind, today)) continue;
		const now = held.get(role) ?? [];
		if (!now.some((one) => one.person === person)) held.set(role, [...now, { person, record }]);
	}
	return held;
}
/** Records by two of their references; what is named by none has a line all the same. */
export function linesOf(records: AnyRecord[], shape: Grid, all: { id: string; title: string }[], rest: string, nameOf: (id: string) => string, said?: (record: AnyRecord) => Omit<Entry, 'record'>): Line[] {
	const lines = new Map<string, Line>(all.map((one) => [one.id, { key: one.id, title: one.title, cells: new Map() }]));
	for (const record of records) {
		const key = String(record[shape.down] ?? '');
		const line = lines.get(key) ?? { key, title: key ? nameOf(key) : rest, cells: new Map() };
		const across = String(record[shape.across] ?? '');
		const person = String(record[shape.cell] ?? '');
		line.cells.set(across, [...(line.cells.get(across) ?? []), said ? { ...said(record), record } : { text: person ? nameOf(person) : '', title: '', record, vacant: !person }]);
		lines.set(key, line);
	}
	return [...lines.values()];
}
/** A number against what is needed, “2 / 3”: less, nothing, or one that no longer stands, falls short. */
export function against(value: unknown, goal: unknown, stands: boolean): { text: string; short: boolean } {
	const has = typeof value === 'number' ? value : 0;
	if (typeof goal !== 'number') return { text: typeof value === 'number' ? String(value) : '–', short: !stands };
	return { text: `${typeof value === 'number' ? value : '–'} / ${goal}`, short: !stands || has < goal };
}
/** What is across, in the order of the known ones; then what is no longer known. */
export function acrossOf(lines: Line[], order: string[]): string[] {
	const there = new Set(lines.flatMap((one) => [...one.cells.keys()]));
	return [...order.filter((one) => there.has(one)), ...[...there].filter((one) => !order.includes(one)).sort()];
}
