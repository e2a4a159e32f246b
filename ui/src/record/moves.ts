// SPDX-License-Identifier: Apache-2.0
// Performing a move. One that asks for nothing is done at once; a signature, a stop and an end always ask.
import { say } from '../app/toast.svelte';
import { ApiError, call, get } from '../data/client.svelte';
import { learn } from '../data/names.svelte';
import type { AnyRecord, Field, Kind, MoveChoice, MovesReply, RecordReply, Turn, Value } from '../data/types';
import { t, w } from '../i18n/t.svelte';
import { applies, needOf } from '../model/condition';
import { fieldOf, moveOf, roleOf, stateOf } from '../model/model.svelte';
import { filesOf } from '../shown/viewing.svelte';

/** What a move asks for; some of it only when another answer makes it necessary. */
export function asksOf(kind: Kind, record: AnyRecord, move: MoveChoice): Field[] {
	const always = moveOf(kind, move.move)?.asks ?? move.asks ?? [];
	const takes = moveOf(kind, move.move)?.takes ?? [];
	return (move.asks ?? always).flatMap((name) => fieldOf(kind, name) ?? [])
		.filter((f) => applies(f, record) && (always.includes(f.name) || takes.includes(f.name) || needOf(f, record, move.to) === 'now'));
}
/** For whom a record waits, in words; `me` is never told to be somebody else. */
export function turnWords(kind: Kind, turn: Turn): string {
	return turn.waits_for.map((one) => (one.person ? one.name || one.person : one.role ? w(one.title) : w(fieldOf(kind, one.field ?? '')?.title) || one.field)
		+ (one.vacant ? ` (${t('turn.vacant')})` : '')).join(', ');
}
/** The files that a move finds good or not good: whoever decides it is shown them. */
export function looksAt(kind: Kind, record: AnyRecord, move: MoveChoice): string[] {
	const tone = stateOf(kind, move.to)?.tone;
	if ((tone !== 'ok' && tone !== 'rejected') || move.move === 'archive') return [];
	return filesOf(kind, record);
}
/** Whether more than one person signs, for this record as it is. */
export const wantedOf = (move: MoveChoice): number => (move.steps ?? []).reduce((sum, one) => sum + (one.applies ? one.count : 0), 0);
export const takesMany = (move: MoveChoice): boolean => wantedOf(move) > 1;
/** Who still has to sign beside those who have, and beside the reader when `mine` says so: by step, with how many of them. */
export function missingSigners(kind: Kind, move: MoveChoice, mine = false): string {
	return (move.steps ?? []).flatMap((one, at) => {
		const left = one.applies ? one.count - one.signed - (mine && move.step === at + 1 ? 1 : 0) : 0;
		const who = one.by.map((name) => signerOf(kind, name)).join(` ${t('word.or')} `);
		return left > 1 ? [t('move.several', { n: left, who })] : left > 0 ? [who] : [];
	}).join(move.ordered ? ` ${t('word.then')} ` : ', ');
}
export function asksNothing(kind: Kind, record: AnyRecord, move: MoveChoice): boolean {
	const declared = moveOf(kind, move.move);
	const asks = asksOf(kind, record, move);
	const end = stateOf(kind, move.to);
	return !asks.length && !looksAt(kind, record, move).length && !(move.reason ?? declared?.reason) && !(move.fresh ?? declared?.fresh) && !(move.stop ?? declared?.stop)
		&& !takesMany(move) && !end?.end && end?.tone !== 'rejected' && end?.tone !== 'off';
}
/** Whether a text is the answer to a move and not a fact of the record: several moves ask for it, each for its own.
    What was said for one of them never stands as what is said for another. */
export const isAnswer = (kind: Kind, name: string): boolean =>
	fieldOf(kind, name)?.type === 'note' && kind.moves.filter((one) => one.asks?.includes(name)).length > 1;
/** Null when the record waits for a second signature. */
export async function perform(kind: Kind, record: AnyRecord, move: { move: string }, body: Record<string, Value> = {}): Promise<RecordReply | null> {
	const path = `/${kind.kind}/${record.id}/moves`;
	let reply;
	try {
		reply = await call<RecordReply & { waits_for?: string[] }>('POST', `${path}/${move.move}`, { body });
	} catch (error) {
		if (error instanceof ApiError && error.status === 409) await nameRecords(path, move.move, error);
		throw error;
	}
	if (reply.status === 202) {
		say(t('move.signed', { who: (reply.data.waits_for ?? []).map((one) => signerOf(kind, one)).join(', ') }));
		return null;
	}
	learn(reply.data.names);
	return reply.data;
}
/** A refusal says what is in the way; which records those are is told with the moves. */
async function nameRecords(path: string, move: string, error: ApiError): Promise<void> {
	const known = await get<MovesReply>(path).catch(() => null);
	const why = known?.moves.find((one) => one.move === move)?.why_not ?? [];
	error.errors = error.errors.map((problem) => ({ ...problem, records: problem.records ?? why.find((one) => one.code === problem.code && one.message === problem.message)?.records }));
}
/** Who signs: a role by its title, a relation of the record (@owner) by the title of its field. */
export function signerOf(kind: Kind, one: string): string {
	const name = one.replace(/^@/, '').replace(/:.*$/, '');
	return w(one.startsWith('@') ? fieldOf(kind, name)?.title : roleOf(name)?.title) || name;
}
export const doneWords = (kind: Kind, reply: RecordReply): string =>
	t('move.done', { state: w(stateOf(kind, reply.record.state)?.title) });
