// SPDX-License-Identifier: Apache-2.0
import { beforeEach, describe, expect, it } from 'vitest';
import type { AnyRecord, Kind, Model } from '../src/data/types';
import { setModel } from '../src/model/model.svelte';
import { backMove, isSecond, isTakenBy, lately, planKind, reasonsOf, reviewKind, stepOf, takeMove, takers, waitingIn, wantsVerdict } from '../src/review/case';
import { agreeRate, isTooSmooth, rowWith } from '../src/review/pace';

const words = (en: string) => ({ en, zh: en });
const move = (name: string, from: string[], to: string, by: string[]) => ({ move: name, title: words(name), from, to, by, sign: [] });
const kind = {
	kind: 'look', prefix: 'LK', title: words('Look'), plural: words('Looks'), phase: 'do', order: 1, list: [], views: [], layout: [], is: 'review',
	fields: [{ name: 'reason_code', type: 'choice', title: words('Why'), of: [{ value: 'a', title: words('A') }, { value: 'b', title: words('B') }] }],
	states: [],
	moves: [
		move('claim', ['waiting'], 'taken', ['reader', 'clerk']), move('claim_blind', ['waiting'], 'taken', ['reader']), move('claim_second', ['half'], 'taken_again', ['reader', '@owner']),
		move('confirm', ['taken_again'], 'done', ['@claimed_by'])
	]
} as unknown as Kind;
const record = (more: Record<string, unknown> = {}): AnyRecord => ({ id: 'r1', kind: 'look', key: 'LK-0001', title: 'First', state: 'waiting', version: 1, ...more });

describe('the case', () => {
	beforeEach(() => setModel({ kinds: [kind, { ...kind, kind: 'plan', prefix: 'PL', is: 'review_plan' }], roles: [], frameworks: [] } as unknown as Model));
	it('is of the kind that the model calls the review, whatever its name', () => {
		expect(reviewKind()?.kind).toBe('look');
		expect(planKind()?.kind).toBe('plan');
		expect(takers(kind)).toEqual(['reader', 'clerk']);
		expect(waitingIn(kind)).toEqual(['waiting', 'half']);
		expect(reasonsOf(kind).map((one) => one.value)).toEqual(['a', 'b']);
	});
	it('is taken by the step that fits', () => {
		expect(takeMove(kind, record())).toBe('claim');
		expect(takeMove(kind, record({ blind: true }))).toBe('claim_blind');
		expect(takeMove(kind, record({ blind: true, state: 'half' }))).toBe('claim_second');
		expect(takeMove(kind, record({ state: 'done' }))).toBeUndefined();
	});
	it('is held by whoever took it, and only while it is taken', () => {
		expect(isTakenBy(kind, record({ state: 'taken', claimed_by: 'me' }), 'me')).toBe(true);
		expect(isTakenBy(kind, record({ state: 'taken', claimed_by: 'you' }), 'me')).toBe(false);
		expect(isTakenBy(kind, record({ state: 'done', claimed_by: 'me' }), 'me')).toBe(false);
	});
	it('asks for a verdict of one\'s own once, of the first alone', () => {
		expect(wantsVerdict(kind, record({ state: 'taken', blind: true }))).toBe(true);
		expect(wantsVerdict(kind, record({ state: 'taken', blind: true, own_verdict: 'no' }))).toBe(false);
		expect(wantsVerdict(kind, record({ state: 'taken_again', blind: true }))).toBe(false);
		expect(isSecond(kind, record({ state: 'taken_again' }))).toBe(true);
		expect(backMove(kind, record({ state: 'taken_again' }))).toBe('put_back_second');
		expect(backMove(kind, record({ state: 'taken' }))).toBe('put_back');
	});
	it('sends what was decided and no more', () => {
		expect(stepOf(record(), { what: 'agree' })).toEqual({ move: 'decide', body: { decision: 'agree' } });
		expect(stepOf(record({ second: true }), { what: 'agree', code: 'a', note: 'n' })).toEqual({ move: 'decide_first', body: { decision: 'agree', note: 'n' } });
		expect(stepOf(record(), { what: 'change', changed: 'yes', code: 'a' })).toEqual({ move: 'decide', body: { decision: 'change', changed_to: 'yes', reason_code: 'a' } });
		expect(stepOf(record(), { what: 'refuse', changed: 'yes', code: 'b' })).toEqual({ move: 'decide', body: { decision: 'refuse', reason_code: 'b' } });
		expect(stepOf(record(), { what: 'up', reason: 'why', note: 'n' })).toEqual({ move: 'escalate', body: { reason: 'why' } });
		expect(stepOf(record(), { what: 'confirm', note: 'n' })).toEqual({ move: 'confirm', body: {} });
		expect(stepOf(record(), { what: 'differ', reason: 'why' })).toEqual({ move: 'differ', body: { reason: 'why' } });
	});
	it('offers the words one decided with, the most frequent first', () => {
		expect(lately([record({ ai_verdict: 'No', own_verdict: 'Yes' }), record({ ai_verdict: 'Yes' }), record({ changed_to: 'x'.repeat(41) })])).toEqual(['Yes', 'No']);
		expect(lately([], 3)).toEqual([]);
	});
});

describe('the pace', () => {
	it('counts what was agreed with at a glance, in a row', () => {
		let row = 0;
		for (let n = 0; n < 19; n++) row = rowWith(row, true, 1);
		expect(isTooSmooth(row)).toBe(false);
		expect(isTooSmooth(rowWith(row, true, 2.9))).toBe(true);
		expect(rowWith(row, true, 3)).toBe(0);
		expect(rowWith(row, false, 1)).toBe(0);
	});
	it('has no rate of nothing', () => {
		expect(agreeRate(undefined)).toBeNull();
		expect(agreeRate({ days: 30, decided: 0, agreed: 0, seconds: null })).toBeNull();
		expect(agreeRate({ days: 30, decided: 3, agreed: 2, seconds: 4 })).toBe(67);
	});
});
