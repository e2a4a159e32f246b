// SPDX-License-Identifier: Apache-2.0
// What is counted changes while one looks: it is asked anew when a record of the kind has changed.
import { onMount } from 'svelte';
import { onChange, touches } from '../data/stream';

export function live(kind: () => string, again: () => void): void {
	onMount(() => {
		let timer: ReturnType<typeof setTimeout> | undefined;
		const stop = onChange((changes) => {
			if (!touches(changes, kind())) return;
			clearTimeout(timer);
			timer = setTimeout(again, 300);
		});
		return () => {
			stop();
			clearTimeout(timer);
		};
	});
}
