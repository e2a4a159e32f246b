// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { barsOf, type Bars } from '../src/pictures/bars';
import { LEFT, urgency } from '../src/pictures/clocks';
import { contrast, GROUNDS, ON, SERIES, TONES, type Look } from '../src/pictures/look';
import { mapOf, movedOf, quarterEnd, type MapData } from '../src/pictures/map';
import { csvRows, type Drawing } from '../src/pictures/picture';
import { shares, trendOf } from '../src/pictures/trend';
import { angles, quartersOf, wheelOf } from '../src/pictures/wheel';
import { WORDS } from '../src/pictures/words';

const look: Look = { bg: '#ffffff', ink: '#1a2230', mute: '#556072', line: '#d5dae1', series: SERIES.light, on: ON.light, tones: { ok: '#176b3a', bad: '#a81e2b' }, forced: false };
const texts = (drawing: Drawing, at = 0): string[][] => drawing.tables[at]!.rows.map((row) => row.map((cell) => cell.text));
interface Drawn { animation: boolean; aria: { decal: { show: boolean; decals: { color: string }[] } }; color: string[]; series: { name: string; data: { value: unknown; href?: string }[]; lineStyle?: { type: string }; itemStyle?: { color: string }; renderItem?: (item: { dataIndex: number }, api: unknown) => { children: { type: string; style: { text?: string; fill?: string }; shape?: { points?: number[][] } }[] } }[] }
const drawn = (drawing: Drawing, as: Look = look, width = 1000): Drawn => drawing.option(as, width) as unknown as Drawn;

describe('colours of pictures', () => {
	it('stand out from their ground by 3:1, and words on them by 4.5:1', () => {
		expect(contrast('#ffffff', '#000000')).toBeCloseTo(21, 1);
		expect(contrast('#777777', '#777777')).toBe(1);
		for (const theme of ['light', 'dark'] as const)
			for (const color of [...SERIES[theme], ...Object.values(TONES[theme])]) {
				for (const ground of GROUNDS[theme]) expect(contrast(color, ground), `${color} on ${ground}`).toBeGreaterThanOrEqual(3);
				expect(contrast(color, ON[theme]), `words on ${color}`).toBeGreaterThanOrEqual(4.5);
			}
	});
	it('are six, none twice', () => {
		for (const theme of ['light', 'dark'] as const) expect(new Set(SERIES[theme]).size).toBe(6);
	});
});

const bars = (more: Partial<Bars> = {}): Bars => ({
	name: 'State', sum: 'Sum', caption: 'Tasks by state', words: 'Words', of: '5 open', none: '0', number: String, font: 'x',
	parts: [{ id: '7', title: 'New' }, { id: 'more', title: 'Old' }],
	bars: [
		{ id: 'open', title: 'Open', href: '/k/task?state=open', parts: { 7: { n: 3, href: '/k/task?state=open&state.age=7' }, more: { n: 1, href: '/old' } } },
		{ id: 'doing', title: 'Doing', href: '/k/task?state=doing', parts: { more: { n: 1, href: '/doing' } } }
	],
	...more
});
describe('bars', () => {
	it('draw what their table says, and each piece leads to its rows', () => {
		const one = barsOf(bars());
		expect(texts(one)).toEqual([['Open', '3', '1', '4'], ['Doing', '0', '1', '1'], ['Sum', '3', '2', '5']]);
		expect(drawn(one).series.map((s) => s.data.map((d) => d.value))).toEqual([[3, null], [1, 1]]);
		expect(drawn(one).series[0]!.data[0]!.href).toBe('/k/task?state=open&state.age=7');
		expect(one.tables[0]!.rows[0]![1]!.href).toBe('/k/task?state=open&state.age=7');
		expect(one.tables[0]!.rows[1]![1]!.href).toBeUndefined();
		expect(one.empty).toBe(false);
	});
	it('move nothing, and differ by pattern beside colour', () => {
		const option = drawn(barsOf(bars()));
		expect(option.animation).toBe(false);
		expect(option.aria.decal.show).toBe(true);
		expect(option.series.map((s) => s.itemStyle!.color)).toEqual(SERIES.light.slice(0, 2));
		const tone = drawn(barsOf(bars({ parts: [{ id: '7', title: 'New', tone: 'bad' }] })));
		expect(tone.series[0]!.itemStyle!.color).toBe('#a81e2b');
	});
	it('draw no more than asked for; the table has them all, and the sum is of all', () => {
		const one = barsOf(bars({ most: 1 }));
		expect(drawn(one).series[0]!.data).toHaveLength(1);
		expect(texts(one)).toHaveLength(3);
		expect(texts(one)[2]).toEqual(['Sum', '3', '2', '5']);
	});
	it('are empty without a record', () => {
		expect(barsOf(bars({ bars: [{ id: 'open', title: 'Open', parts: {} }] })).empty).toBe(true);
	});
	it('go into a file with their caption', () => {
		expect(csvRows(barsOf(bars()).tables).slice(0, 3)).toEqual([['Tasks by state'], ['State', 'New', 'Old', 'Sum'], ['Open', '3', '1', '4']]);
	});
});

describe('last quarter', () => {
	it('ended on the last day before the quarter of today', () => {
		expect(quarterEnd('2026-11-30')).toBe('2026-09-30');
		expect(quarterEnd('2026-10-01')).toBe('2026-09-30');
		expect(quarterEnd('2026-09-30')).toBe('2026-06-30');
		expect(quarterEnd('2026-01-01')).toBe('2025-12-31');
		expect(quarterEnd('2026-03-31')).toBe('2025-12-31');
	});
	const now = { tally: [{ x: 2, y: 3, n: 4 }, { x: 5, y: 3, n: 2 }, { x: null, y: null, n: 1 }], total: 7 };
	const then = { tally: [{ x: 2, y: 3, n: 5 }, { x: 5, y: 3, n: 1 }], total: 6 };
	const moves = { tally: [{ x: 2, y: 3, z: 2, w: 3, n: 3 }, { x: 2, y: 3, z: 5, w: 3, n: 1 }, { x: 5, y: 3, z: 5, w: 3, n: 1 }], total: 5 };
	it('what stayed, went, ended and came adds up to both totals', () => {
		const m = movedOf(now, then, moves);
		expect(m).toMatchObject({ stayed: 4, went: 1, ended: 1, came: 2, unplaced: { now: 1, then: 0 } });
		expect(m.stayed + m.went + m.ended).toBe(then.total);
		expect(m.stayed + m.went + m.came).toBe(now.total);
		expect(m.steps).toEqual([{ from: { x: 2, y: 3 }, to: { x: 5, y: 3 }, n: 1 }]);
	});
	it('whatever was rated since did not move', () => {
		expect(movedOf(now, { tally: [{ x: null, y: null, n: 1 }], total: 1 }, { tally: [{ x: null, y: null, z: 2, w: 3, n: 1 }], total: 1 })).toMatchObject({ went: 0, stayed: 1, steps: [] });
	});
	const data = (): MapData => ({
		moved: movedOf(now, then, moves), xs: [2, 5].map((value) => ({ value, title: `x${value}` })), ys: [3].map((value) => ({ value, title: 'y' })), axes: { x: 'X', y: 'Y' }, ground: () => 'ok',
		titles: { place: 'Place', then: 'Then', now: 'Now', change: 'Change', from: 'From', to: 'To', n: 'N' }, captions: { cells: 'Cells', steps: 'Steps' }, words: '', of: '',
		href: (x, y) => `/k/risk?x=${x}&y=${y}`, thenRows: (x, y) => ({ kind: 'k', question: `x=${x}&y=${y}&as_of=d`, day: 'd', title: '' }), stepRows: () => ({ kind: 'k', question: 'step', day: 'd', title: '' }), placeWord: (x, y) => `${y}×${x}`, number: String, font: 'x'
	});
	it('the cells show then, now and the difference; both lead to rows', () => {
		const one = mapOf(data());
		expect(texts(one)).toEqual([['3×5', '1', '2', '+1'], ['3×2', '5', '4', '−1']]);
		expect(one.tables[0]!.rows[1]![2]!.href).toBe('/k/risk?x=2&y=3');
		expect(one.tables[0]!.rows[1]![1]!.rows!.question).toBe('x=2&y=3&as_of=d');
		expect(texts(one, 1)).toEqual([['3×2', '3×5', '1']]);
	});
	it('the picture writes the same numbers', () => {
		const [, steps, numbers] = drawn(mapOf(data())).series;
		const api = { value: () => 0, coord: () => [50, 50], size: () => [40, 40] };
		const said = numbers!.data.map((_, dataIndex) => numbers!.renderItem!({ dataIndex }, api).children.flatMap((child) => child.style.text ?? []));
		expect(said).toEqual([['4', '−1'], ['2', '+1']]);
		expect(steps!.data.map((one) => one.value)).toEqual([[0, 0, 1, 0, 1]]);
	});
	it('in the colours of the system the ground says nothing, words do', () => {
		const forced = drawn(mapOf(data()), { ...look, forced: true, tones: { ok: '#1a2230' } }).series[0]!.renderItem!({ dataIndex: 0 }, { value: () => 0, coord: () => [50, 50], size: () => [40, 40] });
		expect((forced as unknown as { style: { fill: string } }).style.fill).toBe(look.bg);
	});
});

describe('clocks', () => {
	it('press by what is over, then by what is over next', () => {
		const clock = (field: string, groups: [string, number][]) => ({ kind: 'k', field, standing: '', groups: groups.map(([x, n]) => ({ x, n })), total: 1 });
		expect(urgency([clock('a', [['more', 9]]), clock('b', [['over', 1]]), clock('c', [['over', 1], ['1', 2]]), clock('d', [['7', 1]])]).map((one) => one.field)).toEqual(['c', 'b', 'd', 'a']);
		expect(LEFT.map((one) => one.id)).toEqual(['over', '1', '7', '30', 'more']);
	});
});

describe('trend', () => {
	const point = (day: string, score: number, met: number) => ({ day, score, proof_ratio: 0.5, met, of: 40, blockers: 2 });
	const trend = (points: ReturnType<typeof point>[]) => trendOf({ points, number: String, date: (day) => day, href: (day) => `/readiness?as_of=${day}`, font: 'x', caption: 'C', words: '', of: '', metOf: (met, of) => `${met} of ${of}`, titles: { day: 'Day', score: 'Score', met: 'Met', proven: 'Proven', blockers: 'Blockers' } });
	it('has a line a share, each with a stroke of its own, and days that lead back', () => {
		const one = trend([point('2026-11-01', 20.04, 10), point('2026-11-30', 31, 12)]);
		expect(shares(point('2026-11-01', 20.04, 10))).toEqual([20, 25, 50]);
		expect(drawn(one).series.map((s) => (s.data[0]!.value as unknown[])[1])).toEqual([20, 25, 50]);
		expect(new Set(drawn(one).series.map((s) => s.lineStyle!.type)).size).toBe(3);
		expect(texts(one)).toEqual([['2026-11-30', '31', '12 of 40', '50', '2'], ['2026-11-01', '20', '10 of 40', '50', '2']]);
		expect(one.tables[0]!.rows[1]![0]!.href).toBe('/readiness?as_of=2026-11-01');
	});
	it('one day is no line', () => {
		expect(trend([point('2026-11-30', 31, 12)]).empty).toBe(true);
	});
});

describe('wheel', () => {
	const rows = [['4.1', '4', 'plan', 3], ['4.2', '4', 'plan', 1], ['8.1', '8', 'do', 4], ['8.2', '8', 'plan', 3]].map(([row, group, phase, level]) => ({ row: String(row), group: String(group), phase: String(phase), applicable: row !== '8.2', level: Number(level) }));
	const data = { phases: [{ phase: 'plan', rows: 2, met: 1 }, { phase: 'do', rows: 1, met: 1 }, { phase: 'check', rows: 0, met: 0 }, { phase: 'act', rows: 0, met: 0 }], groups: [{ id: '4', title: { en: 'Context', zh: '' } }, { id: '8', title: { en: 'Operation', zh: '' } }], rows, method: { covered_from: 3 } };
	const quarters = quartersOf(data, (phase) => phase, (title) => title.en, '/readiness?framework=f');
	it('counts the rows that apply under their part and clause', () => {
		expect(quarters.map((one) => one.clauses.map(({ id, met, rows: all }) => [id, met, all]))).toEqual([[['4', 1, 2]], [['8', 1, 1]], [], []]);
		for (const one of quarters) expect(one.clauses.reduce((sum, clause) => sum + clause.rows, 0)).toBe(one.rows);
		expect(quarters[0]!.href).toBe('/readiness?framework=f#row-4.1');
	});
	it('is whole, each quarter a right angle', () => {
		const { quarter, clauses } = angles(quarters);
		expect(quarter[0]![0]).toBeCloseTo(-Math.PI / 2);
		expect(quarter[3]![1]).toBeCloseTo((3 * Math.PI) / 2);
		expect(clauses[0]![0]).toEqual(quarter[0]);
	});
	it('says the same in its table', () => {
		const one = wheelOf({ quarters, titles: { part: 'Part', met: 'Met', rows: 'Of', share: 'Share' }, caption: 'C', words: '', of: '', middle: ['2 of 3'], metOf: (met, of) => `${met} of ${of}`, number: String, font: 'x' });
		expect(texts(one)).toEqual([['plan', '1', '2', '50 %'], ['4 Context', '1', '2', '50 %'], ['do', '1', '1', '100 %'], ['8 Operation', '1', '1', '100 %'], ['check', '0', '0', '0 %'], ['act', '0', '0', '0 %']]);
		const said = drawn(one).series[0]!.renderItem!({ dataIndex: 0 }, { getWidth: () => 400, getHeight: () => 400, value: () => 0 }).children.flatMap((child) => child.style.text ?? []);
		expect(said).toEqual(['4', 'plan\n1 of 2', '2 of 3']);
	});
});

describe('words of pictures', () => {
	it('have the same holes in both languages', () => {
		const holes = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]!))].sort();
		for (const [key, [en, zh]] of Object.entries(WORDS)) {
			expect(holes(zh), key).toEqual(holes(en));
			expect(zh.length, key).toBeGreaterThan(0);
		}
	});
});
