// SPDX-License-Identifier: Apache-2.0
// The shapes there are: how each is fetched, what it is called, and its sign. The map is a page of its own.
import type { Kind, Shape } from '../data/types';
import { t, w, type Key } from '../i18n/t.svelte';
import { fieldOf, mapKind } from '../model/model.svelte';
import { viewSearch, type View } from '../model/filter';

type Name = Shape['shape'];
export const LOADERS: Partial<Record<Name, () => Promise<{ default: unknown }>>> = {
	matrix: () => import('./Matrix.svelte'),
	board: () => import('./Board.svelte'),
	calendar: () => import('./Calendar.svelte'),
	tree: () => import('./Tree.svelte'),
	timeline: () => import('./Timeline.svelte'),
	coverage: () => import('./Coverage.svelte'),
	grid: () => import('./Grid.svelte')
};
const ICONS: Record<Name, string> = { map: 'grid-3x3', matrix: 'layers', board: 'columns-3', calendar: 'calendar', tree: 'network', timeline: 'chart-line', coverage: 'list-checks', grid: 'table' };
// icons: grid-3x3 layers columns-3 calendar network chart-line list-checks table list
// i18n: shape.map shape.matrixName shape.board shape.calendarName shape.tree shape.timeline shape.coverage shape.grid
export const mapPath = (kind: Kind): string => (kind.kind === mapKind()?.kind ? '/map' : `/map/${kind.kind}`);

export interface Way {
	name: string;
	label: string;
	icon: string;
	href: string;
}
/** A grid of rows is called after them. */
const nameOf = (kind: Kind, view: Shape): string | undefined => (view.shape === 'grid' && view.rows ? w(fieldOf(kind, view.rows)?.title) : undefined);
/** The ways to look at a register: its list, then its shapes in the order of the model. */
export function waysOf(kind: Kind, view: View): Way[] {
	if (!kind.views.length) return [];
	const path = (shape: string): string => `/k/${kind.kind}${viewSearch({ ...view, shape })}`;
	return [
		{ name: '', label: t('shape.list'), icon: 'list', href: path('') },
		...kind.views.map((view) => ({ ...view, name: nameOf(kind, view) })).map(({ shape, name }) => ({ name: shape, label: name ?? t((shape === 'calendar' || shape === 'matrix' ? `shape.${shape}Name` : `shape.${shape}`) as Key), icon: ICONS[shape], href: shape === 'map' ? mapPath(kind) : path(shape) }))
	];
}
