// SPDX-License-Identifier: Apache-2.0
// Real paths with the History API. Ordinary links work; plain clicks on them stay in the page. Each entry of
// the history remembers where its page was scrolled to.
import { addressOf, pathIn } from '../data/place';

const now = (): string => pathIn(location.pathname) ?? '/';
export const here = $state({ path: now(), search: location.search, turn: 0, again: 0, heading: false });

export interface Going {
	replace?: boolean;
	keepScroll?: boolean;
	/** The focus goes to the heading of the page that comes: what was made is read at once. */
	heading?: boolean;
	/** Nobody is asked: there is no way to stay. */
	force?: boolean;
}
const scrollOf = (): HTMLElement | null => document.querySelector('[data-scroll]');
let guard: () => boolean = () => true;

/** A page with unsaved input may ask to stay; the answer of `allow` decides. */
export function guardLeaving(allow: () => boolean): void {
	guard = allow;
}
export function navigate(to: string, going: Going = {}): void {
	const url = new URL(addressOf(to), location.href);
	const samePath = url.pathname === location.pathname;
	// Whoever asks for the very page that is shown wants it as it is now.
	if (samePath && url.search === location.search && !going.replace) here.again++;
	if (!samePath && !going.force && !guard()) return;
	if (!going.replace) {
		const top = scrollOf()?.scrollTop ?? 0;
		history.replaceState({ ...history.state, top }, '');
		history.pushState({}, '', url);
	} else history.replaceState(history.state, '', url);
	here.path = pathIn(url.pathname) ?? '/';
	here.search = url.search;
	if (!samePath) {
		here.turn++;
		here.heading = going.heading ?? false;
		if (!going.keepScroll) scrollOf()?.scrollTo(0, 0);
	}
}
function back(event: PopStateEvent): void {
	const samePath = here.path === now();
	if (!samePath && !guard()) return history.pushState({}, '', addressOf(here.path) + here.search);
	here.path = now();
	here.search = location.search;
	if (samePath) return;
	here.turn++;
	const top = (event.state as { top?: number } | null)?.top ?? 0;
	// The page that comes back needs a moment to have its height again.
	for (const wait of [0, 60, 250]) setTimeout(() => scrollOf()?.scrollTo(0, top), wait);
}
function click(event: MouseEvent): void {
	if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
	const link = (event.target as Element | null)?.closest?.('a[href]') as HTMLAnchorElement | null;
	if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
	// What lies beside us on the host, or is answered by the server itself, is no page of ours.
	const path = pathIn(link.pathname);
	if (path === null || /^\/(api|v1|public)\/|^\/(healthz|readyz|metrics|openapi\.json)$/.test(path)) return;
	event.preventDefault();
	navigate(path + link.search + link.hash);
}
export function startRouter(): void {
	history.scrollRestoration = 'manual';
	addEventListener('popstate', back);
	addEventListener('click', click);
}
/** The question in the address while one is at `path`. A page that is being left keeps its last one, so that it
    does not ask anew, nor walk another list, while the next page is on its way. */
export function searchAt(path: string): { readonly now: string } {
	let last = here.search;
	return { get now() { return here.path === path ? (last = here.search) : last; } };
}
/** Where it is shown; a row of a standard is shown on the readiness page. */
export const recordPath = (kind: string, key: string): string => (kind === 'requirement' ? `/readiness#row-${key.replace(/^[^:]*:/, '')}` : `/k/${kind}/${encodeURIComponent(key)}`);
