// SPDX-License-Identifier: Apache-2.0
// Short messages at the upper edge, where nothing is to be pressed; they say what happened and offer one way on.
export interface Toast {
	id: number;
	text: string;
	tone: 'ok' | 'bad' | 'info';
	action?: { label: string; href?: string; act?: () => void };
}
export const toasts = $state<Toast[]>([]);
let next = 1;

export function dismiss(id: number): void {
	const at = toasts.findIndex((toast) => toast.id === id);
	if (at >= 0) toasts.splice(at, 1);
}
export function say(text: string, tone: Toast['tone'] = 'ok', action?: Toast['action']): number {
	const id = next++;
	toasts.push({ id, text, tone, action });
	if (toasts.length > 4) toasts.shift();
	setTimeout(() => dismiss(id), tone === 'bad' || action ? 9000 : 4000);
	return id;
}
/** Somebody thought better of it: nothing to report. */
export class Unsaid extends Error {}
export const sayError = (error: unknown): void => {
	if (error instanceof Unsaid) return;
	const lines = (error as { lines?: string[] }).lines;
	say(lines ? lines.slice(0, 3).join(' · ') : String(error), 'bad');
};
