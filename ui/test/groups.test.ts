// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { AnyRecord, Field, Kind } from '../src/data/types';
import { grouped, groupKey } from '../src/list/groups';

const kind = { states: [{ state: 'open' }, { state: 'closed' }] } as unknown as Kind;
const rec = (id: string, more: object): AnyRecord => ({ id, ...more }) as unknown as AnyRecord;
const shape = (groups: ReturnType<typeof grouped>): [string, string[]][] => groups.map((g) => [g.key, g.items.map((i) => i.id)]);
const none = (value: string): string => value;

describe('groups', () => {
	it('stand in the order the model declares, empty last', () => {
		const level = { name: 'level', type: 'choice', of: [{ value: 'low' }, { value: 'high' }] } as unknown as Field;
		const items = [rec('1', { level: 'high' }), rec('2', {}), rec('3', { level: 'low' }), rec('4', { level: 'high' })];
		expect(shape(grouped(items, level, kind, true, none))).toEqual([['low', ['3']], ['high', ['1', '4']], ['', ['2']]]);
		const state = { name: 'state', type: 'text' } as unknown as Field;
		expect(shape(grouped([rec('1', { state: 'closed' }), rec('2', { state: 'open' })], state, kind, true, none)).map(([key]) => key)).toEqual(['open', 'closed']);
	});
	it('of records are in the order of their names', () => {
		const owner = { name: 'owner', type: 'ref' } as unknown as Field;
		const names: Record<string, string> = { u1: 'Zoe', u2: 'Ann' };
		expect(shape(grouped([rec('1', { owner: 'u1' }), rec('2', {}), rec('3', { owner: 'u2' })], owner, kind, true, (id) => names[id]!))).toEqual([['u2', ['3']], ['u1', ['1']], ['', ['2']]]);
	});
	it('keep the order of the server while more is to come', () => {
		const level = { name: 'level', type: 'choice', of: [{ value: 'low' }, { value: 'high' }] } as unknown as Field;
		expect(shape(grouped([rec('1', { level: 'high' }), rec('2', { level: 'low' })], level, kind, false, none)).map(([key]) => key)).toEqual(['high', 'low']);
	});
	it('call values as facets do', () => {
		expect([true, false, undefined, null, 'x', 3].map(groupKey)).toEqual(['1', '0', '', '', 'x', '3']);
	});
});
