// SPDX-License-Identifier: Apache-2.0
// How many cases wait or lie on the reader's desk, for the number beside the queue in the sidebar.
import { hasRole } from '../app/session.svelte';
import { get } from '../data/client.svelte';
import { onChange, touches } from '../data/stream';
import type { ListReply } from '../data/types';
import { reviewKind, takenIn, takers, waitingIn } from './case';

export const queue = $state({ waiting: 0 });
/** Whether the reader may take cases. */
export function reviews(): boolean {
	const kind = reviewKind();
	return !!kind && hasRole(...takers(kind));
}
async function count(): Promise<void> {
	const kind = reviewKind();
	if (!kind || !reviews()) return void (queue.waiting = 0);
	try {
		const count = async (query: string): Promise<number> => (await get<ListReply>(`/${kind.kind}?${query}&limit=1&fields=title`)).total;
		const all = await Promise.all([count(`state=${waitingIn(kind).join()}`), count(`claimed_by=me&state=${takenIn(kind).join()}`)]);
		queue.waiting = all[0] + all[1];
	} catch {
		// The number is a courtesy; the page itself shows errors.
	}
}
/** Whether a number of a home counts what waits in the queue: its reader goes to the desk, not to a list. */
export function isQueue(tile: { kind?: string; query?: string }): boolean {
	const kind = reviewKind();
	if (!kind || tile.kind !== kind.kind || !reviews()) return false;
	const states = new URLSearchParams(tile.query ?? '').get('state')?.split(',') ?? [];
	return states.length > 0 && states.every((state) => waitingIn(kind).includes(state));
}
const SOON = 3000;
/** Counted now and when cases change, until the returned function is called. */
export function keepCount(): () => void {
	let timer: ReturnType<typeof setTimeout> | undefined;
	void count();
	const stop = onChange((changes) => {
		if (touches(changes, reviewKind()?.kind)) timer ??= setTimeout(() => { timer = undefined; void count(); }, SOON);
	});
	return () => {
		stop();
		clearTimeout(timer);
	};
}
