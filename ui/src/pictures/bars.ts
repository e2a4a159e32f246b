// SPDX-License-Identifier: Apache-2.0
// Bars that lie: one a value, cut by a second one. Every piece is a list.
import { base, count, word, type Drawing, type Option } from './picture';
import type { Look } from './look';

export interface Part {
	id: string;
	title: string;
	/** A colour with a meaning; else one of the six. */
	tone?: string;
}
export interface Bar {
	id: string;
	title: string;
	href?: string;
	/** By the id of the part. */
	parts: Record<string, { n: number; href: string }>;
}
export interface Bars {
	/** Heads of the table: of the bars, of the sum. */
	name: string;
	sum: string;
	caption: string;
	words: string;
	of: string;
	parts: Part[];
	bars: Bar[];
	/** Bars beyond these stand in the table alone. */
	most?: number;
	none: string;
	number: (n: number) => string;
	font: string;
}
const sumOf = (bar: Bar): number => Object.values(bar.parts).reduce((sum, one) => sum + one.n, 0);
export const heightOf = (bars: number): number => 72 + 30 * Math.max(bars, 1);

export function barsOf(data: Bars): Drawing {
	const drawn = data.bars.slice(0, data.most ?? data.bars.length);
	const option = (look: Look, width: number): Option => ({
		...base(look, data.font),
		grid: { left: 8, right: 40, top: width < 520 ? 66 : 40, bottom: 4, containLabel: true },
		legend: { top: 0, left: 0, itemWidth: 18, itemHeight: 12, itemGap: 12, textStyle: { color: look.ink, fontSize: 12 }, selectedMode: false, type: 'plain' },
		xAxis: { type: 'value', minInterval: 1, axisLabel: { color: look.mute }, splitLine: { lineStyle: { color: look.line } } },
		yAxis: { type: 'category', inverse: true, data: drawn.map((one) => one.title), axisTick: { show: false }, axisLine: { lineStyle: { color: look.mute } }, axisLabel: { color: look.ink, fontSize: 12, width: width < 520 ? 104 : width < 800 ? 220 : 320, overflow: 'truncate' } },
		series: data.parts.map((part, at) => ({
			name: part.title, type: 'bar', stack: 'all', barMaxWidth: 22,
			itemStyle: { color: part.tone ? look.tones[part.tone] : look.series[at % 6], borderColor: look.bg, borderWidth: 1 },
			label: { show: true, color: look.on, backgroundColor: part.tone ? look.tones[part.tone] : look.series[at % 6], padding: [2, 4], borderRadius: 2, formatter: (item: { value: number | null }) => (item.value ? data.number(item.value) : '') },
			data: drawn.map((bar) => ({ value: bar.parts[part.id]?.n ?? null, href: bar.parts[part.id]?.href }))
		}))
	});
	const totals = data.parts.map((part) => data.bars.reduce((sum, bar) => sum + (bar.parts[part.id]?.n ?? 0), 0));
	const all = totals.reduce((sum, n) => sum + n, 0);
	return {
		option, words: data.words, of: data.of, empty: all === 0,
		tables: [{
			caption: data.caption,
			head: [word(data.name), ...data.parts.map((one) => count(one.title)), count(data.sum)],
			rows: [
				...data.bars.map((bar) => [word(bar.title), ...data.parts.map((part) => (bar.parts[part.id]?.n ? count(data.number(bar.parts[part.id]!.n), bar.parts[part.id]!.href) : count(data.none))), sumOf(bar) ? count(data.number(sumOf(bar)), bar.href) : count(data.none)]),
				[word(data.sum), ...totals.map((n) => count(data.number(n))), count(data.number(all))]
			]
		}]
	};
}
