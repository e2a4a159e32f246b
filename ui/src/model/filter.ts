// SPDX-License-Identifier: Apache-2.0
// The state of a list, and its two spellings: the address of the page and the question to the server.
// Every part of a list that another person should see the same way is in the address.

export interface Filter {
	field: string;
	op: Op;
	value: string;
}
export type Op = 'is' | 'not' | 'gte' | 'lte' | 'gt' | 'lt' | 'empty';
export interface View {
	q: string;
	sort: string;
	group: string;
	filters: Filter[];
	/** The shape it is shown as, and what of it: `board`, `calendar:2026-12`. Nothing: the list. */
	shape?: string;
	/** The kept view it began with, by its key; `all`: none, also where the register opens with one. */
	view?: string;
	/** Columns that a view brings along; otherwise they are the reader's own. */
	columns?: string;
}
const OPS = new Set<string>(['not', 'gte', 'lte', 'gt', 'lt', 'empty']);
const OWN = new Set(['q', 'sort', 'group', 'cursor', 'limit', 'fields', 'facets', 'as_of', 'format', 'peek', 'shape', 'tally', 'view', 'columns', 'totals']);

export function parseView(search: string): View {
	const view: View = { q: '', sort: '', group: '', filters: [] };
	for (const [name, value] of new URLSearchParams(search)) {
		if (name === 'q' || name === 'sort' || name === 'group' || name === 'shape' || name === 'view' || name === 'columns') view[name] = value;
		else if (!OWN.has(name)) {
			const dot = name.lastIndexOf('.');
			const op = dot > 0 ? name.slice(dot + 1) : '';
			if (OPS.has(op)) view.filters.push({ field: name.slice(0, dot), op: op as Op, value });
			else view.filters.push({ field: name, op: 'is', value });
		}
	}
	return view;
}
function put(params: URLSearchParams, view: View): void {
	if (view.q) params.set('q', view.q);
	for (const filter of view.filters)
		params.append(filter.op === 'is' ? filter.field : `${filter.field}.${filter.op}`, filter.value);
}
export function viewSearch(view: View): string {
	const params = new URLSearchParams();
	put(params, view);
	if (view.sort) params.set('sort', view.sort);
	if (view.group) params.set('group', view.group);
	if (view.shape) params.set('shape', view.shape);
	if (view.columns) params.set('columns', view.columns);
	if (view.view) params.set('view', view.view);
	const text = params.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
	return text ? `?${text}` : '';
}
export function question(view: View, more: Record<string, string | number> = {}): string {
	const params = new URLSearchParams();
	put(params, view);
	const sort = [view.group, view.sort].filter(Boolean).join(',');
	if (sort) params.set('sort', sort);
	for (const [name, value] of Object.entries(more)) if (value !== '') params.set(name, String(value));
	return params.toString();
}

export function withFilter(view: View, filter: Filter): View {
	const rest = view.filters.filter((f) => f.field !== filter.field || (f.op !== filter.op && isRange(f.op) && isRange(filter.op)));
	return { ...view, filters: [...rest, filter] };
}
/** The only filter of its field; an empty value takes it away. */
export function onlyFilter(view: View, filter: Filter): View {
	const rest = { ...view, filters: view.filters.filter((f) => f.field !== filter.field) };
	return filter.value ? withFilter(rest, filter) : rest;
}
export const boundOf = (view: View, field: string, op: Op): string => view.filters.find((f) => f.field === field && f.op === op)?.value ?? '';
/** One end of a range; the other stays. */
export function withBound(view: View, field: string, op: 'gte' | 'lte', value: string): View {
	const rest = { ...view, filters: view.filters.filter((f) => !(f.field === field && (f.op === op || f.op === 'is' || f.op === 'empty'))) };
	return value ? { ...rest, filters: [...rest.filters, { field, op, value }] } : rest;
}
const isRange = (op: Op): boolean => op === 'gte' || op === 'lte' || op === 'gt' || op === 'lt';
export const withoutFilter = (view: View, filter: Filter): View => ({ ...view, filters: view.filters.filter((f) => f !== filter) });
export const valuesOf = (view: View, field: string): string[] =>
	view.filters.filter((f) => f.field === field && f.op === 'is').flatMap((f) => f.value.split(','));
export function toggleValue(view: View, field: string, value: string): View {
	const values = valuesOf(view, field);
	const next = values.includes(value) ? values.filter((v) => v !== value) : [...values, value];
	const rest = { ...view, filters: view.filters.filter((f) => f.field !== field) };
	return next.length ? withFilter(rest, { field, op: 'is', value: next.join(',') }) : rest;
}

export interface SortKey {
	field: string;
	down: boolean;
}
export const parseSort = (sort: string): SortKey[] =>
	sort.split(',').filter(Boolean).map((part) => (part.startsWith('-') ? { field: part.slice(1), down: true } : { field: part, down: false }));
/** A click sorts upwards, again downwards, a third time not at all; with `add` it becomes the next key. */
export function nextSort(sort: string, field: string, add: boolean): string {
	const keys = parseSort(sort);
	const at = keys.findIndex((key) => key.field === field);
	const now = keys[at];
	const next = !now ? { field, down: false } : !now.down ? { field, down: true } : null;
	const rest = add ? keys : keys.filter((key) => key.field === field);
	const position = rest.findIndex((key) => key.field === field);
	if (position < 0) {
		if (next) rest.push(next);
	} else rest.splice(position, 1, ...(next ? [next] : []));
	return rest.map((key) => (key.down ? `-${key.field}` : key.field)).join(',');
}

/** A view without what is no field any more, or none for the reader: it shows the rest, and says so. */
export function without(view: View, lost: (field: string) => boolean): View {
	const kept = (names: string | undefined): string => (names ?? '').split(',').filter((name) => name && !lost(name.replace(/^-/, ''))).join(',');
	return { ...view, sort: kept(view.sort), group: kept(view.group), columns: kept(view.columns), filters: view.filters.filter((one) => !lost(one.field)) };
}
export const fieldsIn = (view: View): string[] => [...new Set([...view.filters.map((one) => one.field), ...`${view.sort},${view.group},${view.columns ?? ''}`.split(',').map((name) => name.replace(/^-/, ''))])].filter(Boolean);
