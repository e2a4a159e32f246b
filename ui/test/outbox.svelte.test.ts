// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { outbox, UNDO } from '../src/review/outbox.svelte';

let n = 0;
const act = (id: string, what?: 'agree') => ({ kind: 'look', id, key: id, title: id, move: what ? 'decide' : 'put_back', body: {}, what });
const ok = (): Response => new Response(JSON.stringify({ id: 'r', key: 'r', version: 3, names: {}, ledger: { index: 1 }, may: {} }), { status: 200, headers: { 'Content-Type': 'application/json' } });
const refused = (): Response => new Response(JSON.stringify({ status: 409, code: 'conflict', errors: [{ message: 'Somebody else was first' }] }), { status: 409, headers: { 'Content-Type': 'application/problem+json' } });
let asked: { path: string; token: string }[] = [];
function answers(...all: (Response | 'away')[]): void {
	vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
		asked.push({ path: path.replace(/.*\/look\//, ''), token: (init.headers as Record<string, string>)['Idempotency-Key']! });
		const answer = all.length > 1 ? all.shift()! : all[0]!;
		return answer === 'away' ? Promise.reject(new TypeError('away')) : Promise.resolve(answer.clone());
	});
}
const paths = (): string[] => asked.map((one) => one.path);
const reopen = (person: string): void => { outbox.open(`other ${person}`); outbox.open(person); };

describe('decisions on their way', () => {
	let me = '';
	beforeEach(() => {
		vi.useFakeTimers();
		asked = [];
		outbox.open((me = `person ${n++}`));
		answers(ok());
	});
	it('one waits until it cannot be taken back any more', async () => {
		outbox.add(act('a', 'agree'), UNDO);
		await vi.advanceTimersByTimeAsync(UNDO - 100);
		expect(asked).toEqual([]);
		expect(outbox.last?.id).toBe('a');
		await vi.advanceTimersByTimeAsync(200);
		expect(paths()).toEqual(['a/moves/decide']);
		expect(outbox.last).toBeUndefined();
		expect(outbox.sent.map((one) => one.id)).toEqual(['a']);
	});
	it('one that is taken back is never sent', async () => {
		outbox.add(act('a', 'agree'), UNDO);
		expect(outbox.takeBack()?.id).toBe('a');
		await vi.advanceTimersByTimeAsync(UNDO * 3);
		expect(asked).toEqual([]);
		expect(outbox.takeBack()).toBeUndefined();
	});
	it('the next one sends the one before', async () => {
		outbox.add(act('a', 'agree'), UNDO);
		outbox.add(act('b', 'agree'), UNDO);
		await vi.advanceTimersByTimeAsync(10);
		expect(paths()).toEqual(['a/moves/decide']);
		expect(outbox.last?.id).toBe('b');
	});
	it('keeps its order and its name while the network is away', async () => {
		answers('away', 'away', ok());
		outbox.add(act('a', 'agree'));
		outbox.add(act('b', 'agree'));
		await vi.advanceTimersByTimeAsync(10);
		expect(outbox.away).toBe(true);
		expect(outbox.waiting).toHaveLength(2);
		expect(outbox.last).toBeUndefined();
		await vi.advanceTimersByTimeAsync(30_000);
		expect(outbox.away).toBe(false);
		expect(paths().filter((path) => path.startsWith('b'))).toHaveLength(1);
		expect(paths().at(-1)).toBe('b/moves/decide');
		expect(new Set(asked.filter((one) => one.path.startsWith('a')).map((one) => one.token)).size).toBe(1);
		expect(new Set(asked.map((one) => one.token)).size).toBe(2);
	});
	it('finds again what was not sent, and only its own', async () => {
		answers('away');
		outbox.add(act('a', 'agree'));
		await vi.advanceTimersByTimeAsync(10);
		const token = outbox.acts[0]!.token;
		outbox.open('somebody else');
		expect(outbox.acts).toEqual([]);
		outbox.open(me);
		expect(outbox.acts.map((one) => one.token)).toEqual([token]);
		answers(ok());
		await outbox.run();
		expect(outbox.acts).toEqual([]);
		reopen(me);
		expect(outbox.acts).toEqual([]);
	});
	it('keeps what the server refuses until it was read, and goes on', async () => {
		answers(refused(), ok());
		outbox.add(act('a', 'agree'));
		outbox.add(act('b', 'agree'));
		await vi.advanceTimersByTimeAsync(10);
		expect(outbox.refused.map((one) => [one.id, one.refused])).toEqual([['a', ['Somebody else was first']]]);
		expect(paths()).toEqual(['a/moves/decide', 'b/moves/decide']);
		reopen(me);
		expect(outbox.refused).toHaveLength(1);
		outbox.forget(outbox.refused[0]!);
		reopen(me);
		expect(outbox.refused).toEqual([]);
	});
	it('says nothing of a case that could not be put back: it goes back by itself', async () => {
		answers(refused());
		outbox.add(act('a'));
		await vi.advanceTimersByTimeAsync(10);
		expect([outbox.acts, outbox.refused]).toEqual([[], []]);
	});
	it('sends all when the page is left, under the names by which it is asked for again', async () => {
		vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
			asked.push({ path: `${path.replace(/.*\/look\//, '')} ${init.keepalive}`, token: (init.headers as Record<string, string>)['Idempotency-Key']! });
			return new Promise(() => undefined);
		});
		outbox.add(act('a', 'agree'), UNDO);
		outbox.add(act('b'), 0);
		const tokens = outbox.acts.map((one) => one.token);
		outbox.leave();
		expect(asked).toEqual([{ path: 'a/moves/decide true', token: tokens[0] }, { path: 'b/moves/put_back true', token: tokens[1] }]);
	});
});
