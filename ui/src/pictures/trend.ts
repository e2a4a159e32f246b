// SPDX-License-Identifier: Apache-2.0
// Readiness over time: three lines, each of another kind of stroke. Days on which nobody asked have no point.
import { base, count, word, type Drawing, type Option } from './picture';
import type { Look } from './look';

export interface Point {
	day: string;
	score: number;
	proof_ratio: number;
	met: number;
	of: number;
	blockers: number;
}
export interface Trend {
	points: Point[];
	titles: { day: string; score: string; met: string; proven: string; blockers: string };
	caption: string;
	words: string;
	of: string;
	metOf: (met: number, of: number) => string;
	number: (n: number) => string;
	date: (day: string) => string;
	href: (day: string) => string;
	font: string;
}
const rounded = (n: number): number => Math.round(n * 10) / 10;
export const shares = (one: Point): [number, number, number] => [rounded(one.score), rounded(one.of ? (100 * one.met) / one.of : 0), rounded(100 * one.proof_ratio)];

export function trendOf(data: Trend): Drawing {
	const names = [data.titles.score, data.titles.met, data.titles.proven];
	const strokes = ['solid', 'dashed', 'dotted'];
	const symbols = ['circle', 'rect', 'triangle'];
	const option = (look: Look, width: number): Option => ({
		...base(look, data.font),
		grid: { left: 8, right: 16, top: width < 520 ? 66 : 40, bottom: 8, containLabel: true },
		legend: { top: 0, left: 0, itemWidth: 28, textStyle: { color: look.ink, fontSize: 12 }, selectedMode: false },
		xAxis: { type: 'time', splitNumber: width < 520 ? 3 : 6, axisLabel: { color: look.mute, hideOverlap: true, formatter: (at: number) => data.date(new Date(at).toISOString().slice(0, 10)) }, axisLine: { lineStyle: { color: look.mute } } },
		yAxis: { type: 'value', min: 0, max: 100, axisLabel: { color: look.mute, formatter: '{value} %' }, splitLine: { lineStyle: { color: look.line } } },
		series: names.map((name, at) => ({
			name, type: 'line', symbol: symbols[at], symbolSize: 7, showSymbol: data.points.length < 40,
			lineStyle: { width: 2, type: strokes[at], color: look.series[at] }, itemStyle: { color: look.series[at] },
			data: data.points.map((one) => ({ value: [`${one.day}T12:00:00Z`, shares(one)[at]], href: data.href(one.day) }))
		}))
	});
	return {
		option, words: data.words, of: data.of, empty: data.points.length < 2,
		tables: [{
			caption: data.caption,
			head: [word(data.titles.day), count(`${data.titles.score}, %`), count(data.titles.met), count(`${data.titles.proven}, %`), count(data.titles.blockers)],
			rows: [...data.points].reverse().map((one) => [word(data.date(one.day), data.href(one.day)), count(data.number(shares(one)[0])), count(data.metOf(one.met, one.of)), count(data.number(shares(one)[2])), count(data.number(one.blockers))])
		}]
	};
}
