// SPDX-License-Identifier: Apache-2.0
// Answers that are known already: what the record a field points at says under the same name or title, and what the
// latest record of the same kind about the same thing said. They are offered, never taken in silence.
import { get } from '../data/client.svelte';
import { learn } from '../data/names.svelte';
import type { AnyRecord, Field, Kind, ListReply, RecordReply, Ref, Value } from '../data/types';
import { isEmpty } from '../model/condition';
import { isEditable, isEngine, isPerson, kindOf } from '../model/model.svelte';

export interface Carried {
	value: Value;
	from: Ref;
}
const TEXTS = ['text', 'note'];
const plain = (field: Field): string => (field.title.en ?? '').toLowerCase().replace(/s\b/g, '').trim();
const choices = (field: Field): string => JSON.stringify((field.of ?? []).map((one) => one.value).sort());

/** Whether an answer to `there` is an answer to `here`: the same question, of the same type. */
function same(here: Field, there: Field): boolean {
	if (there.computed || isEngine(there) || there.envelope || there.name === 'title' || there.type === 'file' || there.type === 'document') return false;
	if (there.name !== here.name && plain(there) !== plain(here)) return false;
	if (here.type === 'rows' || !!here.many !== !!there.many || choices(here) !== choices(there) || here.to !== there.to) return false;
	return here.type === there.type || (TEXTS.includes(here.type) && TEXTS.includes(there.type));
}
const ref = (record: AnyRecord): Ref => ({ kind: record.kind, id: record.id, key: record.key, title: record.title, state: record.state });

export async function carried(kind: Kind, record: AnyRecord, fields: Field[]): Promise<Record<string, Carried>> {
	const out: Record<string, Carried> = {};
	for (const link of kind.fields.filter((f) => f.type === 'ref' && !f.many && !f.envelope && f.to && isEditable(f) && !isPerson(f) && !isEmpty(record[f.name]))) {
		const target = kindOf(link.to!);
		if (!target) continue;
		const [about, earlier] = await Promise.all([
			get<RecordReply>(`/${target.kind}/${String(record[link.name])}`).catch(() => null),
			link.required ? get<ListReply>(`/${kind.kind}?${link.name}=${String(record[link.name])}&sort=-updated_at&limit=6&fields=${['title', 'state', ...fields.map((f) => f.name)].join(',')}`).catch(() => null) : null
		]);
		learn(about?.names);
		learn(earlier?.names);
		const before = (earlier?.items ?? []).filter((one) => one.id !== record.id);
		for (const field of fields) {
			const told = about && target.fields.find((there) => same(field, there) && !isEmpty(about.record[there.name]));
			const one = before.find((other) => !isEmpty(other[field.name]));
			if (out[field.name] || field.type === 'file' || field.type === 'document') continue;
			// What was written for this very question says more than a word of the system.
			if (one) out[field.name] = { value: one[field.name] as Value, from: ref(one) };
			else if (told) out[field.name] = { value: about.record[told.name] as Value, from: ref(about.record) };
		}
	}
	return out;
}
