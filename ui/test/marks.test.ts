// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { AnyRecord, Kind } from '../src/data/types';
import { happenedOf, placesOf, type Beside } from '../src/live/marks';
import { seriesOf, within, type Point, type Words } from '../src/live/series';

const kind = { kind: 'system', story: { life: [], dates: ['live', 'stopped'], marks: ['live'], cards: [{ kind: 'incident', via: 'system', dates: ['began', 'closed'], marks: ['began'] }, { kind: 'risk', via: 'system', dates: ['due'] }, { field: 'suppliers' }] } } as unknown as Kind;
const system = { kind: 'system', key: 'SYS-1', title: 'Scoring', live: '2026-03-01', stopped: '2026-04-01T10:00:00Z' } as unknown as AnyRecord;
const beside = { cards: [
	{ kind: 'incident', via: 'system', items: [{ id: 'b', key: 'INC-2', title: 'Late', began: '2026-05-02T08:00:00Z', closed: '2026-06-01' }, { id: 'a', key: 'INC-1', title: 'Odd', began: '2026-05-02', closed: null }, { id: 'c', key: 'INC-3', title: 'No day', began: null }] },
	{ kind: 'risk', via: 'system', items: [{ id: 'r', key: 'RSK-1', title: 'x', due: '2026-05-05' }] }] } as unknown as Beside;
const named = (of: string, field: string): string => `${of}.${field}`;

test('what the story marks is told in the order of time, and nothing else', () => {
	expect(happenedOf(kind, system, beside, named).map((one) => [one.n, one.on, one.what, one.record.key])).toEqual([
		[1, '2026-03-01', 'system.live', 'SYS-1'], [2, '2026-05-02', 'incident.began', 'INC-1'], [3, '2026-05-02', 'incident.began', 'INC-2']]);
});
test('only what lies in the time that is shown, its first and its last day with it', () => {
	const span = (from: string, to: string): [number, number] => [Date.parse(from), Date.parse(to) + 86399999];
	expect(happenedOf(kind, system, beside, named, span('2026-05-02', '2026-05-02')).map((one) => one.record.key)).toEqual(['INC-1', 'INC-2']);
	expect(happenedOf(kind, system, beside, named, span('2026-03-02', '2026-05-01'))).toEqual([]);
});
test('those of one day stand at one place', () => {
	const all = happenedOf(kind, system, beside, named);
	expect(placesOf(all)).toEqual([{ on: '2026-03-01', label: '1' }, { on: '2026-05-02', label: '2, 3' }]);
	expect(placesOf([...all, { ...all[2]!, n: 4 }])[1]).toEqual({ on: '2026-05-02', label: '2–4' });
});
test('marks stand beside the values and change none of them', () => {
	const words = new Proxy({ status: {} }, { get: (of, name) => (name === 'status' ? {} : name === 'font' ? '' : (...args: unknown[]) => args.join(' ')) }) as unknown as Words;
	const point = (from: string, value: number): Point => ({ from, to: from, status: 'pass', alarm: false, value, n: 10, low: null, high: null, limit_low: null, limit_high: null, ledger: 1 });
	const points = [point('2026-05-01T00:00:00Z', 0.2), point('2026-05-08T00:00:00Z', 0.9)];
	const look = { ink: '#000', mute: '#555', line: '#ccc', series: ['#00f'], tones: {}, forced: false } as never;
	const option = (marks: ReturnType<typeof happenedOf>) => seriesOf(points, words, undefined, marks).option(look, 500) as { series: { name: string; yAxisIndex?: number; data: unknown[] }[]; yAxis: unknown[] };
	const [plain, marked] = [option([]), option(happenedOf(kind, system, beside, named))];
	expect(plain.series.some((one) => one.name === 'marks')).toBe(false);
	expect(plain.yAxis.length).toBe(1);
	const own = marked.series.find((one) => one.name === 'marks')!;
	expect([own.yAxisIndex, own.data.length, marked.yAxis.length]).toEqual([1, 6, 2]);
	expect(marked.series.filter((one) => one.name !== 'marks').map((one) => JSON.stringify(one.data))).toEqual(plain.series.map((one) => JSON.stringify(one.data)));
	expect(JSON.stringify(seriesOf(points, words, undefined, happenedOf(kind, system, beside, named)).tables)).toBe(JSON.stringify(seriesOf(points, words).tables));
	expect(within(points, [Date.parse('2026-05-02'), Date.parse('2026-05-31')]).map((one) => one.value)).toEqual([0.9]);
});
