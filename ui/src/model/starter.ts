// SPDX-License-Identifier: Apache-2.0
// Starters: which items fit, what of them is there already, and an item as a new record in the reader's language.
import type { StarterItem } from '../data/begin';
import type { Kind, Value, Words } from '../data/types';

const isBoth = (value: unknown): value is Words => {
	const one = value as Partial<Words> | null;
	return !!one && typeof one === 'object' && !Array.isArray(one) && Object.keys(one).length === 2 && typeof one.en === 'string' && typeof one.zh === 'string';
};
/** The places that the program itself fills in. */
const OWN_NAME = /\{\{(?:name of the organisation|组织名称)\}\}/g;

/** A value as it goes to the server: texts in one language, the organisation's own name where it belongs. */
export function plain(value: unknown, language: 'en' | 'zh', organisation: string): unknown {
	if (typeof value === 'string') return value.replace(OWN_NAME, organisation);
	if (isBoth(value)) return plain(value[language], language, organisation);
	if (Array.isArray(value)) return value.map((one) => plain(one, language, organisation));
	if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one, language, organisation)]));
	return value;
}
export const valuesOf = (item: StarterItem, language: 'en' | 'zh', organisation: string): Record<string, Value> =>
	plain(item.set, language, organisation) as Record<string, Value>;

/** Rows that name nobody and no day, where the register asks for both: whoever takes them, and three months from now. */
export function complete(kind: Kind, values: Record<string, Value>, me: string, day: string): Record<string, Value> {
	const out = { ...values };
	for (const field of kind.fields) {
		const rows = out[field.name];
		if (field.type !== 'rows' || !Array.isArray(rows)) continue;
		const stand = Object.fromEntries((field.columns ?? []).flatMap((column): [string, string][] =>
			!column.required ? [] : column.type === 'date' ? [[column.name, day]] : column.type === 'ref' && column.to === 'person' ? [[column.name, me]] : []));
		out[field.name] = (rows as unknown as Record<string, Value>[]).map((row) => ({ ...stand, ...row })) as unknown as Value;
	}
	return out;
}

export const titleOf = (item: StarterItem): Words => item.set.title as unknown as Words;
/** Whether a record of that title exists, in whichever language it was taken. */
export const isThere = (item: StarterItem, titles: Set<string>): boolean => titles.has(titleOf(item).en) || titles.has(titleOf(item).zh ?? '');

/** Of everybody, or of this field of work; `wanted`: items of other starters that are in use here. */
export function fits(item: StarterItem, sector: string, wanted: Set<string>): boolean {
	const here = !item.sectors || (sector !== '' && item.sectors.includes(sector));
	return here && (!item.with || item.with.some((id) => wanted.has(id)));
}
