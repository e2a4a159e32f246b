// SPDX-License-Identifier: Apache-2.0
// What a page shows is the newest it was told, however the replies arrive.
import { flushSync } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { forgetAll, resource, type Resource } from '../src/data/resource.svelte';

interface Version { version: number }
type Answer = (version: number) => void;
let asked: Answer[] = [];
let stop = (): void => undefined;

function open(): Resource<Version> {
	asked = [];
	forgetAll();
	vi.stubGlobal('fetch', () => new Promise((answer) => asked.push((version) => answer(new Response(JSON.stringify({ version }), { headers: { 'content-type': 'application/json' } })))));
	let made: Resource<Version>;
	stop = $effect.root(() => { made = resource<Version>(() => '/task/1'); });
	flushSync();
	return made!;
}
const settle = (): Promise<void> => new Promise((later) => setTimeout(later, 5));
afterEach(() => { stop(); vi.unstubAllGlobals(); });

test('whoever asked first waits for the newest answer', async () => {
	const found = open();
	let done = false;
	const first = found.reload().then(() => { done = true; });
	void found.reload();
	asked[1]!(1);
	await settle();
	expect(done).toBe(false);
	asked[2]!(2);
	await first;
	expect(found.data?.version).toBe(2);
	asked[0]!(0);
	await settle();
	expect(found.data?.version).toBe(2);
});

test('an answer from before a change does not take the change back', async () => {
	const found = open();
	found.data = { version: 7 };
	asked[0]!(6);
	await settle();
	expect(found.data.version).toBe(7);
	expect(found.loading).toBe(false);
});
