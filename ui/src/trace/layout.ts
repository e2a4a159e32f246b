// SPDX-License-Identifier: Apache-2.0
// Where the records of a trace stand: fixed columns, in each the order with the fewest crossings that going over
// them a few times finds (barycentre), then as near to what they are linked with as the others leave room for.
export interface Spot {
	id: string;
	column: number;
	height: number;
}
export interface Line {
	from: string;
	to: string;
}
export interface Point {
	x: number;
	y: number;
}
export interface Placed {
	/** Middle of each record, from above. */
	y: Map<string, number>;
	/** Ids of each column, from above. */
	columns: string[][];
	/** For each line: the heights at which it passes the columns between its ends, from left to right. */
	passes: number[][];
	height: number;
}
const SWEEPS = 12;
const GAP = 8;
/** A line that passes a column needs little room there. */
const LANE = 8;

interface Item {
	id: string;
	height: number;
	left: number[];
	right: number[];
}

/** How many pairs of lines between two columns cross: each line by the places of its ends. */
export function crossings(lines: [number, number][]): number {
	const sorted = [...lines].sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((line) => line[1]);
	const most = sorted.length ? Math.max(...sorted) + 1 : 0;
	const tree = new Array<number>(most + 1).fill(0);
	let count = 0;
	sorted.forEach((at, seen) => {
		let below = 0;
		for (let i = at + 1; i > 0; i -= i & -i) below += tree[i]!;
		count += seen - below;
		for (let i = at + 1; i <= most; i += i & -i) tree[i]!++;
	});
	return count;
}

/** As near to the wished places as the order and the room between allow (the least squares, by pooling neighbours). */
export function spread(wished: number[], heights: number[]): number[] {
	const offsets: number[] = [];
	heights.forEach((height, i) => offsets.push(i ? offsets[i - 1]! + (heights[i - 1]! + height) / 2 + GAP : 0));
	const pools: { sum: number; n: number }[] = [];
	wished.forEach((y, i) => {
		let pool = { sum: y - offsets[i]!, n: 1 };
		for (let last = pools[pools.length - 1]; last && last.sum / last.n > pool.sum / pool.n; last = pools[pools.length - 1]) {
			pool = { sum: pool.sum + last.sum, n: pool.n + last.n };
			pools.pop();
		}
		pools.push(pool);
	});
	return pools.flatMap((pool) => new Array<number>(pool.n).fill(pool.sum / pool.n)).map((y, i) => y + offsets[i]!);
}

const mean = (of: number[], otherwise: number): number => (of.length ? of.reduce((sum, one) => sum + one, 0) / of.length : otherwise);

export function layout(spots: Spot[], lines: Line[], count: number): Placed {
	const items: Item[] = spots.map((spot) => ({ id: spot.id, height: spot.height, left: [], right: [] }));
	const at = new Map(spots.map((spot, i) => [spot.id, i]));
	const columns: number[][] = Array.from({ length: count }, () => []);
	spots.forEach((spot, i) => columns[spot.column]?.push(i));
	// A line over several columns gets a place in each of them, so that it is led between the records.
	const ways = lines.map((line) => {
		const from = at.get(line.from);
		const to = at.get(line.to);
		if (from === undefined || to === undefined) return [];
		const way = [from];
		for (let column = spots[from]!.column + 1; column < spots[to]!.column; column++) {
			items.push({ id: '', height: LANE, left: [], right: [] });
			columns[column]!.push(items.length - 1);
			way.push(items.length - 1);
		}
		way.push(to);
		for (let i = 1; i < way.length; i++) {
			items[way[i - 1]!]!.right.push(way[i]!);
			items[way[i]!]!.left.push(way[i - 1]!);
		}
		return way;
	});
	const place = new Array<number>(items.length).fill(0);
	const renumber = (column: number[]): void => column.forEach((item, i) => (place[item] = i));
	const total = (): number => columns.reduce((sum, column) => sum + crossings(column.flatMap((item) => items[item]!.right.map((other): [number, number] => [place[item]!, place[other]!]))), 0);
	columns.forEach(renumber);
	let best = columns.map((column) => [...column]);
	let least = total();
	for (let sweep = 0; sweep < SWEEPS && least; sweep++) {
		const side = sweep % 2 ? 'right' : 'left';
		for (const column of sweep % 2 ? [...columns].reverse() : columns) {
			const wish = new Map(column.map((item) => [item, mean(items[item]![side].map((other) => place[other]!), place[item]!)]));
			column.sort((a, b) => wish.get(a)! - wish.get(b)! || place[a]! - place[b]!);
			renumber(column);
		}
		const now = total();
		if (now < least) {
			least = now;
			best = columns.map((column) => [...column]);
		}
	}
	best.forEach(renumber);
	// Heights: close together at first, then towards what they are linked with, from both sides in turn.
	const y = new Array<number>(items.length).fill(0);
	const settle = (column: number[], wished: number[]): void => spread(wished, column.map((item) => items[item]!.height)).forEach((height, i) => (y[column[i]!] = height));
	best.forEach((column) => settle(column, column.map(() => 0)));
	for (let turn = 0; turn < 6; turn++)
		for (const column of turn % 2 ? [...best].reverse() : best) {
			const linked = (item: Item): number[] => (turn < 4 ? (turn % 2 ? item.right : item.left) : [...item.left, ...item.right]).map((other) => y[other]!);
			settle(column, column.map((item) => mean(linked(items[item]!), y[item]!)));
		}
	const top = Math.min(0, ...items.map((item, i) => y[i]! - item.height / 2));
	const bottom = Math.max(0, ...items.map((item, i) => y[i]! + item.height / 2));
	return {
		y: new Map(spots.map((spot, i) => [spot.id, y[i]! - top])),
		columns: best.map((column) => column.filter((item) => item < spots.length).map((item) => spots[item]!.id)),
		passes: ways.map((way) => way.slice(1, -1).map((item) => y[item]! - top)),
		height: bottom - top
	};
}

/** A curve through points that goes from column to column without a corner. */
export function curve(points: Point[]): string {
	return points.map((to, i) => {
		const from = points[i - 1];
		if (!from) return `M${to.x} ${to.y}`;
		const middle = (from.x + to.x) / 2;
		return `C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
	}).join('');
}
