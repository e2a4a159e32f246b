// SPDX-License-Identifier: Apache-2.0
// Lists that people keep by a name: records of the kind that is a view, the reader's own and those shared with them.
import { get } from '../data/client.svelte';
import { learn } from '../data/names.svelte';
import { onChange, touches } from '../data/stream';
import type { AnyRecord, Kind, ListReply } from '../data/types';
import { kinds } from '../model/model.svelte';
import { afterPage } from './later';
import { here } from './router.svelte';

export interface SavedView extends AnyRecord {
	register: string;
	/** Filters, order, grouping, shape and columns as the address of the list spells them. */
	address?: string;
	shared: 'me' | 'unit' | 'everyone';
	/** The register opens with it. */
	opens: boolean;
}
const MOST = 500;
const LATER = 3000;
export const views = $state<{ now: SavedView[]; of: string; known: boolean }>({ now: [], of: '', known: false });
export const viewKind = (): Kind | undefined => kinds().find((kind) => kind.is === 'view');
/** As it stands, neither filtered otherwise nor by another view. */
export const viewPath = (view: SavedView): string => `/k/${view.register}?${view.address ? `${view.address}&` : ''}view=${view.key}`;
export const viewsIn = (register: string): SavedView[] => views.now.filter((one) => one.register === register);
export const isMine = (view: SavedView): boolean => view.owner === views.of;
/** What a register opens with: one's own choice before that of the unit, that before everybody's. */
export const firstView = (register: string): SavedView | undefined => ['me', 'unit', 'everyone'].flatMap((who) => viewsIn(register).filter((one) => one.opens && one.shared === who))[0];

export async function learnViews(): Promise<void> {
	const kind = viewKind();
	if (!kind) return;
	const kept = kind.states.filter((one) => !one.end).map((one) => one.state).join(',');
	const reply = await get<ListReply>(`/${kind.kind}?state=${kept}&sort=title&fields=title,register,address,shared,opens,owner,unit&limit=${MOST}`).catch(() => null);
	if (!reply) return;
	learn(reply.names);
	views.known = true;
	// One's own stand before those of others.
	views.now = (reply.items as SavedView[]).sort((a, b) => Number(isMine(b)) - Number(isMine(a)));
}
/** Whose views these are from now on. */
export function viewsOf(person: string): void {
	Object.assign(views, { now: [], of: person, known: false });
	// A list may open with one of them; every other page comes first.
	const soon = here.path === '/' || (/^\/k\/[^/]+\/?$/.test(here.path) && (!here.search || here.search.includes('view=')));
	const learnNow = (): void => void (views.of === person && learnViews());
	if (soon) setTimeout(learnNow, 0);
	else afterPage(learnNow, LATER);
}
onChange((changes) => {
	if (views.of && touches(changes, viewKind()?.kind ?? '')) void learnViews();
});
