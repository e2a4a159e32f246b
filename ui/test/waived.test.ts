// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { waiversOf } from '../src/record/waived';

const one = (key: string, duty: string, person = 'p'): { key: string; duty: string; id: string; person: string; until: string } => ({ key, duty, id: key, person, until: '2026-12-28' });

test('each waiver is told once, with each of its duties once', () => {
	expect(waiversOf([one('WV-0001', 'SOD-1'), one('WV-0001', 'SOD-6'), one('WV-0001', 'SOD-1', 'q'), one('WV-0002', 'SOD-1')])).toEqual([
		{ key: 'WV-0001', until: '2026-12-28', duties: ['SOD-1', 'SOD-6'] },
		{ key: 'WV-0002', until: '2026-12-28', duties: ['SOD-1'] }
	]);
	expect(waiversOf([])).toEqual([]);
});
