// SPDX-License-Identifier: Apache-2.0
// The map of a register now, beside where the same records stood at the end of last quarter: what moved, what ended,
// what came. All are counts of the server; as many as are told apart here add up to both totals.
import type { Counted, Group } from '../data/types';
import { base, count, word, type Drawing, type Option, type Rows } from './picture';
import type { Look } from './look';

/** The last day of the quarter before the one of that day. */
export function quarterEnd(today: string): string {
	const [year = 0, month = 1] = today.split('-').map(Number);
	const first = new Date(Date.UTC(year, Math.floor((month - 1) / 3) * 3, 1));
	return new Date(first.getTime() - 86_400_000).toISOString().slice(0, 10);
}
export interface Place {
	x: number;
	y: number;
}
export interface Step {
	from: Place;
	to: Place;
	n: number;
}
export interface Moved {
	now: Map<string, number>;
	then: Map<string, number>;
	steps: Step[];
	/** Of those that are counted then. */
	stayed: number;
	went: number;
	ended: number;
	/** Of those that are counted now, without one counted then. */
	came: number;
	/** Not placed, then and now. */
	unplaced: { now: number; then: number };
}
export const at = (x: Counted | undefined, y: Counted | undefined): string => `${x}-${y}`;
function cells(groups: Group[]): { by: Map<string, number>; lost: number } {
	const by = new Map<string, number>();
	let lost = 0;
	for (const one of groups) {
		if (one.x === null || (one.y ?? null) === null) lost += one.n;
		else by.set(at(one.x, one.y), (by.get(at(one.x, one.y)) ?? 0) + one.n);
	}
	return { by, lost };
}
/** `moves`: of those counted then that have not ended, from where to where. */
export function movedOf(now: { tally: Group[]; total: number }, then: { tally: Group[]; total: number }, moves: { tally: Group[]; total: number }): Moved {
	const [here, there] = [cells(now.tally), cells(then.tally)];
	const placed = moves.tally.filter((one) => [one.x, one.y, one.z, one.w].every((value) => (value ?? null) !== null));
	const steps = placed.filter((one) => at(one.x, one.y) !== at(one.z, one.w)).map((one) => ({ from: { x: Number(one.x), y: Number(one.y) }, to: { x: Number(one.z), y: Number(one.w) }, n: one.n }));
	const went = steps.reduce((sum, one) => sum + one.n, 0);
	return { now: here.by, then: there.by, steps, went, stayed: moves.total - went, ended: then.total - moves.total, came: now.total - moves.total, unplaced: { now: here.lost, then: there.lost } };
}
export interface MapData {
	moved: Moved;
	xs: { value: number; title: string }[];
	ys: { value: number; title: string }[];
	axes: { x: string; y: string };
	/** The tone of the ground of a place. */
	ground: (x: number, y: number) => string;
	titles: { place: string; then: string; now: string; change: string; from: string; to: string; n: string };
	captions: { cells: string; steps: string };
	words: string;
	of: string;
	href: (x: number, y: number) => string;
	thenRows: (x: number, y: number) => Rows;
	stepRows: (step: Step) => Rows;
	placeWord: (x: number, y: number) => string;
	number: (n: number) => string;
	font: string;
}
const signed = (n: number, number: (n: number) => string): string => (n > 0 ? `+${number(n)}` : n < 0 ? `−${number(-n)}` : '0');

export function mapOf(data: MapData): Drawing {
	const { moved, xs, ys } = data;
	const n = (from: Map<string, number>, x: number, y: number): number => from.get(at(x, y)) ?? 0;
	const places = ys.flatMap((y) => xs.map((x) => ({ x: x.value, y: y.value })));
	const indexOf = (list: { value: number }[], value: number): number => list.findIndex((one) => one.value === value);
	const toneAt = (look: Look, x: number, y: number): string => look.tones[data.ground(x, y)] ?? look.line;
	interface Api { value: (at: number) => number; coord: (place: number[]) => number[]; size: (of: number[]) => number[] }
	const option = (look: Look, width: number): Option => ({
		...base(look, data.font),
		grid: { left: 8, right: 8, top: 8, bottom: 24, containLabel: true },
		xAxis: { type: 'category', data: xs.map((one) => (width < 520 ? String(one.value) : `${one.value} ${one.title}`)), name: `→ ${data.axes.x}`, nameLocation: 'middle', nameGap: 28, nameTextStyle: { color: look.mute }, axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: look.ink, interval: 0, width: width / 6, overflow: 'truncate' } },
		yAxis: { type: 'category', data: ys.map((one) => (width < 520 ? String(one.value) : `${one.value} ${one.title}`)), axisTick: { show: false }, axisLine: { show: false }, axisLabel: { color: look.ink, interval: 0, width: 120, overflow: 'truncate' } },
		series: [
			{
				type: 'custom', name: data.captions.cells,
				data: places.map(({ x, y }) => ({ value: [indexOf(xs, x), indexOf(ys, y)], place: [x, y], href: n(moved.now, x, y) ? data.href(x, y) : undefined })),
				tooltip: { formatter: (item: { data: { place: [number, number] } }) => { const [x, y] = item.data.place; return `${data.placeWord(x, y)}\n${data.titles.then}: ${data.number(n(moved.then, x, y))}\n${data.titles.now}: ${data.number(n(moved.now, x, y))}`; } },
				renderItem: (item: { dataIndex: number }, api: Api) => {
					const { x, y } = places[item.dataIndex]!;
					const [cx = 0, cy = 0] = api.coord([api.value(0), api.value(1)]);
					const [w = 0, h = 0] = api.size([1, 1]);
					const tone = toneAt(look, x, y);
					return { type: 'rect', shape: { x: cx - w / 2 + 2, y: cy - h / 2 + 2, width: w - 4, height: h - 4, r: 4 }, style: { fill: look.forced ? look.bg : tone, stroke: look.forced ? look.ink : tone, lineWidth: 1.5 } };
				}
			},
			{
				type: 'custom', name: data.captions.steps, silent: true, z: 5,
				data: moved.steps.map((step) => ({ value: [indexOf(xs, step.from.x), indexOf(ys, step.from.y), indexOf(xs, step.to.x), indexOf(ys, step.to.y), step.n] })),
				renderItem: (_item: unknown, api: Api) => {
					const [ax = 0, ay = 0] = api.coord([api.value(0), api.value(1)]);
					const [bx = 0, by = 0] = api.coord([api.value(2), api.value(3)]);
					const length = Math.hypot(bx - ax, by - ay) || 1;
					const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
					const [sx, sy, ex, ey] = [ax + ux * 16 - uy * 8, ay + uy * 16 + ux * 8, bx - ux * 16 - uy * 8, by - uy * 16 + ux * 8];
					const wide = Math.min(4, 1.5 + api.value(4) / 3);
					return {
						type: 'group',
						children: [
							{ type: 'line', shape: { x1: sx, y1: sy, x2: ex - ux * 6, y2: ey - uy * 6 }, style: { stroke: look.bg, lineWidth: wide + 4 } },
							{ type: 'line', shape: { x1: sx, y1: sy, x2: ex - ux * 6, y2: ey - uy * 6 }, style: { stroke: look.ink, lineWidth: wide } },
							{ type: 'polygon', shape: { points: [[ex, ey], [ex - ux * 9 - uy * 5, ey - uy * 9 + ux * 5], [ex - ux * 9 + uy * 5, ey - uy * 9 - ux * 5]] }, style: { fill: look.ink, stroke: look.bg, lineWidth: 1 } }
						]
					};
				}
			},
			{
				// Above the arrows: what goes past a number goes behind it.
				type: 'custom', name: data.titles.now, silent: true, z: 6,
				data: places.map(({ x, y }) => ({ value: [indexOf(xs, x), indexOf(ys, y)] })),
				renderItem: (item: { dataIndex: number }, api: Api) => {
					const { x, y } = places[item.dataIndex]!;
					const [cx = 0, cy = 0] = api.coord([api.value(0), api.value(1)]);
					const [now, before] = [n(moved.now, x, y), n(moved.then, x, y)];
					const text = (words: string, dy: number, fontSize: number, fontWeight: number): Option => ({ type: 'text', style: { text: words, x: cx, y: cy + dy, fill: look.forced ? look.ink : look.on, backgroundColor: look.forced ? look.bg : toneAt(look, x, y), padding: [1, 4], fontSize, fontWeight, fontFamily: data.font, align: 'center', verticalAlign: 'middle' } });
					return { type: 'group', children: [...(now ? [text(data.number(now), -8, 18, 600)] : []), ...(now !== before ? [text(signed(now - before, data.number), 13, 12, 400)] : [])] };
				}
			}
		]
	});
	const some = places.filter(({ x, y }) => n(moved.now, x, y) || n(moved.then, x, y)).reverse();
	return {
		option, words: data.words, of: data.of, empty: moved.now.size === 0 && moved.then.size === 0,
		tables: [
			{
				caption: data.captions.cells,
				head: [word(data.titles.place), count(data.titles.then), count(data.titles.now), count(data.titles.change)],
				rows: some.map(({ x, y }) => {
					const [now, before] = [n(moved.now, x, y), n(moved.then, x, y)];
					return [word(data.placeWord(x, y)), { ...count(data.number(before)), rows: before ? data.thenRows(x, y) : undefined }, count(data.number(now), now ? data.href(x, y) : undefined), count(signed(now - before, data.number))];
				})
			},
			{
				caption: data.captions.steps,
				head: [word(data.titles.from), word(data.titles.to), count(data.titles.n)],
				rows: moved.steps.map((step) => [word(data.placeWord(step.from.x, step.from.y)), word(data.placeWord(step.to.x, step.to.y)), { ...count(data.number(step.n)), rows: data.stepRows(step) }])
			}
		]
	};
}
