// SPDX-License-Identifier: Apache-2.0
// What answers say is what the engine says (tests/vectors/asks.json), and a starter's item is a record in one language.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Ask, Starter, StarterItem } from '../src/data/begin';
import type { Kind, Value } from '../src/data/types';
import { askedOf, gapsOf, judge, quickOf, unprovenOf } from '../src/model/ask';
import type { Fields } from '../src/model/condition';
import { complete, fits, isThere, valuesOf } from '../src/model/starter';

interface Vector {
	why: string;
	record: Fields;
	asked: number;
	answered: number;
	gaps: number;
	percent: number | null;
	order: string[];
}
const vectors = JSON.parse(readFileSync(join('..', 'tests', 'vectors', 'asks.json'), 'utf8')) as { ask: Ask; cases: Vector[] };

describe('asks', () => {
	it('says what the engine says', () => {
		for (const one of vectors.cases) {
			expect(judge(vectors.ask, one.record), one.why).toEqual({ asked: one.asked, answered: one.answered, gaps: one.gaps, percent: one.percent });
			expect(gapsOf(vectors.ask, one.record).map((gap) => gap.question.id), one.why).toEqual(one.order);
		}
	});
	it('puts quick ones first by hours, and tells yes without proof apart', () => {
		const record = { answers: [{ question: 'a', answer: 'no' }, { question: 'b', answer: 'no' }, { question: 'c', answer: 'informal' }] };
		expect(quickOf(gapsOf(vectors.ask, record)).map((gap) => gap.question.id)).toEqual(['b']);
		expect(unprovenOf(vectors.ask, record).map((one) => one.id)).toEqual(['c']);
		expect(askedOf(vectors.ask, record).map((one) => one.id)).toEqual(['a', 'b', 'c']);
	});
});

const item = (more: Partial<StarterItem>): StarterItem => ({ id: 'x', why: { en: 'w', zh: 'w' }, set: { title: { en: 'AI policy', zh: '方针' } as unknown as Value }, ...more });
describe('starters', () => {
	it('become records in one language, with the own name where it belongs', () => {
		const policy = item({ set: { title: { en: 'AI policy', zh: '方针' }, lang: ['en', 'zh'], content: { lead: { en: 'en', zh: 'zh' }, versions: { en: { title: 'P', text: 'Of {{name of the organisation}} and {{the board}}' }, zh: { title: '方', text: '{{组织名称}}的' } } } } as never });
		expect(valuesOf(policy, 'zh', 'Ember')).toEqual({ title: '方针', lang: ['en', 'zh'], content: { lead: 'zh', versions: { en: { title: 'P', text: 'Of Ember and {{the board}}' }, zh: { title: '方', text: 'Ember的' } } } });
	});
	it('are known again in either language, and fit by field of work and by what is in use', () => {
		expect(isThere(item({}), new Set(['方针']))).toBe(true);
		expect(isThere(item({}), new Set(['policy']))).toBe(false);
		expect(fits(item({}), '', new Set())).toBe(true);
		expect(fits(item({ sectors: ['bank'] }), 'bank', new Set())).toBe(true);
		expect(fits(item({ sectors: ['bank'] }), '', new Set())).toBe(false);
		expect(fits(item({ with: ['chat'] }), 'bank', new Set(['chat']))).toBe(true);
		expect(fits(item({ with: ['chat'] }), 'bank', new Set(['triage']))).toBe(false);
	});
	it('name whoever takes them where rows need a person and a day', () => {
		const kind = { fields: [{ name: 'plan', type: 'rows', columns: [{ name: 'what', type: 'text', required: true }, { name: 'who', type: 'ref', to: 'person', required: true }, { name: 'by', type: 'date', required: true }, { name: 'else', type: 'date' }] }] } as unknown as Kind;
		expect(complete(kind, { plan: [{ what: 'a' }, { what: 'b', by: '2027-01-01' }] } as never, 'usr_1', '2026-12-30')).toEqual({ plan: [{ what: 'a', who: 'usr_1', by: '2026-12-30' }, { what: 'b', who: 'usr_1', by: '2027-01-01' }] });
	});
	it('ship with places to fill in that are the same in both languages', () => {
		const folder = join('..', 'model', 'starters');
		let places = 0;
		for (const name of readdirSync(folder)) {
			const starter = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Starter;
			for (const one of starter.items) {
				const versions = (one.set.content as unknown as { versions?: Record<string, { text: string }> } | undefined)?.versions;
				const count = (text: string): number => text.match(/\{\{[^{}]+\}\}/g)?.length ?? 0;
				if (!versions) continue;
				places += count(versions.en!.text);
				expect(count(versions.zh!.text), one.id).toBe(count(versions.en!.text));
			}
		}
		expect(places).toBeGreaterThan(50);
	});
});
