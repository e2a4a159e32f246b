// SPDX-License-Identifier: Apache-2.0
// A record of a framework's register is called after its requirement, in the words of whoever made the register.
// Readers see it in their own language; a title that somebody has changed stays as it was written.
import type { Words } from '../data/types';
import { t, w } from '../i18n/t.svelte';
import { frameworkDetail } from './frameworks';
import { isRegister, model } from './model.svelte';

let given = $state.raw(new Map<string, Words>());

/** What the server calls a record of which the title was taken out. */
const GONE = '[redacted]';

/** The title of a record as its reader reads it. */
export function titleOf(kind: string | undefined, title: string): string {
	if (title === GONE) return t('redact.titleGone');
	const words = given.get(title);
	return words && kind && isRegister(kind) ? w(words) : title;
}
export async function learnTitles(): Promise<void> {
	const found = new Map<string, Words>();
	for (const { framework, register } of model.now?.frameworks ?? []) {
		if (!register) continue;
		const detail = await frameworkDetail(framework);
		for (const { id, title } of detail.rows) {
			const words: Words = { en: `${id} ${title.en || title.zh}`, zh: `${id} ${title.zh || title.en}` };
			for (const one of [words.en, words.zh]) if (one) found.set(one, words);
		}
	}
	given = found;
}
