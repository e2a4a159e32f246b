// SPDX-License-Identifier: Apache-2.0
// What a trace is asked by its page: the columns that are there, where the arrows lead, the gaps in their order,
// what rests on a record, and the same as a list within lists.
import type { Trace, TraceGap, TraceModel, TraceNode } from '../data/types';

/** Each pair of records once, however many fields link them. */
export function linesOf(trace: Trace): { from: string; to: string }[] {
	const seen = new Set<string>();
	return trace.edges.filter((edge) => {
		const name = `${edge.from} ${edge.to}`;
		return seen.has(name) ? false : (seen.add(name), true);
	}).map(({ from, to }) => ({ from, to }));
}
/** Kinds that have a record here, in the order of the model. */
export const kindsOf = (trace: Trace, model: TraceModel): string[] =>
	model.columns.map((column) => column.kind).filter((kind) => trace.nodes.some((node) => node.kind === kind));

export interface Ways {
	before: Map<string, string[]>;
	after: Map<string, string[]>;
}
export function waysOf(trace: Trace): Ways {
	const ways: Ways = { before: new Map(), after: new Map() };
	const put = (map: Map<string, string[]>, key: string, value: string): void => void map.set(key, [...(map.get(key) ?? []), value]);
	for (const { from, to } of linesOf(trace)) {
		put(ways.after, from, to);
		put(ways.before, to, from);
	}
	return ways;
}
/** Everything that is reached from a record that way, without itself. */
export function reached(ways: Map<string, string[]>, from: string[]): Set<string> {
	const found = new Set<string>();
	const wait = [...from];
	for (let at = wait.pop(); at !== undefined; at = wait.pop())
		for (const next of ways.get(at) ?? [])
			if (!found.has(next)) {
				found.add(next);
				wait.push(next);
			}
	return found;
}

export interface Gap {
	node: TraceNode;
	gap: TraceGap;
}
/** In the order in which they are read: column by column, each from above. */
export const gapsOf = (trace: Trace, columns: string[][]): Gap[] =>
	columns.flat().flatMap((id) => {
		const node = trace.nodes.find((one) => one.id === id);
		return node ? node.gaps.map((gap) => ({ node, gap })) : [];
	});
/** The next gap from where one stands; `at` -1: one stands at none, then it is the first one there or after. Goes round. */
export function nextGap(gaps: Gap[], at: number, step: 1 | -1): number {
	if (!gaps.length) return -1;
	return at < 0 ? (step > 0 ? 0 : gaps.length - 1) : (at + step + gaps.length) % gaps.length;
}

/** Only what has a gap, and what leads to it. */
export function gapsOnly(trace: Trace): Trace {
	const open = trace.nodes.filter((node) => node.gaps.length).map((node) => node.id);
	const keep = new Set([...open, ...reached(waysOf(trace).before, open)]);
	return { ...trace, nodes: trace.nodes.filter((node) => keep.has(node.id)), edges: trace.edges.filter((edge) => keep.has(edge.from) && keep.has(edge.to)) };
}

/** Where an arrow leads: along a link to the nearest, else to the nearest of the next column that has one. */
export function step(key: string, id: string, ways: Ways, columns: string[][], y: Map<string, number>): string | undefined {
	const column = columns.findIndex((one) => one.includes(id));
	const own = columns[column] ?? [];
	const place = own.indexOf(id);
	const nearest = (ids: string[]): string | undefined =>
		[...ids].sort((a, b) => Math.abs((y.get(a) ?? 0) - (y.get(id) ?? 0)) - Math.abs((y.get(b) ?? 0) - (y.get(id) ?? 0)))[0];
	const aside = (by: 1 | -1): string[] => {
		for (let at = column + by; columns[at]; at += by) if (columns[at]!.length) return columns[at]!;
		return [];
	};
	switch (key) {
		case 'ArrowDown': return own[place + 1];
		case 'ArrowUp': return own[place - 1];
		case 'Home': return own[0];
		case 'End': return own[own.length - 1];
		case 'ArrowRight': return nearest(ways.after.get(id)?.length ? ways.after.get(id)! : aside(1));
		case 'ArrowLeft': return nearest(ways.before.get(id)?.length ? ways.before.get(id)! : aside(-1));
		default: return undefined;
	}
}

export interface Branch {
	node: TraceNode;
	below: Branch[];
	/** What it rests on stands elsewhere already. */
	again: boolean;
}
/** A list within lists, from the left. What several rest on is told whole at the first of them. */
export function outline(trace: Trace, columns: string[][]): Branch[] {
	const nodes = new Map(trace.nodes.map((node) => [node.id, node]));
	const order = new Map(columns.flat().map((id, i) => [id, i]));
	const { before, after } = waysOf(trace);
	const told = new Set<string>();
	const branch = (id: string): Branch => {
		const again = told.has(id);
		told.add(id);
		const next = [...(after.get(id) ?? [])].sort((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
		return { node: nodes.get(id)!, again: again && next.length > 0, below: again ? [] : next.map(branch) };
	};
	// The picture may be one answer behind.
	return columns.flat().filter((id) => nodes.has(id) && !before.get(id)?.length).map(branch);
}
