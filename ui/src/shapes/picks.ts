// SPDX-License-Identifier: Apache-2.0
// Records are picked in a shape as they are in the list: by their boxes, by `x`, and from the last one to here.
import { getContext, setContext } from 'svelte';
import type { AnyRecord } from '../data/types';

export interface Picks {
	has: (id: string) => boolean;
	/** What stands in the shape now; a board gives it column by column. */
	stand: (of: string, records: AnyRecord[]) => void;
	pick: (key: string, range: boolean) => void;
}
const NAME = 'picks';
const none: Picks = { has: () => false, stand: () => undefined, pick: () => undefined };
export const givePicks = (picks: Picks): Picks => setContext(NAME, picks);
/** A shape alone on a page has nothing to do with many. */
export const picks = (): Picks => getContext<Picks | undefined>(NAME) ?? none;
