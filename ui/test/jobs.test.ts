// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { changeMany, outcomes, refusals, underWay } from '../src/data/jobs';
import type { Job, JobRefusal } from '../src/data/types';

const job = (more: Partial<Job>): Job => ({
	id: 'J', sort: 'bulk', task: 'change', kind: 'k', what: { en: 'A', zh: 'A' }, state: 'done', stopping: false, done: 3, total: 3, changed: 2,
	refused: 1, asked_at: null, started_at: null, ended_at: null, ...more
});
const refusal = (row: number): JobRefusal => ({ row, id: 'b', ok: false, status: 409, errors: [{ field: '', code: 'locked', message: 'No' }] });

describe('outcomes of a job', () => {
	it('are those of the rows it came to, in their order', () => {
		expect(outcomes(['a', 'b', 'c'], job({}), [refusal(2)]).map((r) => [r.id, r.ok])).toEqual([['a', true], ['b', false], ['c', true]]);
		expect(outcomes(['a', 'b', 'c'], job({ state: 'cancelled', done: 2 }), [refusal(2)]).map((r) => r.id)).toEqual(['a', 'b']);
	});
	it('are told apart by the row, also when a record is named twice', () => {
		expect(outcomes(['b', 'b'], job({ done: 2 }), [refusal(2)]).map((r) => r.ok)).toEqual([true, false]);
	});
});

describe('a change of many records', () => {
	const asked: string[] = [];
	const answer = (status: number, body: unknown): Response => new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
	beforeEach(() => {
		asked.length = 0;
		const answers: Record<string, () => Response> = {
			'PATCH /api/v1/few': () => answer(200, { results: [{ id: 'a', key: 'A-1', ok: true }] }),
			'PATCH /api/v1/k': () => answer(202, job({ state: 'waiting', done: 0 })),
			'GET /api/v1/jobs/J': () => answer(200, job({})),
			'GET /api/v1/jobs/J?after=0': () => answer(200, job({ items: [refusal(1)], next: 1 })),
			'GET /api/v1/jobs/J?after=1': () => answer(200, job({ items: [refusal(2)], next: null })),
			'DELETE /api/v1/jobs/J': () => answer(204, null)
		};
		vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
			asked.push(`${init.method} ${url}`);
			return Promise.resolve(answers[`${init.method} ${url}`]!());
		});
	});
	afterEach(() => vi.unstubAllGlobals());

	it('is answered at once when it is small', async () => {
		expect((await changeMany('few', { ids: ['a'], set: {} }, () => {})).results).toHaveLength(1);
	});
	it('is followed to its end, and all that was refused is read', async () => {
		const told: boolean[] = [];
		const came = await changeMany('k', { ids: ['a', 'b', 'c'], set: {} }, (one) => told.push(underWay(one)));
		expect(told).toEqual([true, false]);
		expect(came.results.map((r) => r.ok)).toEqual([false, false, true]);
		expect(asked).not.toContain('DELETE /api/v1/jobs/J');
		expect((await refusals('J')).map((r) => r.row)).toEqual([1, 2]);
	});
	it('that is only tried out, and not waited for any more, is stopped', async () => {
		const over = new AbortController();
		await expect(changeMany('k', { ids: ['a'], set: {}, rehearse: true }, () => over.abort(), over.signal)).rejects.toThrow();
		expect(asked).toContain('DELETE /api/v1/jobs/J');
	});
});
