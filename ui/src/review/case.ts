// SPDX-License-Identifier: Apache-2.0
// What a case that waits for a person is, and which step of the model each key stands for. The kind is the one that the
// model calls the review; its steps and fields are those that the loader asks of it.
import type { AnyRecord, Choice, Kind, Move, Value } from '../data/types';
import { fieldOf, kinds, moveOf } from '../model/model.svelte';

export const reviewKind = (): Kind | undefined => kinds().find((kind) => kind.is === 'review');
/** The kind whose record says what people look at, of a system. */
export const planKind = (): Kind | undefined => kinds().find((kind) => kind.is === 'review_plan');

const TAKES = ['claim', 'claim_blind', 'claim_second'];
const takes = (kind: Kind): Move[] => TAKES.flatMap((name) => moveOf(kind, name) ?? []);
/** The roles that take cases from the queue. */
export const takers = (kind: Kind): string[] => [...new Set(takes(kind).flatMap((move) => move.by.filter((by) => !by.startsWith('@'))))];
/** The states in which a case waits for whoever takes it, and in which somebody has it. */
export const waitingIn = (kind: Kind): string[] => [...new Set(takes(kind).flatMap((move) => move.from))];
export const takenIn = (kind: Kind): string[] => [...new Set(takes(kind).map((move) => move.to))];

/** The step by which this case is taken. */
export function takeMove(kind: Kind, record: AnyRecord): string | undefined {
	const fits = takes(kind).filter((move) => move.from.includes(record.state)).map((move) => move.move);
	return fits.length < 2 ? fits[0] : record.blind ? 'claim_blind' : 'claim';
}
export const isTaken = (kind: Kind, record: AnyRecord): boolean => takenIn(kind).includes(record.state);
export const isTakenBy = (kind: Kind, record: AnyRecord, person: string): boolean => isTaken(kind, record) && record.claimed_by === person;
/** Another has decided, and this person says whether it is so. */
export const isSecond = (kind: Kind, record: AnyRecord): boolean => moveOf(kind, 'confirm')?.from.includes(record.state) ?? false;
/** One's own verdict comes before what the system says. */
export const wantsVerdict = (kind: Kind, record: AnyRecord): boolean => !!record.blind && !isSecond(kind, record) && isTaken(kind, record) && !record.own_verdict;
export const backMove = (kind: Kind, record: AnyRecord): string => (isSecond(kind, record) ? 'put_back_second' : 'put_back');

export type Verdict = 'agree' | 'change' | 'refuse' | 'up' | 'confirm' | 'differ';
export interface Said {
	what: Verdict;
	changed?: string;
	code?: string;
	reason?: string;
	note?: string;
}
/** What is sent for it. */
export function stepOf(record: AnyRecord, said: Said): { move: string; body: Record<string, Value> } {
	if (said.what === 'up') return { move: 'escalate', body: { reason: said.reason ?? '' } };
	if (said.what === 'differ') return { move: 'differ', body: { reason: said.reason ?? '' } };
	if (said.what === 'confirm') return { move: 'confirm', body: {} };
	const body: Record<string, Value> = { decision: said.what };
	if (said.what === 'change') body.changed_to = said.changed ?? '';
	if (said.what !== 'agree' && said.code) body.reason_code = said.code;
	if (said.note) body.note = said.note;
	return { move: record.second ? 'decide_first' : 'decide', body };
}

/** The keys of the reasons, in the order of the model. */
export const REASON_KEYS = ['q', 'w', 'e', 'r', 't', 'y'];
export const reasonsOf = (kind: Kind): Choice[] => fieldOf(kind, 'reason_code')?.of ?? [];

/** The words a person has lately decided with, the most frequent first. */
export function lately(records: AnyRecord[], most = 3): string[] {
	const seen = new Map<string, number>();
	for (const record of records)
		for (const name of ['own_verdict', 'changed_to', 'ai_verdict']) {
			const word = String(record[name] ?? '').trim();
			if (word && word.length <= 40) seen.set(word, (seen.get(word) ?? 0) + 1);
		}
	return [...seen].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, most).map(([word]) => word);
}
