// SPDX-License-Identifier: Apache-2.0
// What of a page could not be fetched. A part that says so itself tells it here; of what no part speaks the frame
// does, once for all of it, with a way to ask again. What one may not see, or is not there, is no such thing.
import { untrack } from 'svelte';
import { ApiError } from './client.svelte';

interface Missed {
	error: ApiError;
	again: () => Promise<void>;
}
const state: { all: Missed[]; told: Missed[] } = { all: [], told: [] };
/** Whoever reads what is missed reads this, too: the lists themselves are told of by nobody. */
const now = $state({ turn: 0 });
const change = (act: () => void): void => untrack(() => { act(); now.turn++; });
function keep(list: Missed[], one: Missed): () => void {
	change(() => list.push(one));
	return () => change(() => list.includes(one) && list.splice(list.indexOf(one), 1));
}

/** Called in an effect; what it gives back takes the word back. */
export const miss = (error: ApiError, again: () => Promise<void>): (() => void) | undefined =>
	[401, 403, 404].includes(error.status) ? undefined : keep(state.all, { error, again });
/** This error is told where it happened. */
export const tell = (error: ApiError, again: () => void): (() => void) => keep(state.told, { error, again: async () => again() });
/** What nobody speaks of. Where a part of the page says that it did not come, asking again asks for all. */
export function untold(): ApiError | undefined {
	void now.turn;
	return state.told.length ? undefined : state.all[0]?.error;
}
export async function askAgain(): Promise<void> {
	const told = new Set(state.told.map((one) => one.error));
	await Promise.all([...state.told, ...state.all.filter((one) => !told.has(one.error))].map((one) => one.again()));
}

let loose: (() => void)[] = [];
/** What is asked for once, beside all resources: told until asking again goes well, or the page is left. */
export async function asking(act: () => Promise<void>): Promise<void> {
	try {
		await act();
	} catch (error) {
		if (!(error instanceof ApiError)) throw error;
		const drop = miss(error, () => {
			drop?.();
			loose = loose.filter((one) => one !== drop);
			return asking(act);
		});
		if (drop) loose.push(drop);
	}
}
export function leave(): void {
	for (const drop of loose.splice(0)) drop();
}
