// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Home } from '../src/data/types';
import { homesOf, listOf, navOf } from '../src/today/homes';

const words = { en: 'x', zh: 'x' };
const home = (name: string, roles: string[], otherwise = false, tiles = 1): Home => ({
	home: name, title: words, about: words, roles, otherwise, nav: [], acts: [],
	tiles: Array.from({ length: tiles }, () => ({ tile: 'a', title: words, about: words, show: 'count' as const, kind: 'thing' }))
});
const all = [home('first', ['boss']), home('second', ['owner', 'maker']), home('staff', [], true), home('acts', [], false, 0)];
const names = (roles: string[]): string[] => homesOf(all, roles).map((one) => one.home);

describe('homes', () => {
	it('shows both of two roles in the order of the model, whatever the order of the roles', () => {
		expect(names(['maker', 'boss'])).toEqual(['first', 'second']);
		expect(names(['boss', 'maker'])).toEqual(['first', 'second']);
	});
	it('has one for whom no other is', () => {
		expect(names([])).toEqual(['staff']);
		expect(names(['unheard_of'])).toEqual(['staff']);
		expect(names(['owner'])).toEqual(['second']);
	});
	it('leads whoever has no other home to the tiles it names, and everybody else everywhere', () => {
		const short = { ...home('guest', ['guest']), nav: ['b', 'a'] };
		short.tiles = ['a', 'b', 'c'].map((tile) => ({ ...short.tiles[0]!, tile }));
		const there = (roles: string[]): string[] | undefined => navOf([...all, short], roles)?.map((one) => one.tile);
		expect(there(['guest'])).toEqual(['b', 'a']);
		expect(there(['guest', 'boss'])).toBeUndefined();
		expect(there(['boss'])).toBeUndefined();
		expect(there([])).toBeUndefined();
		expect(navOf([], ['guest'])).toBeNull();
	});
	it('leads from a number to its rows', () => {
		const tile = { tile: 'a', kind: 'thing', query: 'state=open,doing&due.lt=2026-11-30' };
		expect(listOf(tile)).toBe('/k/thing?state=open,doing&due.lt=2026-11-30');
		expect(listOf(tile, 'owner', 'usr_1')).toBe('/k/thing?state=open,doing&due.lt=2026-11-30&owner=usr_1');
		expect(listOf(tile, 'state', 'open')).toBe('/k/thing?state=open&due.lt=2026-11-30');
		expect(listOf(tile, 'owner', null)).toBe('/k/thing?state=open,doing&due.lt=2026-11-30&owner.empty=1');
		expect(listOf({ tile: 'a', kind: 'thing', query: 'state.not=shut' }, 'state', 'open')).toBe('/k/thing?state=open');
		expect(listOf({ tile: 'a', kind: 'thing' })).toBe('/k/thing');
	});
});
