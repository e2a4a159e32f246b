// SPDX-License-Identifier: Apache-2.0
// The windows of a monitor (docs/monitors.md): to something to draw, the same numbers as a table, and a sentence. A window
// without a figure is a gap, never 0; what chance leaves open is drawn as wide as it is.
import { base, count, word, type Drawing, type Option } from '../pictures/picture';
import type { Look } from '../pictures/look';
import { placesOf, type Mark } from './marks';

export type Status = 'pass' | 'breach' | 'not_enough_data' | 'maturing' | 'no_data' | 'too_many' | 'learning';
export interface Point {
	from: string;
	to: string;
	status: Status;
	alarm: boolean;
	value: number | null;
	n: number;
	low: number | null;
	high: number | null;
	limit_low: number | null;
	limit_high: number | null;
	/** Of a monitor that is judged by a chart: C+ and C−, or the level of EWMA, and what these may be. */
	chart_up?: number | null;
	chart_down?: number | null;
	chart_low?: number | null;
	chart_high?: number | null;
	ledger: number;
}
export type Judge = 'cusum' | 'ewma';
/** What a chart goes by: the level learned from so many windows, and how long it takes until it cries for nothing. */
export interface Level {
	level_n?: number | null;
	level_mean?: number | null;
	level_sd?: number | null;
	run_length?: number | null;
}
export interface Series extends Level {
	judge?: Judge | 'limit' | null;
	monitor: string;
	state: string;
	status: Status | null;
	limit_low: number | null;
	limit_high: number | null;
	points: Point[];
	earlier: boolean;
}
export const TONE: Record<Status, string> = { pass: 'ok', breach: 'bad', not_enough_data: 'warn', maturing: 'info', no_data: 'idle', too_many: 'warn', learning: 'info' };
const SYMBOL: Record<Status, string> = { pass: 'circle', breach: 'rect', not_enough_data: 'emptyCircle', maturing: 'emptyDiamond', no_data: 'none', too_many: 'emptyTriangle', learning: 'emptyDiamond' };

export interface Words {
	title: string;
	caption: string;
	value: string;
	band: string;
	low: string;
	high: string;
	window: string;
	interval: string;
	rows: string;
	limit: string;
	judged: string;
	entry: string;
	undefined: string;
	chart: string;
	up: string;
	down: string;
	level: string;
	chartLow: string;
	chartHigh: string;
	status: Record<Status, string>;
	last: (value: string, day: string, n: number, status: string) => string;
	of: (n: number, beyond: number) => string;
	number: (n: number) => string;
	whole: (n: number) => string;
	moment: (at: string) => string;
	day: (at: string) => string;
	between: (low: string, high: string) => string;
	atLeast: (n: string) => string;
	atMost: (n: string) => string;
	href: (entry: number) => string;
	font: string;
}

export function limitOf(one: { limit_low: number | null; limit_high: number | null }, words: Pick<Words, 'number' | 'between' | 'atLeast' | 'atMost'>): string {
	if (one.limit_low !== null && one.limit_high !== null) return words.between(words.number(one.limit_low), words.number(one.limit_high));
	if (one.limit_low !== null) return words.atLeast(words.number(one.limit_low));
	return one.limit_high !== null ? words.atMost(words.number(one.limit_high)) : '';
}
/** Those that begin within so many days before `now`; 0: all. */
export const lately = (points: Point[], days: number, now: number): Point[] => (days ? points.filter((one) => Date.parse(one.from) >= now - days * 86400000) : points);
/** Those that begin within it. */
export const within = (points: Point[], [from, to]: [number, number]): Point[] => points.filter((one) => Date.parse(one.from) >= from && Date.parse(one.from) <= to);

const shown = (n: number | null, words: Words): string => (n === null ? words.undefined : words.number(n));
const line = (name: string, data: [string, number | null][], look: Record<string, unknown>): Option => ({ name, type: 'line', data, symbol: 'none', silent: true, connectNulls: false, ...look });

/** The head and the cells of the chart in the table; none where there is no chart. */
const chartCells = (points: Point[], words: Words): { head: ReturnType<typeof count>[]; row: (one: Point) => ReturnType<typeof count>[] } => {
	const kept = (['chart_up', 'chart_down', 'chart_low', 'chart_high'] as const).filter((name) => points.some((one) => typeof one[name] === 'number'));
	const named = { chart_up: kept.includes('chart_down') ? words.up : words.level, chart_down: words.down, chart_low: words.chartLow, chart_high: words.chartHigh };
	return { head: kept.map((name) => count(named[name])), row: (one) => kept.map((name) => count(typeof one[name] === 'number' ? words.number(one[name]) : '–')) };
};

/** The chart by which the windows are judged: its lines, with what they may be. Undefined while nothing was charted. */
export function chartOf(points: Point[], judge: Judge, words: Words, span?: [number, number]): Drawing | undefined {
	const last = [...points].reverse().find((one) => typeof one.chart_up === 'number');
	if (!last) return undefined;
	const option = (look: Look, width: number): Option => {
		const at = (name: 'chart_up' | 'chart_down' | 'chart_low' | 'chart_high'): [string, number | null][] => points.map((one) => [one.from, one[name] ?? null]);
		const limit = (name: 'chart_low' | 'chart_high', called: string): Option => line(called, at(name), { lineStyle: { color: look.tones.bad ?? look.ink, type: 'dashed', width: 1.5 } });
		return {
			...base(look, words.font),
			aria: { enabled: false },
			grid: { left: 4, right: 12, top: 12, bottom: 4, containLabel: true },
			xAxis: { type: 'time', min: span ? span[0] : points[0]!.from, max: span ? span[1] : points[points.length - 1]!.to, splitNumber: width < 420 ? 2 : 5, axisLabel: { color: look.mute, fontSize: 11, hideOverlap: true, formatter: (when: number) => words.day(new Date(when).toISOString()) }, axisLine: { lineStyle: { color: look.mute } } },
			yAxis: { type: 'value', scale: judge === 'ewma', splitNumber: 3, axisLabel: { color: look.mute, fontSize: 11 }, splitLine: { lineStyle: { color: look.line } } },
			series: [
				...(judge === 'ewma' ? [limit('chart_low', words.chartLow)] : []),
				limit('chart_high', words.chartHigh),
				line(judge === 'ewma' ? words.level : words.up, at('chart_up'), { symbol: 'circle', showSymbol: true, symbolSize: 5, lineStyle: { width: 2, color: look.series[0] }, itemStyle: { color: look.series[0] } }),
				...(judge === 'cusum' ? [line(words.down, at('chart_down'), { symbol: 'emptyDiamond', showSymbol: true, symbolSize: 6, lineStyle: { width: 2, type: 'dotted', color: look.series[1] ?? look.ink }, itemStyle: { color: look.series[1] ?? look.ink } })] : [])
			]
		};
	};
	const says = judge === 'ewma'
		? `${words.level} ${words.number(last.chart_up!)} (${words.between(words.number(last.chart_low ?? 0), words.number(last.chart_high ?? 0))})`
		: `${words.up} ${words.number(last.chart_up!)}, ${words.down} ${words.number(last.chart_down ?? 0)} (${words.atMost(words.number(last.chart_high ?? 0))})`;
	return { option, empty: false, words: says, of: '', tables: [] };
}

/** Lines across the whole height, each with the numbers of what happened on its day; they say nothing of any value. */
function markLines(marks: Mark[], look: Look): Option[] {
	const places = placesOf(marks);
	if (!places.length) return [];
	return [{
		name: 'marks', type: 'line', yAxisIndex: 1, silent: true, connectNulls: false, symbolSize: 1, lineStyle: { color: look.mute, type: 'dotted', width: 1.5 },
		data: places.flatMap(({ on, label }) => [{ value: [on, 0], symbol: 'none' }, { value: [on, 1], symbol: 'circle', itemStyle: { color: 'transparent' }, label: { show: true, position: 'top', distance: 1, color: look.ink, fontSize: 11, fontWeight: 600, formatter: label } }, { value: [on, null], symbol: 'none' }])
	}];
}

export function seriesOf(points: Point[], words: Words, span?: [number, number], marks: Mark[] = []): Drawing {
	const last = points[points.length - 1];
	// What would have been has no entry in the ledger.
	const kept = points.every((one) => one.ledger >= 0);
	const chart = chartCells(points, words);
	const option = (look: Look, width: number): Option => {
		const tone = (one: Point): string => (one.status === 'pass' ? look.series[0]! : (look.tones[TONE[one.status]] ?? look.mute));
		const limit = (which: 'limit_low' | 'limit_high', name: string): Option => line(name, points.flatMap((one): [string, number | null][] => [[one.from, one[which]], [one.to, one[which]]]), { step: false, lineStyle: { color: look.tones.bad ?? look.ink, type: 'dashed', width: 1.5 } });
		const drawn = points.some((one) => one.low !== null && one.high !== null);
		return {
			...base(look, words.font),
			aria: { enabled: false },
			grid: { left: 4, right: 12, top: marks.length ? 20 : 12, bottom: 4, containLabel: true },
			xAxis: { type: 'time', ...(span ? { min: span[0], max: span[1] } : {}), splitNumber: width < 420 ? 2 : 5, axisLabel: { color: look.mute, fontSize: 11, hideOverlap: true, formatter: (at: number) => words.day(new Date(at).toISOString()) }, axisLine: { lineStyle: { color: look.mute } } },
			yAxis: [{ type: 'value', scale: true, splitNumber: 3, axisLabel: { color: look.mute, fontSize: 11 }, splitLine: { lineStyle: { color: look.line } } }, ...(marks.length ? [{ type: 'value', min: 0, max: 1, show: false }] : [])],
			series: [
				...(drawn ? [
					line('low', points.map((one) => [one.from, one.low]), { stack: 'band', stackStrategy: 'all', lineStyle: { opacity: 0 } }),
					line(words.band, points.map((one) => [one.from, one.low === null || one.high === null ? null : one.high - one.low]), { stack: 'band', stackStrategy: 'all', lineStyle: { opacity: 0 }, areaStyle: { color: look.series[0], opacity: look.forced ? 0 : 0.18 } })
				] : []),
				...(points.some((one) => one.limit_low !== null) ? [limit('limit_low', words.low)] : []),
				...(points.some((one) => one.limit_high !== null) ? [limit('limit_high', words.high)] : []),
				{
					name: words.value, type: 'line', connectNulls: false, showSymbol: true, symbolSize: 7, lineStyle: { width: 2, color: look.series[0] },
					data: points.map((one) => ({ value: [one.from, one.value], symbol: SYMBOL[one.status], itemStyle: { color: tone(one), borderColor: tone(one) }, href: one.ledger < 0 ? undefined : words.href(one.ledger), name: `${words.moment(one.from)} · ${shown(one.value, words)} · ${words.status[one.status]}` })),
					tooltip: { formatter: '{b}' }
				},
				...markLines(marks, look)
			]
		};
	};
	return {
		option, empty: points.length === 0,
		words: last ? words.last(shown(last.value, words), words.day(last.from), last.n, words.status[last.status]) : '',
		of: words.of(points.length, points.filter((one) => one.status === 'breach').length),
		tables: [{
			caption: words.caption,
			head: [word(words.window), count(words.value), count(words.interval), count(words.rows), count(words.limit), ...chart.head, word(words.judged), ...(kept ? [count(words.entry)] : [])],
			rows: [...points].reverse().map((one) => [
				word(words.moment(one.from)), count(shown(one.value, words)),
				count(one.low === null || one.high === null ? '–' : `${words.number(one.low)} – ${words.number(one.high)}`),
				count(words.whole(one.n)), count(limitOf(one, words)), ...chart.row(one), word(words.status[one.status]), ...(kept ? [count(words.whole(one.ledger), words.href(one.ledger))] : [])
			])
		}]
	};
}
