// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Term } from '../src/data/types';
import { matcherOf, partsOf } from '../src/help/match';

const term = (id: string, en: string, zh: string, more: Partial<Term> = {}): Term => ({ id, en, zh, about: { en, zh }, source: 's', ...more });
const terms = [
	term('risk', 'risk', '风险', { quiet: true }), term('owner', 'risk owner', '风险责任人', { also: { zh: ['风险所有者'] } }), term('residual', 'residual risk', '残余风险'),
	term('bias', 'bias', '偏见'), term('automation', 'automation bias', '自动化偏见'), term('soa', 'statement of applicability', '适用性声明', { also: { en: ['SoA'] } }),
	term('party', 'interested party', '相关方', { also: { en: ['interested parties'] } }), term('drift', 'drift', '漂移')
];
const en = matcherOf(terms, 'en');
const zh = matcherOf(terms, 'zh');
const shown = (text: string, language: 'en' | 'zh' = 'en'): string => partsOf(text, language === 'en' ? en : zh, language).map((part) => (part.term ? `[${part.text}=${part.term.id}]` : part.text)).join('');

describe('terms in a text', () => {
	it.each([
		['The risk owner decides.', 'The [risk owner=owner] decides.'],
		['Risk owners accept the residual risk.', '[Risk owners=owner] accept the [residual risk=residual].'],
		['Automation bias is a bias.', '[Automation bias=automation] is a [bias=bias].'],
		['Bias, bias and bias', '[Bias=bias], bias and bias'],
		['biased, debias, bias-free, drifting', 'biased, debias, [bias=bias]-free, drifting'],
		['The SoA, not a soa; every SoA', 'The [SoA=soa], not a soa; every SoA'],
		['A statement of applicability is the SoA.', 'A [statement of applicability=soa] is the SoA.'],
		['Interested parties', '[Interested parties=party]'],
		['Nothing here', 'Nothing here'], ['', '']
	])('%s', (text, wanted) => expect(shown(text)).toBe(wanted));
	it.each([
		['由风险责任人接受残余风险。', '由[风险责任人=owner]接受[残余风险=residual]。'],
		['风险责任人与风险所有者', '风险责任人与[风险所有者=owner]'],
		['自动化偏见也是偏见', '[自动化偏见=automation]也是[偏见=bias]'],
		['风险', '风险']
	])('%s', (text, wanted) => expect(shown(text, 'zh')).toBe(wanted));
	it('never loses or adds a letter', () => {
		for (const text of ['The İ risk owner drifts', 'drift'.repeat(3), 'a drift\ndrift']) expect(partsOf(text, en, 'en').map((part) => part.text).join('')).toBe(text);
	});
	it('marks the glossary that is shipped, each wording by its own term', () => {
		const shipped = (JSON.parse(readFileSync(join(__dirname, '../../model/glossary/terms.json'), 'utf8')) as { terms: Term[] }).terms;
		for (const language of ['en', 'zh'] as const)
			for (const one of shipped.filter((each) => !each.quiet)) expect(partsOf(one[language], matcherOf(shipped, language), language).some((part) => part.term === one), one.id).toBe(true);
	});
});
