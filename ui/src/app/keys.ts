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
	// A box that is ticked and a file that is chosen are no text.
	const box = element?.closest?.('input, textarea, select, [contenteditable], [role=combobox]');
	return !!box && !(box instanceof HTMLInputElement && ['checkbox', 'radio', 'file'].includes(box.type));
}
const covered = (): boolean => !!document.querySelector('.dialog, .float[data-state=open], [role=menu]');

// A key that another goes on from, such as g: whose it is was said by the first, whatever the page does with the second.
const SOON = 1200;
let going: { handler: KeyHandler; until: number } | null = null;
export function goOn(handler: KeyHandler): void {
	going = { handler, until: Date.now() + SOON };
}
export function press(event: KeyboardEvent): void {
	if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || !prefs.singleKeys) return;
	if (typing(event.target) || covered()) return;
	if (event.key === 'Shift') return;
	const second = going && Date.now() < going.until ? [going.handler] : [];
	going = null;
	for (const handler of [...second, ...[...handlers].reverse()]) {
		if (handler(event) !== false) {
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
