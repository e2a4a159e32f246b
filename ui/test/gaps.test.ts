// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Gap, GapRow, Kind, Ref } from '../src/data/types';
import { actOf, left, merged, ofRow } from '../src/readiness/gaps';

const words = (en: string): { en: string; zh: string } => ({ en, zh: en });
const field = (name: string, more: object = {}): object => ({ name, type: 'note', title: words(name), required: false, ...more });
const thing = {
	kind: 'thing', states: [{ state: 'new' }, { state: 'kept', locked: true }],
	fields: [field('story'), field('score', { computed: true }), field('proof', { always: true }), field('seal', { fixed: ['new'] })],
	moves: [{ move: 'keep', title: words('Keep'), from: ['new'] }, { move: 'free', title: words('Free'), from: ['kept'] }]
} as unknown as Kind;
const known = { kind: (name: string) => (name === 'thing' ? thing : undefined), mayCreate: (kind: string) => kind !== 'secret' };
const at = (state: string): Ref => ({ kind: 'thing', id: 'i1', key: 'THG-0001', title: 'One', state });
const gap = (more: Partial<Gap>): Gap => ({ check: 'c', title: words('c'), remedy: words(''), must: false, weight: 'stage2', reason: 'r', say: words('s'), count: 1, rows: [], records: [], fix: null, ...more });

describe('what mends a gap', () => {
	it('makes a new record with what breaks it', () => {
		const act = actOf({ create: 'part', set: { thing: '$id', rules: ['fw:1', '$id'], on: true } }, 'c-1', at('new'), known);
		expect(act?.href).toBe('/k/part/new?thing=i1&rules=fw:1,i1&on=true&_check=c-1');
		expect(act?.may).toBe(true);
		expect(actOf({ create: 'secret' }, 'c', undefined, known)?.may).toBe(false);
		expect(actOf({ create: 'part', set: { thing: '$id' } }, 'c', undefined, known)?.href).toBe('/k/part/new?_check=c');
	});
	it('leads to a list narrowed by what breaks it', () => expect(actOf({ list: 'part', set: { thing: '$id' } }, 'c', at('new'), known)?.href).toBe('/k/part?thing=i1'));
	it('fills in where the record is open, and moves where it is not', () => {
		const fix = { fill: 'story', move: ['free'] };
		expect(actOf(fix, 'c', at('new'), known)).toMatchObject({ how: 'fill', href: '/k/thing/THG-0001?check=c&field=story' });
		expect(actOf(fix, 'c', at('kept'), known)).toMatchObject({ how: 'move', href: '/k/thing/THG-0001?check=c&move=free' });
		expect(actOf({ fill: 'proof' }, 'c', at('kept'), known)?.how).toBe('fill');
	});
	it('takes the first move that leads from the state, and opens the record where none does', () => {
		expect(actOf({ move: ['free', 'keep'] }, 'c', at('new'), known)?.href).toContain('move=keep');
		expect(actOf({ move: ['free'] }, 'c', at('new'), known)?.how).toBe('open');
		for (const name of ['score', 'seal', 'lost']) expect(actOf({ fill: name }, 'c', at('new'), known)?.how).toBe('open');
		expect(actOf(null, 'c', at('new'), known)?.href).toBe('/k/thing/THG-0001?check=c');
		expect(actOf(null, 'c', undefined, known)).toBeUndefined();
	});
});
describe('gaps', () => {
	it('are told once where nothing is there yet, for all rows that wait', () => {
		const none = { count: 0, reason: '', say: words('nothing'), fix: { list: 'thing' } };
		const items = [gap({ ...none, rows: ['4.1', '4.2'] }), gap({ rows: ['4.1'] }), gap({ ...none, rows: ['4.2', '9.1'] }), gap({ ...none, weight: 'other' })];
		expect(merged(items).map((one) => one.rows)).toEqual([['4.1', '4.2', '9.1'], ['4.1'], []]);
		expect(items[0]!.rows).toEqual(['4.1', '4.2']);
		expect(ofRow(items, '9.1')).toHaveLength(1);
		expect(ofRow(items, '')).toHaveLength(4);
	});
	it('leave the rows that nothing else speaks for', () => {
		const row = (name: string, record: Ref | null = null): GapRow => ({ row: name, record }) as GapRow;
		expect(left([row('4.1'), row('4.2'), row('A.2', at('new'))], [gap({ rows: ['4.1', 'A.2'] })]).map((one) => one.row)).toEqual(['4.2', 'A.2']);
		expect(left([row('4.1'), row('4.2')], [], '4.2').map((one) => one.row)).toEqual(['4.2']);
	});
});
