// SPDX-License-Identifier: Apache-2.0
// Words of the pages. Keys are typed from en.json; one language is loaded at a time.
// `{n}` is replaced; `{n|record|records}` chooses by the plural rule of the language.
import { keptName } from '../data/place';
import type { Words } from '../data/types';
import type en from './en.json';

export type Key = keyof typeof en;
export type Language = 'en' | 'zh';

export const language = $state<{ now: Language }>({ now: guessLanguage() });
let dictionary = $state.raw<Record<string, string>>({});

export async function useLanguage(wanted: Language): Promise<void> {
	const module = wanted === 'zh' ? await import('./zh.json') : await import('./en.json');
	dictionary = module.default;
	language.now = wanted;
	document.documentElement.lang = wanted === 'zh' ? 'zh-CN' : 'en';
}
export function guessLanguage(): Language {
	const kept = localStorage.getItem(keptName('lang'));
	if (kept === 'en' || kept === 'zh') return kept;
	return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

type Vars = Record<string, string | number>;
export function fill(sentence: string, vars: Vars, lang: Language): string {
	return sentence.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, other?: string) => {
		const value = vars[name];
		if (value === undefined) return whole;
		if (one !== undefined) return new Intl.PluralRules(lang).select(Number(value)) === 'one' ? one : (other ?? '');
		return typeof value === 'number' ? new Intl.NumberFormat(locale(lang)).format(value) : value;
	});
}
export function t(key: Key, vars?: Vars): string {
	const sentence = dictionary[key] ?? key;
	return vars ? fill(sentence, vars, language.now) : sentence;
}
/** The words that are loaded, to see whether there is one for a code. */
export const words = (): Record<string, string> => dictionary;
export const locale = (lang: Language = language.now): string => (lang === 'zh' ? 'zh-CN' : 'en-GB');

/** A title of the model in the middle of a sentence: “New risk”, but “New AI system”. */
export function within(words: Words | undefined): string {
	const title = w(words);
	return language.now === 'en' && /^[A-Z][a-z]/.test(title) ? title[0]!.toLowerCase() + title.slice(1) : title;
}

/** Words of the model in the reader's language. */
export function w(words: Words | string | null | undefined): string {
	if (!words) return '';
	if (typeof words === 'string') return words;
	return (language.now === 'zh' ? words.zh : words.en) || words.en || words.zh || '';
}
