// SPDX-License-Identifier: Apache-2.0
// What a picker offers for a field that points somewhere.
import { get } from '../data/client.svelte';
import { learn, names } from '../data/names.svelte';
import type { Field, ListReply, Person } from '../data/types';
import { w } from '../i18n/t.svelte';
import type { Option } from '../kit/Picker.svelte';
import { nameOf } from './format';
import { frameworkDetail } from './frameworks';
import { kinds, model, roles, stateOf } from './model.svelte';
import { meant } from './pinyin';
import { titleOf } from './titles.svelte';

const matches = (q: string, ...texts: string[]): boolean => texts.some((one) => one.toLowerCase().includes(q.toLowerCase()));

/** People of that name, or whose Chinese name has these first letters. */
export async function peopleMeant(q: string): Promise<Person[]> {
	const ask = async (path: string): Promise<Person[]> => (await get<{ items: Person[] }>(path)).items.filter((one) => !one.disabled);
	const found = await ask(`/people?q=${encodeURIComponent(q)}&limit=20`);
	if (found.length || !/^[a-z]{2,6}$/i.test(q.trim())) return found;
	return (await ask('/people?limit=5000')).filter((one) => meant(one.name, q));
}
async function people(q: string): Promise<Option[]> {
	const items = await peopleMeant(q);
	const several = (one: Person): boolean => items.some((other) => other !== one && other.name === one.name);
	// What the server says of two people of a name stays: it knows them all, this list only some.
	const key = (one: Person): string => names.get(one.id)?.key || (several(one) ? (one.email ?? one.id) : '');
	learn(Object.fromEntries(items.map((one) => [one.id, { kind: 'person', key: key(one), title: one.name }])));
	return items.slice(0, 30).map((one) => ({ value: one.id, label: several(one) && !one.email ? nameOf(one.id) : one.name, hint: one.email }));
}
async function records(kind: string, q: string): Promise<Option[]> {
	const reply = await get<ListReply>(`/${kind}?q=${encodeURIComponent(q)}&limit=20&fields=title,state`);
	learn(reply.names);
	learn(Object.fromEntries(reply.items.map((one) => [one.id, { kind, key: one.key, title: one.title, state: one.state }])));
	return reply.items.map((one) => ({ value: one.id, label: titleOf(kind, one.title), key: one.key, hint: w(stateOf(kind, one.state)?.title) }));
}
async function allRequirements(): Promise<Option[]> {
	const lists = await Promise.all((model.now?.frameworks ?? []).map(({ framework }) => frameworkDetail(framework)));
	return lists.flatMap((detail) => detail.rows.map((row) => ({ value: `${detail.framework}:${row.id}`, label: w(row.title), key: row.id })));
}
export function finder(field: Field): (q: string) => Promise<Option[]> {
	if (field.to === 'person') return people;
	if (field.to === 'role')
		return async (q) => roles().filter((r) => matches(q, w(r.title), r.code)).map((r) => ({ value: r.role, label: w(r.title), hint: r.code }));
	if (field.to === 'requirement')
		return async (q) => (await allRequirements()).filter((o) => matches(q, o.label, o.key ?? '')).slice(0, 60);
	return (q) => records(field.to ?? kinds()[0]?.kind ?? '', q);
}
/** Choices as a picker, for lists too long to show at once. */
export const choiceFinder = (field: Field) => async (q: string): Promise<Option[]> =>
	(field.of ?? []).filter((c) => matches(q, w(c.title), String(c.value))).map((c) => ({ value: String(c.value), label: w(c.title), hint: w(c.about) }));
