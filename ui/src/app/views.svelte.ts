// SPDX-License-Identifier: Apache-2.0
// Lists a person has named to find them again. They are kept in this browser, for this person, and nowhere else.
import { keep, kept } from './prefs.svelte';

export interface SavedView {
	name: string;
	kind: string;
	/** Filters, order and grouping as the address of the list spells them. */
	search: string;
}
let owner = '';
export const views = $state<{ now: SavedView[] }>({ now: [] });

const isView = (one: unknown): one is SavedView =>
	['name', 'kind', 'search'].every((part) => typeof (one as Record<string, unknown> | null)?.[part] === 'string');

/** Whose views these are from now on. */
export function viewsOf(person: string): void {
	owner = person;
	const found = kept<unknown>(`views.${person}`, []);
	views.now = Array.isArray(found) ? found.filter(isView) : [];
}
function put(next: SavedView[]): void {
	views.now = next;
	keep(`views.${owner}`, next);
}
const same = (a: SavedView, b: SavedView): boolean => a.kind === b.kind && a.name === b.name;

/** A view of the same name in the same list is replaced. */
export const saveView = (view: SavedView): void => put([...views.now.filter((one) => !same(one, view)), view]);
export const dropView = (view: SavedView): void => put(views.now.filter((one) => !same(one, view)));
export const viewPath = (view: SavedView): string => `/k/${view.kind}${view.search}`;
