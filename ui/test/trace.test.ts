// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Trace, TraceModel, TraceNode } from '../src/data/types';
import { crossings, curve, layout, spread } from '../src/trace/layout';
import { gapsOf, gapsOnly, kindsOf, linesOf, nextGap, outline, reached, step, waysOf } from '../src/trace/walk';

const spot = (id: string, column: number, height = 40) => ({ id, column, height });
const line = (from: string, to: string) => ({ from, to });

describe('crossings', () => {
	it('are counted, and lines that share an end cross nothing', () => {
		expect(crossings([[0, 0], [1, 1]])).toBe(0);
		expect(crossings([[0, 1], [1, 0]])).toBe(1);
		expect(crossings([[0, 0], [0, 1], [1, 1]])).toBe(0);
		expect(crossings([[0, 2], [1, 1], [2, 0]])).toBe(3);
		expect(crossings([])).toBe(0);
	});
});
describe('spread', () => {
	it('leaves everything where it wishes to be while there is room', () => {
		expect(spread([0, 100, 200], [40, 40, 40])).toEqual([0, 100, 200]);
	});
	it('keeps the order and the room, around what was wished', () => {
		const at = spread([50, 50, 50], [40, 20, 40]);
		expect(at[1]! - at[0]!).toBe(38);
		expect(at[2]! - at[1]!).toBe(38);
		expect(at[1]).toBe(50);
		expect(spread([10, 0], [40, 40])).toEqual([-19, 29]);
	});
});
describe('layout', () => {
	it('unties what is not tied', () => {
		const placed = layout([spot('a', 0), spot('b', 0), spot('x', 1), spot('y', 1)], [line('a', 'y'), line('b', 'x')], 2);
		expect(placed.columns[0]!.indexOf('a') < placed.columns[0]!.indexOf('b')).toBe(placed.columns[1]!.indexOf('y') < placed.columns[1]!.indexOf('x'));
	});
	it('lets nothing overlap, and nothing leave the picture', () => {
		const spots = Array.from({ length: 60 }, (_, i) => spot(`r${i}`, 1, 40 + (i % 3) * 18));
		const lines = spots.map((one, i) => line(`s${i % 4}`, one.id)).concat(spots.map((one, i) => line(one.id, `c${(i * 7) % 12}`)));
		const all = [...['s0', 's1', 's2', 's3'].map((id) => spot(id, 0)), ...spots, ...Array.from({ length: 12 }, (_, i) => spot(`c${i}`, 2))];
		const placed = layout(all, lines, 3);
		const height = new Map(all.map((one) => [one.id, one.height]));
		for (const column of placed.columns)
			column.forEach((id, i) => {
				const top = placed.y.get(id)! - height.get(id)! / 2;
				expect(top).toBeGreaterThanOrEqual(-1e-6);
				expect(top + height.get(id)!).toBeLessThanOrEqual(placed.height + 1e-6);
				if (i) expect(top - placed.y.get(column[i - 1]!)! - height.get(column[i - 1]!)! / 2).toBeGreaterThanOrEqual(8 - 1e-6);
			});
		expect(placed.columns.map((column) => column.length)).toEqual([4, 60, 12]);
	});
	it('leads a line over several columns past the records between', () => {
		const placed = layout([spot('s', 0), spot('r', 1), spot('m', 2)], [line('s', 'r'), line('s', 'm')], 3);
		expect(placed.passes[0]).toEqual([]);
		expect(placed.passes[1]!.length).toBe(1);
		expect(Math.abs(placed.passes[1]![0]! - placed.y.get('r')!)).toBeGreaterThanOrEqual(24);
	});
	it('knows of no line to a record that is not there', () => {
		expect(layout([spot('s', 0)], [line('s', 'gone')], 1).passes).toEqual([[]]);
		expect(layout([], [], 3)).toEqual({ y: new Map(), columns: [[], [], []], passes: [], height: 0 });
	});
	it('draws from column to column', () => {
		expect(curve([{ x: 0, y: 0 }, { x: 10, y: 4 }])).toBe('M0 0C5 0 5 4 10 4');
	});
});

const node = (id: string, kind: string, gaps = 0): TraceNode => ({ id, kind, key: id, title: id, state: 'on', tone: 'ok', distance: 0, gaps: Array.from({ length: gaps }, () => ({ kind: 'proof', field: 'proof', reverse: false, gap: { en: 'No proof' } })) }) as TraceNode;
const edge = (from: string, to: string, field = 'f') => ({ from, to, field, reverse: false });
const trace: Trace = {
	trace: 'x', depth: 3, more_edges: false, groups: [], partial: [], gaps: 2,
	nodes: [node('s1', 'system'), node('s2', 'system', 1), node('r1', 'risk'), node('r2', 'risk'), node('c1', 'control', 1), node('e1', 'proof')],
	edges: [edge('s1', 'r1'), edge('s1', 'r1', 'g'), edge('s1', 'r2'), edge('r1', 'c1'), edge('r2', 'c1'), edge('r2', 'e1')]
};
const columns = [['s1', 's2'], ['r1', 'r2'], ['c1'], ['e1']];
const model = { columns: ['system', 'risk', 'control', 'gone', 'proof'].map((kind) => ({ kind, begins: false, links: [] })) } as unknown as TraceModel;

describe('a trace', () => {
	it('links a pair once, and has only the columns that hold something', () => {
		expect(linesOf(trace).length).toBe(5);
		expect(kindsOf(trace, model)).toEqual(['system', 'risk', 'control', 'proof']);
	});
	it('says what rests on a record, however far', () => {
		const ways = waysOf(trace);
		expect([...reached(ways.before, ['c1'])].sort()).toEqual(['r1', 'r2', 's1']);
		expect([...reached(ways.before, ['s2'])]).toEqual([]);
		expect([...reached(ways.after, ['r2'])].sort()).toEqual(['c1', 'e1']);
		expect([...reached(new Map([['a', ['b']], ['b', ['a']]]), ['a'])].sort()).toEqual(['a', 'b']);
	});
	it('goes round its gaps in the order of reading', () => {
		const gaps = gapsOf(trace, columns);
		expect(gaps.map((one) => one.node.id)).toEqual(['s2', 'c1']);
		expect(nextGap(gaps, -1, 1)).toBe(0);
		expect(nextGap(gaps, 1, 1)).toBe(0);
		expect(nextGap(gaps, -1, -1)).toBe(1);
		expect(nextGap([], -1, 1)).toBe(-1);
	});
	it('keeps what leads to a gap', () => {
		const less = gapsOnly(trace);
		expect(less.nodes.map((one) => one.id)).toEqual(['s1', 's2', 'r1', 'r2', 'c1']);
		expect(less.edges.some((one) => one.to === 'e1')).toBe(false);
	});
	it('is walked by arrows along links, and across where there is none', () => {
		const ways = waysOf(trace);
		const y = new Map([['s1', 0], ['s2', 50], ['r1', 0], ['r2', 50], ['c1', 20], ['e1', 50]]);
		expect(step('ArrowRight', 's1', ways, columns, y)).toBe('r1');
		expect(step('ArrowRight', 'r2', ways, columns, y)).toBe('e1');
		expect(step('ArrowLeft', 'e1', ways, columns, y)).toBe('r2');
		expect(step('ArrowRight', 's2', ways, columns, y)).toBe('r2');
		expect(step('ArrowDown', 'r1', ways, columns, y)).toBe('r2');
		expect(step('ArrowDown', 'r2', ways, columns, y)).toBeUndefined();
		expect(step('Home', 'r2', ways, columns, y)).toBe('r1');
		expect(step('ArrowRight', 'e1', ways, columns, y)).toBeUndefined();
	});
	it('is a list within lists; what is shared is told whole once', () => {
		expect(outline(trace, [['gone'], ...columns]).map((one) => one.node.id)).toEqual(['s1', 's2']);
		const [first, second] = outline(trace, columns);
		expect(second!.node.id).toBe('s2');
		expect(first!.below.map((one) => one.node.id)).toEqual(['r1', 'r2']);
		expect(first!.below[0]!.below.map((one) => [one.node.id, one.again])).toEqual([['c1', false]]);
		expect(first!.below[1]!.below.map((one) => [one.node.id, one.again])).toEqual([['c1', false], ['e1', false]]);
	});
});
