// SPDX-License-Identifier: Apache-2.0
// The record that is looked at beside the page. Any link to a record, and the row it stands in, can be
// looked at; the page and its focus stay where they are.
import { peek } from '../app/peek.svelte';
import { isTrailHere, neighbours, type Step } from '../app/trail';
import { pathIn } from '../data/place';
import { kindOf } from '../model/model.svelte';

let from: HTMLElement | null = null;

/** The record that a path leads to: its page, and nothing beside or below it. */
export function recordAt(path: string): Step | null {
	const [, k, kind = '', key = '', more] = path.split('/');
	if (k !== 'k' || !key || more !== undefined || key === 'new' || key === 'import' || !kindOf(kind)) return null;
	try {
		return { kind, key: decodeURIComponent(key) };
	} catch {
		return null; // wrongly spelt: no page of a record
	}
}
export const recordOf = (link: HTMLAnchorElement | null | undefined): Step | null => (link ? recordAt(pathIn(link.pathname) ?? '') : null);
const same = (a: Step | null, b: Step | null): boolean => !!a && a.kind === b?.kind && a.key === b.key;
const links = (box: ParentNode): HTMLAnchorElement[] => [...box.querySelectorAll<HTMLAnchorElement>('a[href*="/k/"]')].filter(recordOf);

/** What somebody means who is at `element`: the link itself, the record of its row, or the row a list stands at. */
export function linkAt(element: Element | null): HTMLAnchorElement | null {
	const own = element?.closest<HTMLAnchorElement>('a[href]') ?? null;
	if (recordOf(own) || element?.closest('#layers')) return own;
	const row = element?.closest('tr, li, [role=treeitem]') ?? document.querySelector('main .line.active');
	const main = row?.querySelector<HTMLAnchorElement>('a.title, a.open, a[data-card]');
	return recordOf(main) ? main! : ((row && links(row)[0]) ?? null);
}
export function look(link: HTMLAnchorElement | null): void {
	const record = recordOf(link);
	if (!record) return;
	from = link;
	if (!same(record, peek.now)) peek.now = record;
}
/** `p`: looks at it, or away from what is looked at already. */
export function turn(element: Element | null): void {
	const link = linkAt(element);
	if (!link || document.getElementById('next-step')?.closest('main')) return;
	if (same(recordOf(link), peek.now)) close();
	else look(link);
}
/** The way back to the page: the link to what was looked at last, as far as it is still there. */
export function toPage(): void {
	const shown = (one: HTMLElement | null | undefined): boolean => !!one?.isConnected && one.getClientRects().length > 0;
	const back = shown(from) ? from : document.querySelector<HTMLElement>('main .line.active a.title');
	(back ?? document.getElementById('main'))?.focus();
}
export function close(refocus = true): void {
	if (!peek.now) return;
	peek.now = null;
	if (refocus) toPage();
	from = null;
}
/** The next record in the order of the page: that of its list, which may be longer than what is drawn. */
export function nextTo(now: Step, by: 1 | -1): Step | undefined {
	const near = isTrailHere() ? neighbours(now.kind, now.key) : null;
	if (near) return by > 0 ? near.after : near.before;
	const all = links(document.getElementById('main') ?? document).map((one) => recordOf(one)!).filter((one, at, list) => list.findIndex((two) => same(one, two)) === at);
	const at = all.findIndex((one) => same(one, now));
	return at < 0 ? undefined : all[at + by];
}
export function step(by: 1 | -1, refocus: boolean): void {
	const next = peek.now && nextTo(peek.now, by);
	if (!next) return;
	peek.now = next;
	const link = links(document.getElementById('main') ?? document).find((one) => same(recordOf(one), next));
	if (link) from = link;
	if (link && refocus) link.focus();
}
