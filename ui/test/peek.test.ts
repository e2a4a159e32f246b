// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import { peek } from '../src/app/peek.svelte';
import { setTrail } from '../src/app/trail';
import type { Model } from '../src/data/types';
import { setModel } from '../src/model/model.svelte';
import { close, linkAt, nextTo, recordAt, step, turn } from '../src/record/peeking';

beforeEach(() => {
	setModel({ kinds: [{ kind: 'thing', prefix: 'THG', fields: [] }], frameworks: [] } as unknown as Model);
	setTrail([]);
	peek.now = null;
	document.body.innerHTML = `<main id="main" tabindex="-1"><ul>
		<li id="one"><a href="/k/other/OTH-1">other</a><a href="/k/thing/THG-1">first</a><button id="in-one"></button></li>
		<li id="two"><a href="/k/thing">the list</a><a class="title" href="/k/thing/THG-2">second</a></li>
		<li id="none"><a href="/k/thing/new">new</a></li></ul></main>`;
});
describe('what is looked at beside the page', () => {
	it('is the page of a record, and nothing else', () => {
		expect(recordAt('/k/thing/THG-1')).toEqual({ kind: 'thing', key: 'THG-1' });
		expect(recordAt('/k/thing/a%2Fb')).toEqual({ kind: 'thing', key: 'a/b' });
		for (const path of ['/k/thing', '/k/thing/new', '/k/thing/import', '/k/thing/THG-1/fill', '/k/unknown/UNK-1', '/risk/THG-1', '/', '/k/thing/%E0%A4%A'])
			expect(recordAt(path), path).toBeNull();
	});
	it('is that of the row in which one is', () => {
		expect(linkAt(document.getElementById('in-one'))?.textContent).toBe('first');
		expect(linkAt(document.querySelector('#two a'))?.textContent).toBe('second');
		expect(linkAt(document.querySelector('#none a'))).toBeNull();
		expect(linkAt(document.body)).toBeNull();
	});
	it('goes on in the order of the page, or of its list where it says one', () => {
		turn(document.querySelector('#one'));
		expect(peek.now).toEqual({ kind: 'thing', key: 'THG-1' });
		expect(nextTo(peek.now!, -1)).toBeUndefined();
		step(1, false);
		expect(peek.now).toEqual({ kind: 'thing', key: 'THG-2' });
		step(1, false);
		expect(peek.now).toEqual({ kind: 'thing', key: 'THG-2' });
		setTrail([{ kind: 'thing', key: 'THG-2' }, { kind: 'thing', key: 'THG-9' }]);
		expect(nextTo(peek.now!, 1)).toEqual({ kind: 'thing', key: 'THG-9' });
	});
	it('a second time it is put away, and the focus is where it was', () => {
		turn(document.querySelector('#two'));
		turn(document.querySelector('#two'));
		expect(peek.now).toBeNull();
		turn(document.querySelector('#one'));
		close();
		expect(peek.now).toBeNull();
		expect(document.activeElement?.closest('main')).toBeTruthy();
	});
});
