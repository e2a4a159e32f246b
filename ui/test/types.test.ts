// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Field } from '../src/data/types';
import { canFilter, canGroup, canSort } from '../src/list/columns';
import { boundOf, onlyFilter, withBound, type View } from '../src/model/filter';
import { text, typeOf } from '../src/types';

const field = (type: string, more: Partial<Field> = {}): Field => ({ name: 'f', type, title: { en: 'F', zh: 'F' }, ...more }) as Field;
const levels = { of: [{ value: 1, title: { en: 'Rare', zh: '罕见' } }, { value: 2, title: { en: 'Often', zh: '经常' } }] } as Partial<Field>;
const colours = { of: [{ value: 'red', title: { en: 'Red', zh: '红' } }] } as Partial<Field>;

describe('types of fields', () => {
	it('shows one value in words', () => {
		expect(text(field('yes_no'), false)).toBe('value.no'); // no words are loaded here: their keys stand for them
		expect(text(field('choice', colours), 'red')).toBe('Red');
		expect(text(field('integer', levels), 2)).toBe('2 · Often');
		expect(text(field('choice', colours), 'gone')).toBe('gone');
		expect(text(field('date'), '2026-11-28')).toBe('28 Nov 2026');
		expect(text(field('refs', { to: 'requirement' }), ['iso-42001:6.1.2', 'iso-42001:A.2.2'])).toBe('6.1.2, A.2.2');
		expect(text(field('rows', { columns: [field('text', { name: 'a' }), field('yes_no', { name: 'b' })] }), [{ a: 'one', b: true }, { a: 'two' }])).toBe('F: one, F: value.yes · F: two');
		expect(text(field('something of a later release'), 'as it is')).toBe('as it is');
		expect(text(undefined, { a: 1 })).toBe('{"a":1}');
	});
	it('reads what an address names', () => {
		expect(typeOf(field('yes_no')).read('1', field('yes_no'))).toBe(true);
		expect(typeOf(field('yes_no')).read('false', field('yes_no'))).toBe(false);
		expect(typeOf(field('number')).read('2.5', field('number'))).toBe(2.5);
		expect(typeOf(field('integer', levels)).read('2', field('integer', levels))).toBe(2);
		expect(typeOf(field('text')).read('007', field('text'))).toBe('007');
	});
	it('sorts, filters and groups by what can be', () => {
		const can = (type: string, more: Partial<Field> = {}): string => [canSort, canFilter, canGroup].map((one) => (one(field(type, more)) ? 'y' : 'n')).join('');
		expect(can('text')).toBe('yyn');
		expect(can('text', { many: true })).toBe('nyn');
		expect(can('note')).toBe('nnn');
		expect(can('choice', colours)).toBe('yyy');
		expect(can('choice', { ...colours, many: true })).toBe('nyn');
		expect(can('integer', levels)).toBe('yyn');
		expect(can('integer')).toBe('yyn');
		expect(can('yes_no')).toBe('yyy');
		expect(can('ref')).toBe('yyy');
		expect(can('refs')).toBe('nyn');
		expect(can('date')).toBe('yyn');
		expect(can('moment')).toBe('yyn');
		expect(can('rows')).toBe('nnn');
		expect(can('file')).toBe('nnn');
		expect(can('document')).toBe('nyn');
	});
	it('keeps the other end of a range, and no end beside a value', () => {
		const none: View = { q: '', sort: '', group: '', filters: [] };
		const from = withBound(none, 'due', 'gte', '2026-01-01');
		const both = withBound(from, 'due', 'lte', '2026-12-31');
		expect([boundOf(both, 'due', 'gte'), boundOf(both, 'due', 'lte')]).toEqual(['2026-01-01', '2026-12-31']);
		expect(withBound(both, 'due', 'gte', '').filters).toEqual([{ field: 'due', op: 'lte', value: '2026-12-31' }]);
		expect(onlyFilter(both, { field: 'due', op: 'empty', value: '1' }).filters).toEqual([{ field: 'due', op: 'empty', value: '1' }]);
		expect(onlyFilter(both, { field: 'due', op: 'is', value: '' }).filters).toEqual([]);
	});
});
