// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Field, Kind } from '../src/data/types';
import { widthsOf } from '../src/list/columns';

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({ name, type, title: { en: name }, ...more });
const fields = [field('title', 'text'), field('state', 'choice'), field('owner', 'ref', { to: 'person' }), field('due', 'date')];
const kind: Kind = { kind: 'thing', prefix: 'THI', title: { en: 'Thing' }, plural: { en: 'Things' }, phase: 'do', order: 1, list: [], views: [], layout: [], fields, states: [{ state: 'open', title: { en: 'Open' } }], moves: [] };

describe('column widths', () => {
	it('never goes below the least, however little room there is', () => {
		expect(widthsOf(kind, fields, 100)).toEqual(widthsOf(kind, fields, 300));
	});
	it('leaves room for the longest state and for its own heading', () => {
		const long: Kind = { ...kind, states: [{ state: 'x', title: { en: 'Waiting for approval' } }] };
		expect(widthsOf(long, fields, 100)[1]!).toBeGreaterThan(widthsOf(kind, fields, 100)[1]!);
		const named = [fields[0]!, field('due', 'date', { title: { en: 'The day by which it is due' } })];
		expect(widthsOf(kind, named, 100)[1]!).toBeGreaterThan(widthsOf(kind, fields, 100)[3]!);
	});
	it('grows with the room, but never beyond it', () => {
		const narrow = widthsOf(kind, fields, 700);
		const wide = widthsOf(kind, fields, 1400);
		wide.forEach((one, at) => expect(one).toBeGreaterThanOrEqual(narrow[at]!));
		expect(wide.reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(1400);
	});
});
