// SPDX-License-Identifier: Apache-2.0
// The cards of a story: one question for all that lies beside the record, none for what the record itself names.
import { resource } from '../data/resource.svelte';
import { learn, names } from '../data/names.svelte';
import type { AnyRecord, Choice, Kind, ListReply, Ref, StoryCard, Value, Words } from '../data/types';
import { w } from '../i18n/t.svelte';
import { viewSearch, type View } from '../model/filter';
import { fieldOf, kindOf, stateOf } from '../model/model.svelte';
import { listOf } from '../types/type';
import { byState, gravity, happeningsOf, worstOf, type Counted, type Happening } from './story';

export interface Card {
	id: string;
	kind: string;
	icon: string;
	title: Words;
	href: string;
	/** None while it is asked for. */
	total?: number;
	failed?: string;
	worst?: Choice & { n: number };
	states: Counted[];
	rows: Ref[];
	happenings: Happening[];
	/** More of them than the line of time shows. */
	more: number;
}
interface Beside {
	cards: (ListReply & { kind: string; via: string })[];
}
interface Asked {
	card: StoryCard;
	kind: Kind;
}
const viewOf = (via: string, id: string): View => ({ q: '', sort: '', group: '', filters: [{ field: via, op: 'is', value: id }] });

/** Asks once for those of other kinds that the model names; what a card says follows from the answer. */
export function askCards(kind: () => Kind, id: () => string | undefined): { all: (record: AnyRecord, made: string) => Card[]; reload: () => void; kinds: () => string[] } {
	const asked: Asked[] = (kind().story?.cards ?? []).flatMap((card) => {
		const other = card.kind ? kindOf(card.kind) : undefined;
		if (!other) return [];
		return [{ card, kind: other }];
	});
	const reply = resource<Beside>(() => (id() ? `/${kind().kind}/${id()}/story` : null));
	$effect(() => { for (const one of reply.data?.cards ?? []) learn(one.names); });
	const related = (one: Asked, record: AnyRecord, made: string): Card => {
		const { card, kind: other } = one;
		const data = reply.data?.cards.find((found) => found.kind === other.kind && found.via === card.via);
		const rank = (row: AnyRecord): number => {
			const worst = card.worst ? (fieldOf(other, card.worst)?.of ?? []) : [];
			const value = worst.find((choice) => card.worst && String(choice.value) === String(row[card.worst]));
			return gravity(value?.tone) * 100 + gravity(stateOf(other.kind, row.state)?.tone);
		};
		return {
			id: `${other.kind} ${card.via}`, kind: other.kind, icon: other.icon ?? 'file', title: other.plural,
			href: `/k/${other.kind}${viewSearch(viewOf(card.via!, record.id))}`,
			total: data?.total, failed: data ? undefined : reply.error?.message,
			worst: card.worst ? worstOf(data?.facets?.[card.worst], fieldOf(other, card.worst)) : undefined,
			states: byState(data?.facets?.state, other.states),
			rows: [...(data?.items ?? [])].sort((a, b) => rank(a) - rank(b)).map((row) => ({ kind: other.kind, id: row.id, key: row.key, title: row.title, state: row.state })),
			happenings: (data?.items ?? []).flatMap((row) => happeningsOf(row, other.kind, card.dates ?? [], (field) => fieldTitle(other, field), made)),
			more: Math.max(0, (data?.total ?? 0) - (data?.items.length ?? 0))
		};
	};
	const own = (card: StoryCard, record: AnyRecord): Card[] => {
		const field = fieldOf(kind(), card.field!);
		const other = field?.to ? kindOf(field.to) : undefined;
		if (!field || !other) return [];
		const rows = listOf(record[field.name] as Value).flatMap((one) => {
			const name = names.get(one);
			return name ? [{ kind: name.kind, id: one, key: name.key, title: name.title, state: name.state ?? '' }] : [];
		});
		const counts: Record<string, number> = {};
		for (const row of rows) counts[row.state] = (counts[row.state] ?? 0) + 1;
		return [{ id: `field ${field.name}`, kind: other.kind, icon: other.icon ?? 'file', title: field.title, href: `/k/${kind().kind}/${record.key}?tab=relations`, total: rows.length, states: byState(counts, other.states), rows, happenings: [], more: 0 }];
	};
	return {
		all: (record, made) => (kind().story?.cards ?? []).flatMap((card) => {
			if (card.field) return own(card, record);
			const one = asked.find((other) => other.card === card);
			return one ? [related(one, record, made)] : [];
		}),
		reload: () => void reply.reload(),
		kinds: () => asked.map((one) => one.kind.kind)
	};
}
const fieldTitle = (kind: Kind, field: string): string => w(fieldOf(kind, field)?.title);
