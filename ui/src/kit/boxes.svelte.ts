// SPDX-License-Identifier: Apache-2.0
// What opens over a page is not needed for the page to stand: its button, dialog or word knows only whether it was opened.
import { net } from '../data/client.svelte';

type Boxes = typeof import('./boxes/index');
let come = $state.raw<Boxes | undefined>();
let asked: Promise<void> | undefined;

/** Fetches them; whoever opens one before they are here sees it when they come. */
export function fetchBoxes(): void {
	asked ??= import('./boxes/index').then(
		(found) => void (come = found),
		() => {
			net.down = true;
			asked = undefined;
		}
	);
}
/** The boxes, once `opened` was true: from then on they stay, so that closing is theirs too. */
export function whenOpened(opened: () => boolean): { readonly now: Boxes | undefined } {
	let used = $state(false);
	const here = $derived((used || opened()) && come ? come : undefined);
	$effect.pre(() => {
		if (!opened()) return;
		used = true;
		if (!come) fetchBoxes();
	});
	return { get now() { return here; } };
}
