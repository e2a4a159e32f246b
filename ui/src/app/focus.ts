// SPDX-License-Identifier: Apache-2.0
// Where somebody is with the keys is not lost when what they stand on goes: a row that was dealt with, a step that was
// taken, a button that cannot be pressed meanwhile. The focus comes to what has taken its place, as near as there is.
const STOPS = 'a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), [tabindex]:not([tabindex="-1"])';
interface Step {
	of: Element;
	at: number;
}
/** What somebody stands on, and the way up from it: of which element it was which child. */
export interface Standing {
	on: HTMLElement;
	way: Step[];
}
export function standing(on: HTMLElement, top: Element): Standing {
	const way: Step[] = [];
	for (let child: Element = on; child !== top && child.parentElement; child = child.parentElement)
		way.push({ of: child.parentElement, at: [...child.parentElement.children].indexOf(child) });
	return { on, way };
}
const seen = (one: HTMLElement): boolean => one.isConnected && one.checkVisibility?.() !== false;
const firstIn = (box: Element): HTMLElement | undefined => [box, ...box.querySelectorAll(STOPS)].find((one): one is HTMLElement => one.matches(STOPS) && (one as HTMLElement).tabIndex >= 0 && seen(one as HTMLElement));
/** Itself while it can have the focus; else what stands in its place now, or beside it, or near what was around it. */
export function nearest({ on, way }: Standing): HTMLElement | undefined {
	if (seen(on) && !on.matches(':disabled')) return on;
	for (const { of, at } of way) {
		if (!of.isConnected) continue;
		const all = [...of.children];
		for (const child of [...all.slice(at), ...all.slice(0, at).reverse()]) {
			const found = firstIn(child);
			if (found) return found;
		}
	}
	return undefined;
}

/** Keeps the focus inside `main`; `page` says which page is shown: another one begins at its own beginning. */
export function keepFocus(main: HTMLElement, page: () => unknown): () => void {
	let last: (Standing & { page: unknown }) | null = null;
	let waits = 0;
	const covered = (): boolean => !!document.querySelector('.dialog, .float[data-state=open], [role=menu]');
	const lost = (): boolean => !document.activeElement || document.activeElement === document.body;
	function back(): void {
		waits = 0;
		if (!last || last.page !== page() || !lost() || covered()) return;
		// What only cannot be pressed now is waited for: it stands there again, or it goes.
		if (last.on.isConnected && last.on.matches(':disabled')) return;
		nearest(last)?.focus({ preventScroll: false });
	}
	const later = (): void => {
		if (last && !waits) waits = requestAnimationFrame(back);
	};
	const here = (event: FocusEvent): void => {
		const on = event.target as HTMLElement;
		last = on === main ? null : { ...standing(on, main), page: page() };
	};
	// Whoever leaves a field, or presses beside everything, wants to be nowhere.
	const left = (event: FocusEvent): void => {
		const on = event.target as HTMLElement;
		if (!event.relatedTarget) setTimeout(() => { if (last?.on === on && on.isConnected && !on.matches(':disabled') && lost() && !covered()) last = null; });
	};
	const pressed = (event: PointerEvent): void => {
		if (!(event.target as Element).closest?.(`${STOPS}, label, .dialog, .float, .veil`)) last = null;
	};
	const watch = new MutationObserver(later);
	watch.observe(main, { childList: true, subtree: true, attributeFilter: ['disabled', 'hidden'] });
	const layers = new MutationObserver(later);
	layers.observe(document.body, { childList: true });
	main.addEventListener('focusin', here);
	main.addEventListener('focusout', left);
	addEventListener('pointerdown', pressed);
	return () => {
		watch.disconnect();
		layers.disconnect();
		main.removeEventListener('focusin', here);
		main.removeEventListener('focusout', left);
		removeEventListener('pointerdown', pressed);
	};
}
