// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { AnyRecord, Field, Kind } from '../src/data/types';
import { acrossOf, against, blocksOf, heldBy, inForce, isWrong, linesOf, type Grid } from '../src/shapes/grid';

const shape: Grid = { shape: 'grid', rows: 'parts', down: 'what', across: 'role', cell: 'part' };
const rows = { name: 'parts', type: 'rows', one: { for: 'what', column: 'part', is: 'a' } } as unknown as Field;
const record = (id: string, more: Record<string, unknown> = {}): AnyRecord => ({ id, key: id, title: id, state: 'active', ...more }) as unknown as AnyRecord;
const giver = { kind: 'gift', states: [{ state: 'active' }, { state: 'over', end: true }], grants: { role: 'role', to: 'person', over: 'system', from: 'from', until: 'until', in: ['active'] } } as unknown as Kind;

describe('rows of records as a grid', () => {
	it('have one line for all that say the same, and say whether exactly one answers', () => {
		const [one, none] = blocksOf([record('P1', { parts: [{ what: 'Do', role: 'x', part: 'r' }, { what: 'See', role: 'x', part: 'a' }, { what: 'Do', role: 'y', part: 'a' }, { what: 'Tell', role: 'x', part: 'a' }, { what: 'Tell', role: 'y', part: 'a' }, { what: 'Ask', role: 'y', part: 'c' }] }), record('P2')], shape, rows, (value) => `is ${value}`);
		expect(one!.lines.map((line) => [line.key, line.ones, isWrong(line)])).toEqual([['Do', 1, false], ['See', 1, false], ['Tell', 2, true], ['Ask', 0, true]]);
		expect(one!.lines[0]!.cells.get('y')!.map((entry) => [entry.text, entry.title])).toEqual([['A', 'is a']]);
		expect(none!.lines).toEqual([]);
		expect(acrossOf(one!.lines, ['z', 'y', 'x'])).toEqual(['y', 'x']);
		expect(acrossOf(one!.lines, ['y'])).toEqual(['y', 'x']);
	});
	it('have no rule where the field has none', () => {
		const [block] = blocksOf([record('P1', { parts: [{ what: 'Do', role: 'x', part: 'r' }] })], shape, { ...rows, one: undefined } as unknown as Field, String);
		expect(isWrong(block!.lines[0]!)).toBe(false);
	});
});
describe('who holds what now', () => {
	const today = '2026-11-29';
	it('is in force between its days, in its states', () => {
		const of = (more: Record<string, unknown>): boolean => inForce(record('G', more), giver, today);
		expect([of({}), of({ from: today, until: today }), of({ from: '2026-11-30' }), of({ until: '2026-11-28' }), of({ state: 'over' })]).toEqual([true, true, false, false, false]);
	});
	it('names each person once', () => {
		const all = [record('1', { role: 'x', person: 'p' }), record('2', { role: 'x', person: 'p', system: 's' }), record('3', { role: 'x', person: 'q', state: 'over' }), record('4', { role: 'y' })];
		expect([...heldBy(all, giver, today)].map(([role, who]) => [role, who.map((one) => one.person)])).toEqual([['x', ['p']]]);
		expect(heldBy(all, undefined, today).size).toBe(0);
	});
});
describe('records as a grid', () => {
	it('have a line for what nobody names, and for what names nothing', () => {
		const lines = linesOf([record('1', { system: 's1', role: 'x', person: 'p' }), record('2', { role: 'y', person: 'q' }), record('3', { system: 's1', role: 'x' })], { shape: 'grid', down: 'system', across: 'role', cell: 'person' }, [{ id: 's1', title: 'One' }, { id: 's2', title: 'Two' }], 'Everything', (id) => `name ${id}`);
		expect(lines.map((line) => [line.title, [...line.cells].map(([role, all]) => [role, all.map((one) => one.text), all.map((one) => one.vacant)])])).toEqual([['One', [['x', ['name p', ''], [false, true]]]], ['Two', []], ['Everything', [['y', ['name q'], [false]]]]]);
	});
});

describe('a number against what is needed', () => {
	it('falls short when it is less, missing, or no longer stands', () => {
		expect(against(3, 3, true)).toEqual({ text: '3 / 3', short: false });
		expect(against(2, 3, true)).toEqual({ text: '2 / 3', short: true });
		expect(against(undefined, 2, true)).toEqual({ text: '– / 2', short: true });
		expect(against(4, 2, false)).toEqual({ text: '4 / 2', short: true });
		expect(against(4, undefined, true)).toEqual({ text: '4', short: false });
	});
});
