// SPDX-License-Identifier: Apache-2.0
// The value of a document as the server has it (docs/model.md §2.1).
import type { Value } from '../../data/types';
import { language } from '../../i18n/t.svelte';

export interface Language {
	title?: string;
	text?: string;
	file?: string;
	compared?: number;
	/** Computed: the version of the record in which it last changed, and since which it is not in step. */
	changed?: number;
	behind?: number;
}
export interface Languages {
	lead: string;
	versions: Record<string, Language>;
}
export const TEXT_MOST = 60_000, TITLE_MOST = 300, LANGUAGES_MOST = 8;
/** Those that are offered; a program may send any other. */
export const OFFERED = ['en', 'zh', 'zh-Hant', 'ar', 'de', 'es', 'fr', 'hi', 'id', 'it', 'ja', 'ko', 'ms', 'nl', 'pl', 'pt', 'ru', 'th', 'tr', 'uk', 'vi'];

export const languagesOf = (value: Value): Languages => {
	const given = value as unknown as Partial<Languages> | null | undefined;
	const versions = given && typeof given === 'object' ? (given.versions ?? {}) : {};
	return { lead: given?.lead ?? Object.keys(versions)[0] ?? '', versions };
};
/** The leading one first. */
export const tagsOf = (value: Languages): string[] => Object.keys(value.versions).sort((a, b) => Number(b === value.lead) - Number(a === value.lead) || a.localeCompare(b));
const shown = new Map<string, Intl.DisplayNames>();
export function languageName(tag: string): string {
	let names = shown.get(language.now);
	if (!names) shown.set(language.now, (names = new Intl.DisplayNames([language.now === 'zh' ? 'zh-CN' : 'en'], { type: 'language' })));
	try {
		return names.of(tag) ?? tag;
	} catch {
		return tag;
	}
}
/** The language of the reader when there is it, else the leading one. */
export const firstFor = (value: Languages): string => {
	const tags = tagsOf(value);
	return tags.find((tag) => tag === language.now) ?? tags.find((tag) => tag.startsWith(language.now)) ?? tags[0] ?? '';
};
