// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseDay } from '../src/kit/day';

describe('what people type for a date', () => {
	const now = new Date(2026, 10, 23);
	it.each<[string, string | null]>([
		['', ''], ['2026-11-28', '2026-11-28'], ['2026/1/5', '2026-01-05'], ['2026年11月28日', '2026-11-28'], ['20261128', '2026-11-28'],
		['today', '2026-11-23'], ['今天', '2026-11-23'], ['+30', '2026-12-23'], ['-1', '2026-11-22'],
		['2026-02-30', null], ['28.11.2026', null], ['soon', null], ['0026-01-01', null]
	])('%s → %s', (typed, wanted) => {
		expect(parseDay(typed, now)).toBe(wanted);
	});
});
