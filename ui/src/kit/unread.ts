// SPDX-License-Identifier: Apache-2.0
// Inputs that are not done: a date that cannot be read, a text over its limit, a file still on its way. They carry
// data-unread, and nothing around them is saved, sent or closed as if they were empty.
import { flushSync } from 'svelte';

export const characters = (text: string): number => (text.length < 128 && /^[\x20-\x7e]*$/.test(text) ? text.length : [...text].length);

/** The first of them in `place`. */
export const unread = (place: ParentNode | null | undefined): HTMLElement | null => place?.querySelector<HTMLElement>('[data-unread]') ?? null;
/** Leads the reader to it; says whether there was one. What the same key press has just found unreadable is marked first. */
export function stopsAt(place: ParentNode | null | undefined): boolean {
	flushSync();
	const first = unread(place);
	first?.focus();
	first?.scrollIntoView({ block: 'nearest' });
	return !!first;
}
/** What was entered and whose answer is still on its way. */
const coming = new Set<Promise<void>>();
export function comes(answer: Promise<void>): void {
	coming.add(answer);
	void answer.finally(() => coming.delete(answer));
}
/** No form is sent past one, whoever handles it; what was entered a moment ago is waited for. */
export function startUnread(): void {
	addEventListener('submit', (event) => {
		if (coming.size) {
			const [form, by] = [event.target as HTMLFormElement, event.submitter];
			event.preventDefault();
			event.stopImmediatePropagation();
			void Promise.all(coming).then(() => { flushSync(); if (form.isConnected) form.requestSubmit(by); });
			return;
		}
		if (!stopsAt(event.target as HTMLFormElement)) return;
		event.preventDefault();
		event.stopImmediatePropagation();
	}, true);
}
