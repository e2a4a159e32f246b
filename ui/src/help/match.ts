// SPDX-License-Identifier: Apache-2.0
// Where a text of the model names a term of the glossary: the longest wording first, each term once in a text, whole
// words in English (with a plural), the exact words in Chinese. The same text gives the same parts. Pure.
import type { Term } from '../data/types';

export interface Part {
	text: string;
	term?: Term;
}
export type Matcher = { form: string; term: Term; exact: boolean }[];

const LETTER = /[\p{L}\p{N}_]/u;
/** Written with capitals of its own (SoA, AIMS): only so. */
const ownCapitals = (form: string): boolean => /[A-Z].*[A-Z]/.test(form.replace(/^AI /, ''));

/** The wordings that are looked for, the longest first. Words that are too common are no links. */
export function matcherOf(terms: Term[], language: 'en' | 'zh'): Matcher {
	return terms
		.filter((term) => !term.quiet)
		.flatMap((term) => [term[language], ...(term.also?.[language] ?? [])].map((form) => ({ form, term, exact: language === 'zh' || ownCapitals(form) })))
		.sort((a, b) => b.form.length - a.form.length || (a.form < b.form ? -1 : 1));
}
function find(text: string, low: string, one: Matcher[number], chinese: boolean, taken: boolean[]): [number, number] | undefined {
	const form = one.exact ? one.form : one.form.toLowerCase();
	const where = one.exact ? text : low;
	for (let at = where.indexOf(form); at >= 0; at = where.indexOf(form, at + 1)) {
		let end = at + form.length;
		if (!chinese) {
			if (at > 0 && LETTER.test(text[at - 1]!)) continue;
			const rest = /^(es|s)(?![\p{L}\p{N}_])/u.exec(text.slice(end));
			if (rest) end += rest[0].length;
			else if (end < text.length && LETTER.test(text[end]!)) continue;
		}
		if (!taken.slice(at, end).some(Boolean)) return [at, end];
	}
	return undefined;
}
export function partsOf(text: string, matcher: Matcher, language: 'en' | 'zh'): Part[] {
	const taken = new Array<boolean>(text.length).fill(false);
	const low = text.toLowerCase();
	const found: { at: number; end: number; term: Term }[] = [];
	for (const one of low.length === text.length ? matcher : []) {
		if (found.some((hit) => hit.term === one.term)) continue;
		const hit = find(text, low, one, language === 'zh', taken);
		if (!hit) continue;
		taken.fill(true, hit[0], hit[1]);
		found.push({ at: hit[0], end: hit[1], term: one.term });
	}
	const out: Part[] = [];
	let at = 0;
	for (const hit of found.sort((a, b) => a.at - b.at)) {
		if (hit.at > at) out.push({ text: text.slice(at, hit.at) });
		out.push({ text: text.slice(hit.at, hit.end), term: hit.term });
		at = hit.end;
	}
	if (at < text.length || !out.length) out.push({ text: text.slice(at) });
	return out;
}
