// SPDX-License-Identifier: Apache-2.0
// Keeping what a list shows under a name, and taking over what only this browser kept before.
import { keep, kept } from '../app/prefs.svelte';
import { learnViews, viewKind, views, type SavedView } from '../app/views.svelte';
import { patch, post } from '../data/client.svelte';
import type { RecordReply, Value } from '../data/types';
import { parseView, viewSearch, type View } from '../model/filter';

/** The address of a list without the view that it began with. */
export const addressOfView = (view: View): string => viewSearch({ ...view, view: '' }).slice(1);
/** Two spellings of the same question are the same. */
export const sameAddress = (a: string, b: string): boolean => addressOfView(parseView(a)) === addressOfView(parseView(b));

/** By the move that shares, which is an act of its own. */
export async function shareView(view: SavedView, shared: string): Promise<void> {
	const move = viewKind()!.moves.find((one) => one.takes?.includes('shared'));
	if (move) await post(`/${viewKind()!.kind}/${view.id}/moves/${move.move}`, { shared });
	await learnViews();
}
export async function keepView(title: string, register: string, address: string, shared: string): Promise<SavedView> {
	const kind = viewKind()!;
	const record = (await post<RecordReply>(`/${kind.kind}`, { title, register, address: address || null })).record as SavedView;
	await (shared === 'me' ? learnViews() : shareView(record, shared));
	return record;
}
export async function changeView(view: SavedView, changes: Record<string, Value>): Promise<void> {
	await patch<RecordReply>(`/${viewKind()!.kind}/${view.id}`, changes, view.version);
	await learnViews();
}
/** Nothing is deleted: it comes to its end, and stands among the views no more. */
export async function dropView(view: SavedView): Promise<void> {
	const kind = viewKind()!;
	const end = kind.moves.find((one) => one.move !== 'archive' && kind.states.find((state) => state.state === one.to)?.end && one.from.includes(view.state));
	if (end) await post(`/${kind.kind}/${view.id}/moves/${end.move}`, {});
	await learnViews();
}

interface OldView {
	name: string;
	kind: string;
	search: string;
}
const isOld = (one: unknown): one is OldView => ['name', 'kind', 'search'].every((part) => typeof (one as Record<string, unknown> | null)?.[part] === 'string');
/** What an earlier release kept in this browser alone. */
export function oldViews(): OldView[] {
	const found = kept<unknown>(`views.${views.of}`, []);
	return Array.isArray(found) ? found.filter(isOld) : [];
}
/** Each on its own: one that is refused stays, and the first reason is told. */
export async function takeOver(): Promise<{ taken: number; why?: unknown }> {
	let taken = 0;
	let why: unknown;
	for (const one of oldViews())
		try {
			await post(`/${viewKind()!.kind}`, { title: one.name, register: one.kind, address: one.search.replace(/^\?/, '') || null });
			keep(`views.${views.of}`, oldViews().filter((other) => other.name !== one.name || other.kind !== one.kind));
			taken++;
		} catch (error) {
			why ??= error;
		}
	await learnViews();
	return { taken, why };
}
