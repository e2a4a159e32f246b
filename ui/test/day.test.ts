// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { dayNow, isAmbiguous, iso, isWhole, parseDay, useZone } from '../src/kit/day';

describe('what people type for a date', () => {
	const now = new Date(2026, 10, 23);
	it.each<[string, string | null]>([
		['', ''], ['2026-11-28', '2026-11-28'], ['2026/1/5', '2026-01-05'], ['2026年11月28日', '2026-11-28'], ['20261128', '2026-11-28'],
		['today', '2026-11-23'], ['今天', '2026-11-23'], ['+30', '2026-12-23'], ['-1', '2026-11-22'],
		['2026-02-30', null], ['soon', null], ['0026-01-01', null], ['28.11.2026', '2026-11-28'], ['5. 1. 2026', '2026-01-05'], ['28/11/2026', '2026-11-28'],
		['11/28/2026', '2026-11-28'], ['5/5/2026', '2026-05-05'], ['3/4/2026', null], ['28 Nov 2026', '2026-11-28'], ['November 28, 2026', '2026-11-28'], ['28 Smarch 2026', null],
		['２０２６年１１月２８日', '2026-11-28'], ['2026 年 1 月 5 日', '2026-01-05'], ['12345678', null], ['28122026', null], ['2026-12', null]
	])('%s → %s', (typed, wanted) => {
		expect(parseDay(typed, now)).toBe(wanted);
	});
	it.each([['2026-12-2', false], ['2026-12-28', true], ['2026/1/5', false], ['2026年1月5日', true], ['2026年1月5', false], ['2026122', false], ['20261228', true], ['28.12.202', false], ['28.12.2026', true], ['3/4/2026', false], ['+3', false], ['2026-02-30', false]])(
		'%s is whole: %s', (typed, wanted) => {
			expect(isWhole(typed)).toBe(wanted);
		});
	it('two readings are told apart from none', () => {
		expect([isAmbiguous('3/4/2026'), isAmbiguous('13/4/2026'), isAmbiguous('soon')]).toEqual([true, false, false]);
	});
});

describe('whose day it is', () => {
	const evening = new Date('2026-11-28T20:30:00Z');
	it.each([['Asia/Singapore', '2026-11-29'], ['America/New_York', '2026-11-28'], ['Pacific/Kiritimati', '2026-11-29'], ['UTC', '2026-11-28']])('%s → %s', (zone, wanted) => {
		useZone(zone);
		expect(iso(dayNow(evening))).toBe(wanted);
		useZone();
	});
	it('a zone that the browser does not know leaves its own day', () => {
		useZone('Atlantis/Poseidonis');
		expect(dayNow(evening)).toBe(evening);
		useZone();
	});
});
