// SPDX-License-Identifier: Apache-2.0
// The last change can be taken back: by the button of its message, or by a key as long as that message stands.
import { t } from '../i18n/t.svelte';
import { dismiss, say, sayError, toasts } from './toast.svelte';

let last: { id: number; back: () => Promise<unknown> } | null = null;

/** Says what was saved; `back` restores what was there before. A newer offer replaces the one before. */
export function offerUndo(text: string, back: () => Promise<unknown>): void {
	if (last) dismiss(last.id);
	last = { id: say(text, 'ok', { label: t('undo.undo'), act: () => void undoLast() }), back };
}
export async function undoLast(): Promise<boolean> {
	const offer = last;
	last = null;
	if (!offer || !toasts.some((toast) => toast.id === offer.id)) return false;
	dismiss(offer.id);
	try {
		await offer.back();
		say(t('undo.done'));
	} catch (error) {
		sayError(error);
	}
	return true;
}
/** Whether there is something to take back now. */
export const canUndo = (): boolean => !!last && toasts.some((toast) => toast.id === last?.id);
