// SPDX-License-Identifier: Apache-2.0
// Plan, do, check, act as four quarters, each filled as far as its requirements are met; around them the clauses.
import type { Words } from '../data/types';
import { base, count, word, type Drawing, type Option } from './picture';
import type { Look } from './look';

export interface Slice {
	id: string;
	title: string;
	met: number;
	rows: number;
	href: string;
}
export interface Quarter extends Slice {
	clauses: Slice[];
}
export interface Wheel {
	quarters: Quarter[];
	titles: { part: string; met: string; rows: string; share: string };
	caption: string;
	words: string;
	of: string;
	middle: string[];
	metOf: (met: number, of: number) => string;
	number: (n: number) => string;
	font: string;
}
const share = (one: Slice): number => (one.rows ? one.met / one.rows : 0);
const percent = (one: Slice): number => Math.round(100 * share(one));
/** Each quarter a right angle, from the top on clockwise; its clauses share it by their rows. */
export function angles(quarters: Quarter[]): { quarter: [number, number][]; clauses: [number, number][][] } {
	const step = Math.PI / 2;
	const quarter = quarters.map((_, i): [number, number] => [-Math.PI / 2 + i * step, -Math.PI / 2 + (i + 1) * step]);
	const clauses = quarters.map((one, i) => {
		const sum = one.clauses.reduce((all, clause) => all + Math.max(clause.rows, 1), 0) || 1;
		let from = quarter[i]![0];
		return one.clauses.map((clause): [number, number] => {
			const to = from + (step * Math.max(clause.rows, 1)) / sum;
			const piece: [number, number] = [from, to];
			from = to;
			return piece;
		});
	});
	return { quarter, clauses };
}

export function wheelOf(data: Wheel): Drawing {
	const { quarter, clauses } = angles(data.quarters);
	interface Api { getWidth: () => number; getHeight: () => number; value: (at: number) => number }
	const option = (look: Look): Option => {
		const sector = (cx: number, cy: number, r0: number, r: number, [a, b]: [number, number], style: Record<string, unknown>): Option => ({ type: 'sector', shape: { cx, cy, r0, r, startAngle: a, endAngle: b }, style });
		const text = (words: string, x: number, y: number, style: Record<string, unknown>): Option => ({ type: 'text', silent: true, style: { text: words, x, y, fill: look.ink, fontFamily: data.font, align: 'center', verticalAlign: 'middle', ...style } });
		const draw = (at: number, api: Api): Option => {
			const [cx, cy] = [api.getWidth() / 2, api.getHeight() / 2];
			const R = Math.min(cx, cy) - 6;
			const one = data.quarters[at]!;
			const [hole, rim, out] = [R * 0.26, R * 0.68, R * 0.86];
			const color = look.series[at]!;
			const [a, b] = quarter[at]!;
			const gap: [number, number] = [a + 0.012, b - 0.012];
			const middle = (a + b) / 2;
			return {
				type: 'group',
				children: [
					sector(cx, cy, hole, rim, gap, { fill: look.line, opacity: 0.55 }),
					sector(cx, cy, hole, hole + (rim - hole) * share(one), gap, { fill: color }),
					sector(cx, cy, hole, rim, gap, { fill: 'none', stroke: color, lineWidth: 2 }),
					...one.clauses.flatMap((clause, i) => {
						const [from, to] = clauses[at]![i]!;
						const inner: [number, number] = [from + 0.012, to - 0.012];
						const mid = (from + to) / 2;
						const wide = (to - from) * R * 0.95 > 8 + 7 * clause.id.length;
						return [
							sector(cx, cy, rim + 5, out, inner, { fill: look.line, opacity: 0.55 }),
							sector(cx, cy, rim + 5, out, [inner[0], inner[0] + (inner[1] - inner[0]) * share(clause)], { fill: color }),
							sector(cx, cy, rim + 5, out, inner, { fill: 'none', stroke: color, lineWidth: 1.5 }),
							...(wide ? [text(clause.id, cx + Math.cos(mid) * R * 0.95, cy + Math.sin(mid) * R * 0.95, { fontSize: 12 })] : [])
						];
					}),
					text(`${one.title}\n${data.metOf(one.met, one.rows)}`, cx + Math.cos(middle) * R * 0.48, cy + Math.sin(middle) * R * 0.48, { fontSize: 12, lineHeight: 16, fontWeight: 600, backgroundColor: look.bg, borderRadius: 4, padding: [2, 5] }),
					...(at === 0 ? [text(data.middle.join('\n'), cx, cy, { fontSize: 13, lineHeight: 17, fontWeight: 600 })] : [])
				]
			};
		};
		return {
			...base(look, data.font),
			series: [{
				type: 'custom', coordinateSystem: 'none',
				data: data.quarters.map((one) => ({ value: one.met, href: one.href })),
				tooltip: { formatter: (item: { dataIndex: number }) => { const one = data.quarters[item.dataIndex]!; return [`${one.title}: ${data.metOf(one.met, one.rows)}`, ...one.clauses.map((clause) => `${clause.id}: ${data.metOf(clause.met, clause.rows)}`)].join('\n'); } },
				renderItem: (item: { dataIndex: number }, api: Api) => draw(item.dataIndex, api)
			}]
		};
	};
	const row = (one: Slice, name: string) => [word(name, one.href), count(data.number(one.met)), count(data.number(one.rows)), count(`${data.number(percent(one))} %`)];
	return {
		option, words: data.words, of: data.of, empty: data.quarters.every((one) => !one.rows),
		tables: [{
			caption: data.caption,
			head: [word(data.titles.part), count(data.titles.met), count(data.titles.rows), count(data.titles.share)],
			rows: data.quarters.flatMap((one) => [row(one, one.title), ...one.clauses.map((clause) => row(clause, `${clause.id} ${clause.title}`))])
		}]
	};
}
/** The parts of the cycle in their order, each with the groups whose rows are of it. */
export function quartersOf(data: { phases: { phase: string; rows: number; met: number }[]; groups: { id: string; title: Words }[]; rows: { row: string; group: string; phase: string; applicable: boolean; level: number | null }[]; method: { covered_from?: number } }, nameOf: (phase: string) => string, words: (title: Words) => string, address: string): Quarter[] {
	const from = data.method.covered_from ?? 1;
	const to = (rows: { row: string }[]): string => (rows[0] ? `${address}#row-${rows[0].row}` : address);
	return data.phases.map((phase) => {
		const own = data.rows.filter((row) => row.phase === phase.phase && row.applicable);
		const clauses = data.groups.flatMap((group): Slice[] => {
			const rows = own.filter((row) => row.group === group.id);
			return rows.length ? [{ id: group.id, title: words(group.title), rows: rows.length, met: rows.filter((row) => (row.level ?? 0) >= from).length, href: to(rows) }] : [];
		});
		return { id: phase.phase, title: nameOf(phase.phase), met: phase.met, rows: phase.rows, href: to(own), clauses };
	});
}
