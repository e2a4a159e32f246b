// SPDX-License-Identifier: Apache-2.0
import { t } from '../../i18n/t.svelte';
import { fileName } from '../../model/format';
import type { Value as Kept } from '../../data/types';
import type { Type } from '../type';
import { languageName, languagesOf, tagsOf } from './document';
import Filter from './Filter.svelte';
import Input from './Input.svelte';
import { plain } from './rich';
import Value from './Value.svelte';

/** For the history and where there is no room: each language with its title and its words. */
function words(value: unknown): string {
	const all = languagesOf(value as Kept);
	return tagsOf(all).map((tag) => {
		const one = all.versions[tag]!;
		const said = [one.title, one.file ? fileName(one.file) : plain(one.text ?? '')].filter(Boolean).join('\n');
		return `${languageName(tag)}${one.compared ? ` (${t('doc.comparedWith', { n: String(one.compared) })})` : ''}: ${said}`;
	}).join('\n\n');
}
export const document: Type = {
	input: Input, value: Value, filter: Filter,
	text: (_, value) => words(value),
	read: (typed) => typed,
	width: () => [120, 200],
	cell: '220px', wide: true
};
