// SPDX-License-Identifier: Apache-2.0
// What happened to a system while its figures were taken: days of its own and of records beside it, as the story of its
// kind names them (`marks`). Numbered in the order of time: the number stands in the picture, the words beside it.
import type { AnyRecord, Kind, ListReply } from '../data/types';
import { happeningsOf, type Happening } from '../story/story';

export interface Mark extends Happening {
	n: number;
}
export interface Beside {
	cards: (ListReply & { kind: string; via: string })[];
}
type Named = (kind: string, field: string) => string;

export function happenedOf(kind: Kind, record: AnyRecord, beside: Beside, titleOf: Named, span?: [number, number]): Mark[] {
	const own = happeningsOf(record, 'own', kind.story?.marks ?? [], (field) => titleOf(kind.kind, field), '');
	const others = (kind.story?.cards ?? []).flatMap((card) => {
		const found = card.kind && card.marks?.length ? beside.cards.find((one) => one.kind === card.kind && one.via === card.via) : undefined;
		return (found?.items ?? []).flatMap((row) => happeningsOf({ ...row, kind: card.kind! }, card.kind!, card.marks!, (field) => titleOf(card.kind!, field), ''));
	});
	const seen = (one: Happening): boolean => !span || (Date.parse(one.on) + 86400000 > span[0] && Date.parse(one.on) <= span[1]);
	return [...own, ...others].filter(seen).sort((a, b) => a.on.localeCompare(b.on) || a.record.key.localeCompare(b.record.key)).map((one, at) => ({ ...one, n: at + 1 }));
}
/** Those of one day stand at one place. */
export function placesOf(marks: Mark[]): { on: string; label: string }[] {
	const by = new Map<string, number[]>();
	for (const one of marks) by.set(one.on, [...(by.get(one.on) ?? []), one.n]);
	return [...by].map(([on, all]) => ({ on, label: all.length > 2 ? `${all[0]}–${all.at(-1)}` : all.join(', ') }));
}
