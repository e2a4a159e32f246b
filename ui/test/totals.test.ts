// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { AnyRecord, Field } from '../src/data/types';
import { fieldsIn, parseView, viewSearch, without } from '../src/model/filter';
import { totalled, totalOf, valueOf } from '../src/list/totals';

const field = (name: string, total?: 'sum' | 'mean'): Field => ({ name, type: 'number', title: { en: name }, ...(total ? { total } : {}) }) as unknown as Field;
const rows = (...values: unknown[]): AnyRecord[] => values.map((n, id) => ({ id: String(id), n }) as unknown as AnyRecord);

describe('totals of a group', () => {
	it('adds up what has a number, and says of how many', () => {
		expect(totalOf(rows(1, null, 2.5, undefined), field('n', 'sum'))).toEqual({ sum: 3.5, n: 2 });
		expect(totalOf(rows(1, null, 2), field('n', 'mean'))).toEqual({ mean: 1.5, n: 2 });
		expect(totalOf(rows(0.1, 0.2), field('n', 'sum')).sum).toBe(0.3);
		expect(totalOf(rows(null), field('n', 'mean'))).toEqual({ mean: null, n: 0 });
	});
	it('is of those columns alone that have one', () => {
		expect(totalled([field('a'), field('b', 'sum')]).map((one) => one.name)).toEqual(['b']);
		expect([valueOf({ sum: 0, n: 1 }), valueOf({ mean: null, n: 0 }), valueOf(undefined)]).toEqual([0, null, null]);
	});
});
describe('the address of a view', () => {
	it('carries columns and the view it began with', () => {
		const view = parseView('?state=open&columns=title,due&view=VW-0001');
		expect([view.columns, view.view, view.filters.length]).toEqual(['title,due', 'VW-0001', 1]);
		expect(viewSearch(view)).toBe('?state=open&columns=title,due&view=VW-0001');
	});
	it('goes on without what is gone', () => {
		const view = parseView('?colour=blue&state=open&sort=-colour,due&group=colour&columns=title,colour&view=VW-0001');
		expect(fieldsIn(view).sort()).toEqual(['colour', 'due', 'state', 'title']);
		expect(viewSearch(without(view, (name) => name === 'colour'))).toBe('?state=open&sort=due&columns=title&view=VW-0001');
	});
});
