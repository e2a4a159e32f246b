// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Field } from '../src/data/types';
import { widthsOf } from '../src/list/columns';

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({ name, type, title: { en: name }, ...more });
const fields = [field('title', 'text'), field('state', 'choice'), field('owner', 'ref', { to: 'person' }), field('due', 'date')];

describe('column widths', () => {
	it('never goes below the least, however little room there is', () => {
		expect(widthsOf(fields, 100)).toEqual(widthsOf(fields, 300));
	});
	it('grows with the room, but never beyond it', () => {
		const narrow = widthsOf(fields, 700);
		const wide = widthsOf(fields, 1400);
		wide.forEach((one, at) => expect(one).toBeGreaterThanOrEqual(narrow[at]!));
		expect(wide.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1400);
	});
});
