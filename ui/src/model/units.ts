// SPDX-License-Identifier: Apache-2.0
// Where the envelope's unit points is the tree that roles are granted in. Grants name units by id; their
// titles are read once.
import { get } from '../data/client.svelte';
import { learn } from '../data/names.svelte';
import type { Field, ListReply } from '../data/types';
import { fieldOf, kinds } from './model.svelte';

export const unitField = (): Field | undefined => kinds().map((kind) => fieldOf(kind, 'unit')).find((field) => field?.to);

export function learnUnits(): void {
	const to = unitField()?.to;
	if (!to) return;
	get<ListReply>(`/${to}?limit=1000&fields=title`).then(
		(reply) => learn(Object.fromEntries(reply.items.map((one) => [one.id, one]))),
		() => undefined
	);
}
