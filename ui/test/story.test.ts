// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { AnyRecord, Field, State } from '../src/data/types';
import { along, byState, happeningsOf, inside, marksOf, movedBy, spanOf, stagesOf, worstOf, type Happening } from '../src/story/story';

const words = (en: string) => ({ en, zh: en });
test('a life has what was passed, what was passed over, where it is and what comes next', () => {
	const life = ['idea', 'review', 'built', 'live', 'gone'];
	expect(stagesOf(life, 'built', { idea: '2026-01-01', built: '2026-03-01' }).map((one) => one.standing)).toEqual(['past', 'skipped', 'now', 'next', 'ahead']);
	// Off the line nothing is next, and what it has been in stays passed.
	expect(stagesOf(life, 'stopped', { idea: '2026-01-01', live: '2026-03-01' }).map((one) => one.standing)).toEqual(['past', 'ahead', 'ahead', 'past', 'ahead']);
});
test('the gravest comes first, by its tone', () => {
	const states = [{ state: 'open', tone: 'progress' }, { state: 'late', tone: 'bad' }, { state: 'done', tone: 'ok' }].map((one) => ({ ...one, title: words(one.state) })) as State[];
	expect(byState({ done: 4, open: 2, late: 1, none: 0 }, states).map((one) => one.value)).toEqual(['late', 'open', 'done']);
	const band = { name: 'band', type: 'choice', title: words('Band'), of: [{ value: 'low', title: words('Low'), tone: 'ok' }, { value: 'high', title: words('High'), tone: 'high' }, { value: 'top', title: words('Top'), tone: 'bad' }] } as unknown as Field;
	expect(worstOf({ low: 9, high: 2 }, band)).toMatchObject({ value: 'high', n: 2 });
	expect(worstOf({}, band)).toBeUndefined();
	const plain = { ...band, of: [{ value: 'minor', title: words('Minor') }, { value: 'grave', title: words('Grave') }] } as unknown as Field;
	expect(worstOf({ minor: 1, grave: 1 }, plain)?.value).toBe('grave');
});
test('dates and moments of a record are days, what is empty is none', () => {
	const record = { kind: 'risk', key: 'RSK-1', title: 'x', created_at: '2026-02-03T10:00:00Z', due: '2026-05-01', gone: null } as unknown as AnyRecord;
	expect(happeningsOf(record, 'risk', ['due', 'gone'], (field) => field, 'made').map((one) => [one.on, one.what])).toEqual([['2026-05-01', 'due'], ['2026-02-03', 'made']]);
});
test('the line shows all of it, a year or a month, and moves by as much', () => {
	const all = [{ on: '2025-03-01' }, { on: '2027-01-10' }] as Happening[];
	const whole = spanOf('all', '2026-11-30', all, '2026-11-30');
	expect(all.every((one) => inside(whole, one.on)) && inside(whole, '2026-11-30')).toBe(true);
	expect(spanOf('year', '2026-11-30', all, '2026-11-30')).toEqual({ from: '2026-01-01', to: '2027-01-01' });
	expect(spanOf('month', '2026-12-31', all, '2026-11-30')).toEqual({ from: '2026-12-01', to: '2027-01-01' });
	expect(movedBy('month', '2026-01-31', -1)).toBe('2025-12-01');
	expect(movedBy('year', '2026-05-01', 1)).toBe('2027-05-01');
	expect(along({ from: '2026-01-01', to: '2026-01-11' }, '2026-01-06')).toBe(0.5);
	expect(marksOf({ from: '2026-01-01', to: '2027-01-01' }, 12)).toHaveLength(12);
	expect(marksOf({ from: '2026-01-01', to: '2027-01-01' }, 4)).toEqual(['2026-01-01', '2026-04-01', '2026-07-01', '2026-10-01']);
	expect(marksOf({ from: '2026-02-01', to: '2026-03-01' }, 9)).toHaveLength(4);
});
