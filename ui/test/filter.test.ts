// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { nextSort, parseSort, parseView, question, toggleValue, valuesOf, viewSearch, withFilter, withoutFilter } from '../src/model/filter';

const empty = { q: '', sort: '', group: '', filters: [] };

describe('the address of a list', () => {
	it.each(['', '?q=bias', '?state=open,closed&due.lte=2026-11-30&sort=-due,title', '?owner=me&system.empty=1&group=state', '?title.not=x'])('survives a round trip: %s', (search) => {
		expect(viewSearch(parseView(search))).toBe(search);
	});
	it('keeps a dot that is no operator as part of the name', () => {
		expect(parseView('?a.b=1').filters).toEqual([{ field: 'a.b', op: 'is', value: '1' }]);
	});
	it('ignores what belongs to the page, not to the list', () => {
		expect(parseView('?peek=EV-9&limit=5').filters).toEqual([]);
	});
	it('asks the server for the group first, then the order', () => {
		expect(decodeURIComponent(question({ ...empty, sort: '-due', group: 'state', q: 'a b' }, { limit: 50 }))).toBe('q=a+b&sort=state,-due&limit=50');
	});
});
describe('filters', () => {
	it('adds and takes values of one field', () => {
		let view = toggleValue(empty, 'state', 'open');
		view = toggleValue(view, 'state', 'closed');
		expect(valuesOf(view, 'state')).toEqual(['open', 'closed']);
		view = toggleValue(view, 'state', 'open');
		expect(viewSearch(view)).toBe('?state=closed');
		expect(toggleValue(view, 'state', 'closed').filters).toEqual([]);
	});
	it('keeps both ends of a range and replaces the rest', () => {
		let view = withFilter(empty, { field: 'due', op: 'gte', value: '2026-01-01' });
		view = withFilter(view, { field: 'due', op: 'lte', value: '2026-02-01' });
		expect(view.filters).toHaveLength(2);
		view = withFilter(view, { field: 'due', op: 'empty', value: '1' });
		expect(view.filters).toEqual([{ field: 'due', op: 'empty', value: '1' }]);
		expect(withoutFilter(view, view.filters[0]!).filters).toEqual([]);
	});
});
describe('order', () => {
	it('goes up, down, away', () => {
		expect(nextSort('', 'due', false)).toBe('due');
		expect(nextSort('due', 'due', false)).toBe('-due');
		expect(nextSort('-due', 'due', false)).toBe('');
		expect(nextSort('-due', 'title', false)).toBe('title');
	});
	it('adds a second key with shift', () => {
		expect(nextSort('-due', 'title', true)).toBe('-due,title');
		expect(nextSort('-due,title', 'due', true)).toBe('title');
		expect(parseSort('-due,title')).toEqual([{ field: 'due', down: true }, { field: 'title', down: false }]);
	});
});
