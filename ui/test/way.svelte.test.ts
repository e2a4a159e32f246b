// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Field, Kind, Model, RecordReply } from '../src/data/types';
import { setModel } from '../src/model/model.svelte';
import { Way } from '../src/steps/way.svelte';

const field = (name: string, more: Partial<Field> = {}): Field => ({ name, type: 'text', title: { en: name, zh: name }, ...more }) as Field;
const kind = {
	kind: 'thing', prefix: 'TH', title: { en: 'Thing' }, plural: { en: 'Things' }, phase: 'plan', order: 1, list: [], views: [], layout: [], moves: [],
	fields: [field('title', { required: true }), field('why', { required_from: ['checked'], required_in: ['checked'] }), field('how'), field('level', { computed: true }), field('only', { only: { field: 'how', is: 'loud' }, required_from: ['checked'] })],
	states: [{ state: 'new', title: { en: 'New' }, start: true }, { state: 'checked', title: { en: 'Checked' } }],
	steps: { of: [{ step: 'one', title: { en: 'One' }, about: { en: '' }, fields: ['title', 'why', 'only', 'level'], shows: [] }, { step: 'two', title: { en: 'Two' }, about: { en: '' }, fields: ['how'], shows: [], when: { field: 'why', empty: false } }] }
} as unknown as Kind;
const reply = (version: number, more: Record<string, unknown> = {}): RecordReply => ({ record: { id: 'r1', kind: 'thing', key: 'TH-0001', title: 'First', state: 'new', version, ...more }, names: {}, may: { change: true } });
const flat = (one: RecordReply): Response => new Response(JSON.stringify({ ...one.record, names: {}, ledger: { index: 1 }, may: one.may }), { status: 200, headers: { 'Content-Type': 'application/json' } });
const stale = (): Response => new Response('{"status":412,"code":"stale"}', { status: 412, headers: { 'Content-Type': 'application/problem+json' } });
let asked: { method: string; body: unknown; version: string | undefined }[] = [];
function answers(...all: Response[]): void {
	asked = [];
	vi.stubGlobal('fetch', (_: string, init: RequestInit) => {
		asked.push({ method: init.method ?? '', body: init.body ? JSON.parse(String(init.body)) : undefined, version: (init.headers as Record<string, string>)['If-Match'] });
		return Promise.resolve(all.shift()!);
	});
}

describe('a record on its way through the steps', () => {
	beforeEach(() => {
		setModel({ hash: '', kinds: [kind], roles: [], frameworks: [], asks: [], starters: [] } as unknown as Model);
		sessionStorage.clear();
	});
	it('keeps what was typed on the device, for whoever typed it', () => {
		new Way(kind, reply(1), '', 'usr_1').set('why', 'so');
		expect(new Way(kind, reply(1), '', 'usr_1').changes).toEqual({ why: 'so' });
		expect(new Way(kind, reply(1), '', 'usr_2').changes).toEqual({});
	});
	it('makes the record with the first step and forgets the draft', async () => {
		const way = new Way(kind, undefined, 'new', 'usr_1');
		way.set('title', 'First');
		answers(flat(reply(1)));
		expect(await way.save()).toBe(true);
		expect(asked[0]).toMatchObject({ method: 'POST', body: { title: 'First' } });
		expect(new Way(kind, undefined, 'new', 'usr_1').changes).toEqual({});
	});
	it('sends only what differs, from the version that was seen', async () => {
		const way = new Way(kind, reply(3, { how: 'loud' }), '', 'usr_1');
		way.set('why', 'so');
		way.set('how', 'quiet');
		way.set('how', 'loud');
		answers(flat(reply(4, { how: 'loud', why: 'so' })));
		expect(await way.save()).toBe(true);
		expect(asked).toEqual([{ method: 'PATCH', body: { why: 'so' }, version: '"3"' }]);
	});
	it('goes on beside a change of another field', async () => {
		const way = new Way(kind, reply(3), '', 'usr_1');
		way.set('why', 'so');
		answers(stale(), flat(reply(4, { how: 'theirs' })), flat(reply(5, { how: 'theirs', why: 'so' })));
		expect(await way.save()).toBe(true);
		expect(asked.map((one) => one.method)).toEqual(['PATCH', 'GET', 'PATCH']);
		expect(asked[2]).toMatchObject({ body: { why: 'so' }, version: '"4"' });
		expect(way.turns.how).toBe(1);
	});
	it('shows both values of the same field and overwrites none by itself', async () => {
		const way = new Way(kind, reply(3, { why: 'before' }), '', 'usr_1');
		way.set('why', 'mine');
		answers(stale(), flat(reply(4, { why: 'theirs' })));
		expect(await way.save()).toBe(false);
		expect(way.conflicts.map((one) => [one.field.name, one.theirs, one.mine])).toEqual([['why', 'theirs', 'mine']]);
		expect(asked.length).toBe(2);
		way.settle(true);
		answers(flat(reply(5, { why: 'mine' })));
		expect(await way.save()).toBe(true);
		expect(asked[0]).toMatchObject({ body: { why: 'mine' }, version: '"4"' });
	});
	it('finds the same when the newer version was read before', async () => {
		const way = new Way(kind, reply(3, { why: 'before' }), '', 'usr_1');
		way.set('why', 'mine');
		way.take(reply(4, { why: 'theirs' }));
		answers();
		expect(await way.save()).toBe(false);
		expect(asked.length).toBe(0);
		way.settle(false);
		expect(way.changes).toEqual({});
	});
	it('knows what of a step is still missing, and which steps there are', () => {
		const way = new Way(kind, reply(1), '', 'usr_1');
		expect(way.steps.map((one) => one.step)).toEqual(['one']);
		expect(way.missing(way.steps[0]!).map((one) => one.name)).toEqual(['why']);
		way.set('why', 'so');
		way.set('how', 'loud');
		expect(way.steps.map((one) => one.step)).toEqual(['one', 'two']);
		expect(way.missing(way.steps[0]!).map((one) => one.name)).toEqual(['only']);
	});
});
