// SPDX-License-Identifier: Apache-2.0
// A list in groups: in the order the model declares, or by name; a folded group keeps its heading and count.
import type { AnyRecord, Field, Kind } from '../data/types';
import { isEmpty } from '../model/condition';

/** What a facet calls a value: empty is '', yes and no are 1 and 0. */
export const groupKey = (value: unknown): string => (isEmpty(value) ? '' : value === true ? '1' : value === false ? '0' : String(value));

export interface Group {
	key: string;
	value: unknown;
	items: AnyRecord[];
}
/** Records by the value of `field`. Until all are here the server's order stays, so that nothing jumps. */
export function grouped(items: AnyRecord[], field: Field, kind: Kind, whole: boolean, nameOf: (value: string) => string): Group[] {
	const by = new Map<string, Group>();
	for (const record of items) {
		const key = groupKey(record[field.name]);
		const group = by.get(key) ?? { key, value: record[field.name] ?? null, items: [] };
		group.items.push(record);
		by.set(key, group);
	}
	const all = [...by.values()];
	if (!whole) return all;
	const declared = field.name === 'state' ? kind.states.map((s) => s.state) : (field.of ?? []).map((c) => String(c.value));
	const place = (group: Group): number => (group.key === '' ? declared.length + 1 : declared.includes(group.key) ? declared.indexOf(group.key) : declared.length);
	const named = (group: Group): string => (declared.length || group.key === '' ? '' : nameOf(group.key));
	return all.sort((a, b) => place(a) - place(b) || named(a).localeCompare(named(b)));
}
