// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Condition, Field, State } from '../src/data/types';
import { applies, holds, neededBefore, needOf, type Fields } from '../src/model/condition';

describe('conditions', () => {
	const record: Fields = { state: 'open', tags: ['a', 'b'], yes: false, n: 3, none: '', list: [] };
	it.each<[Condition, boolean]>([
		[{ field: 'state', is: 'open' }, true],
		[{ field: 'state', in: ['closed', 'open'] }, true],
		[{ field: 'tags', is: 'b' }, true],
		[{ field: 'tags', in: ['x'] }, false],
		[{ field: 'yes', is: false }, true],
		[{ field: 'missing', is: null }, false],
		[{ field: 'missing', in: [''] }, false],
		[{ field: 'none', empty: true }, true],
		[{ field: 'list', empty: true }, true],
		[{ field: 'n', empty: false }, true],
		[{ any: [{ field: 'n', is: 1 }, { field: 'n', is: 3 }] }, true],
		[{ all: [{ field: 'n', is: 3 }, { field: 'state', is: 'closed' }] }, false],
		[{ not: { field: 'n', is: 4 } }, true],
		[{ any: [] }, false],
		[{ all: [] }, true]
	])('%j is %s', (condition, wanted) => {
		expect(holds(condition, record)).toBe(wanted);
	});

	// The same vectors that the server is tested with.
	const shared = join(__dirname, '../../tests/vectors/conditions.json');
	it.runIf(existsSync(shared))('agrees with the shared vectors', () => {
		const file = JSON.parse(readFileSync(shared, 'utf8'));
		const vectors: { name?: string; condition: Condition; record: Fields; holds?: boolean; result?: boolean }[] = Array.isArray(file) ? file : file.vectors;
		expect(vectors.length).toBeGreaterThan(0);
		for (const one of vectors) expect(holds(one.condition, one.record), one.name ?? JSON.stringify(one)).toBe(one.holds ?? one.result);
	});
});
describe('what is needed when', () => {
	const states: State[] = ['new', 'checked', 'done'].map((state) => ({ state, title: { en: state } }));
	const field: Field = { name: 'cause', type: 'note', title: { en: 'Cause' }, required_from: ['checked'], required_in: ['checked', 'done'] };
	it('is later, then now', () => {
		expect(needOf(field, {}, 'new')).toBe('later');
		expect(needOf(field, {}, 'done')).toBe('now');
		expect(neededBefore(field, states)?.state).toBe('checked');
	});
	it('is not needed while it does not apply', () => {
		const only: Field = { ...field, only: { field: 'kind', is: 'x' } };
		expect(needOf(only, {}, 'done')).toBe('no');
		expect(applies(only, { kind: 'x' })).toBe(true);
		expect(needOf(only, { kind: 'x' }, 'done')).toBe('now');
	});
	it('follows the condition of the requirement', () => {
		const when: Field = { ...field, required_when: { field: 'scope', is: 'system' } };
		expect(needOf(when, { scope: 'process' }, 'done')).toBe('no');
		expect(needOf(when, { scope: 'system' }, 'done')).toBe('now');
	});
	it('is needed at once when always required', () => {
		expect(needOf({ name: 'title', type: 'text', title: { en: '' }, required: true }, {}, undefined)).toBe('now');
	});
});
