// SPDX-License-Identifier: Apache-2.0
// Where one can go: the registers of the model in the order of plan, do, check, act, with the few pages that
// are not registers at their places.
import { monitorKind } from '../live/kind';
import { t, w, type Key } from '../i18n/t.svelte';
import type { Home, Kind } from '../data/types';
import { frameworkWithRegister, homes, isRegister, kindOf, kindsOfPhase, mapKind, model, phases, traces } from '../model/model.svelte';
import { queue, reviews } from '../review/waiting.svelte';
import { navOf } from '../today/homes';
import { hasRole, mayRead, session } from './session.svelte';
import { isMine, viewPath, views } from './views.svelte';

export interface Leaf {
	href: string;
	label: string;
	icon: string;
	count?: number;
	/** There are more than `count`. */
	more?: boolean;
	kind?: string;
	/** In a group too long to be read over: another chapter of the standard begins here. */
	gap?: boolean;
	/** The key of the kept view it shows. */
	view?: string;
}
export interface Branch {
	id: string;
	title: string;
	leaves: Leaf[];
}
const LONG = 12;
/** The chapter of the standard that a kind serves first. */
const chapterOf = (kind: Kind): string => (kind.serves?.[0] ?? '').replace(/\..*$/, '');
/** So many views stand in the sidebar; all of them in their lists, and where one searches. */
export const VIEWS = 8;
export const viewLeaves = (): Leaf[] => views.now.filter((view) => kindOf(view.register) && mayRead(view.register))
	.map((view) => ({ href: viewPath(view), label: view.title, icon: isMine(view) ? 'star' : 'users', view: view.key }));
const mine = (): Branch => ({
	id: 'mine', title: t('nav.mine'),
	leaves: [{ href: '/', label: t('nav.today'), icon: 'sun', count: session.tasks, more: session.moreTasks },
		...(reviews() ? [{ href: '/review', label: t('nav.review'), icon: 'scale', count: queue.waiting }] : []), ...viewLeaves().slice(0, VIEWS)]
});
const settings = (): Leaf => ({ href: '/settings', label: t('nav.settings'), icon: 'settings' });
const ledger = (): Leaf => ({ href: '/ledger', label: t('nav.ledger'), icon: 'blocks' });
const readiness = (): Leaf => ({ href: '/readiness', label: t('nav.readiness'), icon: 'gauge' });
const statement = (): Leaf => ({ href: '/soa', label: t('nav.soaShort'), icon: 'list-checks' });
const registerKind = (): string | undefined => frameworkWithRegister()?.register?.kind;
/** Where a tile of a home leads to, as a place. */
function leafOf(tile: Home['tiles'][number]): Leaf[] {
	if (!tile.kind) return [tile.part === 'ledger' ? ledger() : readiness()];
	if (tile.kind === registerKind()) return [statement()];
	const kind = kindOf(tile.kind);
	return kind && mayRead(tile.kind) ? [{ href: `/k/${kind.kind}`, label: w(kind.plural), icon: kind.icon ?? 'file', kind: kind.kind }] : [];
}
/** What stands in the sidebar: everything, or the few places of a home that leads nowhere else (model/homes, "nav"). */
export function branches(): Branch[] {
	const few = navOf(homes(), (session.me?.roles ?? []).map((one) => one.role));
	if (!few) return places();
	// What others share with everybody is no place of theirs.
	const [today, ...kept] = mine().leaves;
	const own = kept.filter((leaf) => views.now.some((view) => view.key === leaf.view && isMine(view)));
	return [{ id: 'mine', title: t('nav.mine'), leaves: [today!, ...few.flatMap(leafOf), ...own] }, { id: 'foot', title: t('nav.more'), leaves: [settings()] }];
}
/** Every place there is for this reader; whoever searches finds also what no sidebar names. */
export function places(): Branch[] {
	const out: Branch[] = [mine()];
	const map = mapKind();
	const register = registerKind();
	for (const phase of phases()) {
		const shown = kindsOfPhase(phase).filter((kind) => kind.kind === register || (!isRegister(kind.kind) && mayRead(kind.kind)));
		const leaves: Leaf[] = shown.flatMap((kind, at) => {
			const gap = shown.length > LONG && at > 0 && chapterOf(kind) !== chapterOf(shown[at - 1]!);
			if (kind.kind === register) return [{ ...statement(), gap }];
			const own: Leaf = { href: `/k/${kind.kind}`, label: w(kind.plural), icon: kind.icon ?? 'file', kind: kind.kind, gap };
			return kind === map ? [own, { href: '/map', label: t('nav.map'), icon: 'grid-3x3' }] : [own];
		});
		if (phase === 'check') {
			leaves.unshift(readiness(), { href: '/gaps', label: t('gaps.nav'), icon: 'list-checks' }, ...(model.now?.pictures.length ? [{ href: '/pictures', label: t('nav.pictures'), icon: 'presentation' }] : []));
			const monitors = monitorKind();
			if (monitors && mayRead(monitors.kind)) leaves.push({ href: '/monitors', label: t('nav.monitors'), icon: monitors.icon ?? 'activity' });
			leaves.push(ledger());
		}
		if (leaves.length) out.push({ id: phase, title: t(`phase.${phase}` as Key), leaves });
	}
	const foot: Leaf[] = [{ href: '/all', label: t('nav.all'), icon: 'layers' }];
	if (traces().length) foot.push({ href: '/trace', label: t('nav.trace'), icon: 'workflow' });
	foot.push({ href: '/deadlines', label: t('nav.deadlines'), icon: 'clock' });
	foot.push({ href: '/glossary', label: t('glossary.title'), icon: 'book-open' });
	foot.push({ href: '/people', label: t('nav.people'), icon: 'users' });
	if (session.me?.admin || hasRole('aims_manager')) foot.push({ href: '/fields', label: t('nav.fields'), icon: 'sliders-horizontal' });
	if (session.me?.tokens) foot.push({ href: '/tokens', label: t('nav.tokens'), icon: 'key-round' });
	foot.push(settings());
	out.push({ id: 'foot', title: t('nav.more'), leaves: foot });
	return out;
}
// i18n: phase.plan phase.do phase.check phase.act phase.base
// icons: presentation star sun workflow grid-3x3 list-checks gauge blocks layers clock book-open users sliders-horizontal key-round settings
