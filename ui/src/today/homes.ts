// SPDX-License-Identifier: Apache-2.0
// Whose home it is, and where its numbers lead. The engine decides the same; here it is known before its answer, so that
// the page has its shape at once.
import type { Counted, Home, TileNow } from '../data/types';

/** The homes of somebody with these roles, in the order of the model: with tiles, or with acts. */
export function homesOf(all: Home[], roles: string[]): Home[] {
	const holds = (home: Home): boolean => home.roles.some((role) => roles.includes(role));
	const own = all.some((home) => home.tiles.length && holds(home));
	return all.filter((home) => home.tiles.length && (home.otherwise ? !own : !home.roles.length || holds(home)));
}
/** Where alone these people are led to, one home after the other; null: to everything they may read. */
export function navOf(all: Home[], roles: string[]): Home['tiles'] | null {
	const mine = homesOf(all, roles);
	if (!mine.length || mine.some((home) => !home.nav.length)) return null;
	return mine.flatMap((home) => home.nav.flatMap((name) => home.tiles.find((tile) => tile.tile === name) ?? []));
}
/** The list that proves the number; with a value, of that group alone. */
export function listOf(tile: TileNow, by?: string, value?: Counted): string {
	const query = new URLSearchParams(tile.query ?? '');
	if (by !== undefined && value === null) query.set(`${by}.empty`, '1');
	else if (by !== undefined) {
		query.delete(`${by}.not`);
		query.set(by, String(value));
	}
	const said = query.toString().replaceAll('%2C', ',');
	return `/k/${tile.kind}${said ? `?${said}` : ''}`;
}
