// SPDX-License-Identifier: Apache-2.0
// Single keys. The page asked last answers first; nothing fires while somebody types, in a dialog, or when
// single keys are switched off (WCAG 2.1.4).
import { onMount } from 'svelte';
import { prefs } from './prefs.svelte';

/** Returns false when the key was not for it. */
export type KeyHandler = (event: KeyboardEvent) => boolean | void;
const handlers: KeyHandler[] = [];

export function typing(target: EventTarget | null): boolean {
	const element = target as HTMLElement | null;
	return !!element?.closest?.('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable], [role=combobox]');
}
const covered = (): boolean => !!document.querySelector('.dialog, .float[data-state=open], [role=menu]');

export function press(event: KeyboardEvent): void {
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !prefs.singleKeys) return;
	if (typing(event.target) || covered()) return;
	for (let at = handlers.length - 1; at >= 0; at--) {
		if (handlers[at]!(event) !== false) {
			event.preventDefault();
			return;
		}
	}
}
export function useKeys(handler: KeyHandler): void {
	onMount(() => {
		handlers.push(handler);
		return () => void handlers.splice(handlers.indexOf(handler), 1);
	});
}
