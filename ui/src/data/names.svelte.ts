// SPDX-License-Identifier: Apache-2.0
// Titles of everything that any reply has named. Records carry ids; people read titles.
import { SvelteMap } from 'svelte/reactivity';
import type { Name, Names } from './types';

export const names = new SvelteMap<string, Name>();

function same(a: Name, b: Name): boolean {
	return a.title === b.title && a.state === b.state && a.key === b.key && a.kind === b.kind;
}
export function learn(more: Names | undefined): void {
	for (const [id, name] of Object.entries(more ?? {})) {
		const known = names.get(id);
		if (!known || !same(known, name)) names.set(id, name);
	}
}
