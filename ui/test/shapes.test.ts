// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { AnyRecord, Field, Kind } from '../src/data/types';
import { parseView, viewSearch } from '../src/model/filter';
import { cellOf, columnsOf, having, isMonth, lastDay, listOf, shapeNow, shiftDay, shiftMonth, stretchesOf, tallyPath, treeOf, weeksOf } from '../src/shapes/shapes';

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({ name, type, title: { en: name }, ...more }) as Field;
const kind = { kind: 'thing', states: [{ state: 'open' }, { state: 'doing' }, { state: 'done', end: true }] } as unknown as Kind;
const record = (id: string, more: Record<string, unknown> = {}): AnyRecord => ({ id, key: id, title: id, ...more }) as unknown as AnyRecord;

describe('the address of a shape', () => {
	it('carries the shape, its place and the filters', () => {
		const view = parseView('?priority=high&shape=calendar:2026-12');
		expect(shapeNow(view)).toEqual({ name: 'calendar', place: '2026-12' });
		expect(view.filters).toEqual([{ field: 'priority', op: 'is', value: 'high' }]);
		expect(viewSearch(view)).toBe('?priority=high&shape=calendar:2026-12');
		expect(listOf('thing', having(view, 'state', 'open'))).toBe('/k/thing?priority=high&state=open');
		expect(tallyPath('thing', view, 'state')).toBe('/thing?priority=high&tally=state');
	});
	it('asks for what is empty as such, once', () => {
		const view = having(having(parseView('?due=2026-01-01&due.lte=2026-02-01'), 'due', null), 'state', true);
		expect(listOf('thing', view)).toBe('/k/thing?due.empty=1&state=true');
	});
});
describe('columns', () => {
	it('stand in the order of the model; ends only where there is something', () => {
		expect(columnsOf(field('state', 'text'), kind, [{ x: 'doing', n: 2 }]).map((one) => [one.value, one.n])).toEqual([['open', 0], ['doing', 2]]);
		expect(columnsOf(field('state', 'text'), kind, [{ x: 'done', n: 1 }, { x: 'lost', n: 3 }]).map((one) => [one.value, one.n, one.end])).toEqual([['open', 0, false], ['doing', 0, false], ['done', 1, true], ['lost', 3, false]]);
	});
	it('sum over the other axis, and know what is empty', () => {
		const groups = [{ x: true, y: 1, n: 2 }, { x: true, y: 2, n: 3 }, { x: null, y: 2, n: 4 }];
		expect(columnsOf(field('sure', 'yes_no'), kind, groups).map((one) => [one.value, one.n])).toEqual([[true, 5], [false, 0], [null, 4]]);
		expect(cellOf(groups, true, 2)).toBe(3);
		expect(cellOf(groups, null, 2)).toBe(4);
		expect(cellOf(groups, false, 2)).toBe(0);
	});
});
describe('a month', () => {
	it('has whole weeks from Monday', () => {
		const weeks = weeksOf('2026-11');
		expect(weeks.length).toBe(6);
		expect([weeks[0]![0], weeks[0]![6], weeks[5]![6]]).toEqual(['2026-10-26', '2026-11-01', '2026-12-06']);
		expect(weeksOf('2027-02').length).toBe(4);
	});
	it('ends and turns where it should', () => {
		expect([lastDay('2024-02'), lastDay('2026-02'), lastDay('2026-12')]).toEqual(['2024-02-29', '2026-02-28', '2026-12-31']);
		expect([shiftMonth('2026-12', 1), shiftMonth('2026-01', -1), shiftMonth('2026-05', 12)]).toEqual(['2027-01', '2025-12', '2027-05']);
		expect(shiftDay('2026-03-29', 1)).toBe('2026-03-30');
		expect(['2026-12', '2026-13', '2026-1', '', 'x'].map(isMonth)).toEqual([true, false, false, false, false]);
	});
});
describe('a tree', () => {
	it('hangs what names another under it, and loses nothing', () => {
		const tree = treeOf([record('a'), record('b', { up: 'a' }), record('c', { up: 'b' }), record('d', { up: 'hidden' })], 'up');
		expect(tree.map((one) => one.record.id)).toEqual(['a', 'd']);
		expect(tree[0]!.below[0]!.below[0]!.record.id).toBe('c');
	});
	it('ends where records name each other in a circle', () => {
		const tree = treeOf([record('a', { up: 'b' }), record('b', { up: 'a' }), record('c', { up: 'c' })], 'up');
		expect(tree.map((one) => one.record.id)).toEqual(['a', 'c']);
		expect(tree[0]!.below.map((one) => one.record.id)).toEqual(['b']);
	});
});
describe('stretches', () => {
	it('lie from the first day to the last, today among them', () => {
		const { first, last, today, bars } = stretchesOf([record('a', { from: '2026-01-01', to: '2026-01-05' }), record('b', { from: '2026-01-06' }), record('c')], 'from', 'to', '2026-01-10');
		expect([first, last, today]).toEqual(['2026-01-01', '2026-01-10', 90]);
		expect(bars.map((one) => [one.left, one.width, one.open])).toEqual([[0, 50, false], [50, 50, true]]);
	});
});
