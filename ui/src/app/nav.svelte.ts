// SPDX-License-Identifier: Apache-2.0
// Where one can go: the registers of the model in the order of plan, do, check, act, with the few pages that
// are not registers at their places.
import { t, w, type Key } from '../i18n/t.svelte';
import type { Kind } from '../data/types';
import { frameworkWithRegister, isRegister, kindOf, kindsOfPhase, mapKind, phases, traces } from '../model/model.svelte';
import { hasRole, mayRead, session } from './session.svelte';
import { viewPath, views } from './views.svelte';

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
}
export interface Branch {
	id: string;
	title: string;
	leaves: Leaf[];
}
const LONG = 12;
/** The chapter of the standard that a kind serves first. */
const chapterOf = (kind: Kind): string => (kind.serves?.[0] ?? '').replace(/\..*$/, '');
export function branches(): Branch[] {
	const out: Branch[] = [
		{
			id: 'mine', title: t('nav.mine'),
			leaves: [
				{ href: '/', label: t('nav.today'), icon: 'sun', count: session.tasks, more: session.moreTasks },
				...views.now.filter((view) => kindOf(view.kind) && mayRead(view.kind)).map((view) => ({ href: viewPath(view), label: view.name, icon: 'star' }))
			]
		}
	];
	const map = mapKind();
	const register = frameworkWithRegister()?.register?.kind;
	for (const phase of phases()) {
		const shown = kindsOfPhase(phase).filter((kind) => kind.kind === register || (!isRegister(kind.kind) && mayRead(kind.kind)));
		const leaves: Leaf[] = shown.flatMap((kind, at) => {
			const gap = shown.length > LONG && at > 0 && chapterOf(kind) !== chapterOf(shown[at - 1]!);
			if (kind.kind === register) return [{ href: '/soa', label: t('nav.soaShort'), icon: 'list-checks', gap }];
			const own: Leaf = { href: `/k/${kind.kind}`, label: w(kind.plural), icon: kind.icon ?? 'file', kind: kind.kind, gap };
			return kind === map ? [own, { href: '/map', label: t('nav.map'), icon: 'grid-3x3' }] : [own];
		});
		if (phase === 'check') {
			leaves.unshift({ href: '/readiness', label: t('nav.readiness'), icon: 'gauge' });
			leaves.push({ href: '/ledger', label: t('nav.ledger'), icon: 'blocks' });
		}
		if (leaves.length) out.push({ id: phase, title: t(`phase.${phase}` as Key), leaves });
	}
	const foot: Leaf[] = [{ href: '/all', label: t('nav.all'), icon: 'layers' }];
	if (traces().length) foot.push({ href: '/trace', label: t('nav.trace'), icon: 'workflow' });
	foot.push({ href: '/deadlines', label: t('nav.deadlines'), icon: 'clock' });
	foot.push({ href: '/people', label: t('nav.people'), icon: 'users' });
	if (session.me?.admin || hasRole('aims_manager')) foot.push({ href: '/fields', label: t('nav.fields'), icon: 'sliders-horizontal' });
	if (session.me?.tokens) foot.push({ href: '/tokens', label: t('nav.tokens'), icon: 'key-round' });
	foot.push({ href: '/settings', label: t('nav.settings'), icon: 'settings' });
	out.push({ id: 'foot', title: t('nav.more'), leaves: foot });
	return out;
}
// i18n: phase.plan phase.do phase.check phase.act phase.base
// icons: star sun workflow grid-3x3 list-checks gauge blocks layers clock users sliders-horizontal key-round settings
