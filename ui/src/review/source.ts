// SPDX-License-Identifier: Apache-2.0
// What waits in the queue, for whoever asks, and how they have decided lately.
import { get } from '../data/client.svelte';
import { learn } from '../data/names.svelte';
import type { AnyRecord, Kind, ListReply, Names } from '../data/types';
import type { Pace } from './pace';

/** The cases of one system. */
export interface Queue {
	id: string;
	key: string;
	title: string;
	waiting: number;
	mine: number;
	oldest: string | null;
	due: string | null;
}
export interface Next {
	queues: Queue[];
	/** Those that the reader has taken, then those they may take. */
	items: AnyRecord[];
	names: Names;
	mine: Pace;
}

export async function nextCases(queue: string, limit: number, not: string[]): Promise<Next> {
	const asks = new URLSearchParams({ limit: String(limit) });
	if (queue) asks.set('queue', queue);
	if (not.length) asks.set('not', not.join());
	const next = await get<Next>(`/reviews/next?${asks}`);
	learn(next.names);
	return next;
}
/** What this person decided about the system lately. */
export async function decidedLately(kind: Kind, system: string): Promise<AnyRecord[]> {
	return (await get<ListReply>(`/${kind.kind}?decided_by=me&system=${system}&limit=50&sort=-decided_at&fields=own_verdict,ai_verdict,changed_to`)).items;
}
