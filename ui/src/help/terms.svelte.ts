// SPDX-License-Identifier: Apache-2.0
// The glossary, fetched once when a text wants it. Until it is here texts stand without links.
import { get } from '../data/client.svelte';
import type { Term } from '../data/types';
import { language } from '../i18n/t.svelte';
import { matcherOf, partsOf, type Matcher, type Part } from './match';

const glossary = $state<{ terms: Term[] }>({ terms: [] });
let asked: Promise<void> | undefined;
const matchers = new Map<string, Matcher>();

export function wantTerms(): Promise<void> {
	return (asked ??= get<{ items: Term[] }>('/glossary').then(
		(reply) => {
			matchers.clear();
			glossary.terms = reply.items;
		},
		(error) => {
			asked = undefined;
			throw error;
		}
	));
}
export const terms = (): Term[] => glossary.terms;
export const termOf = (id: string): Term | undefined => glossary.terms.find((one) => one.id === id);
export function marked(text: string): Part[] {
	if (!glossary.terms.length) return [{ text }];
	let matcher = matchers.get(language.now);
	if (!matcher) matchers.set(language.now, (matcher = matcherOf(glossary.terms, language.now)));
	return partsOf(text, matcher, language.now);
}
