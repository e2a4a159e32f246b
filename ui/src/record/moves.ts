// SPDX-License-Identifier: Apache-2.0
// Performing a move. One that asks for nothing is done at once; a signature, a stop and an end always ask.
import { say } from '../app/toast.svelte';
import { call } from '../data/client.svelte';
import { learn } from '../data/names.svelte';
import type { AnyRecord, Kind, MoveChoice, RecordReply, Value } from '../data/types';
import { t, w } from '../i18n/t.svelte';
import { applies } from '../model/condition';
import { fieldOf, moveOf, roleOf, stateOf } from '../model/model.svelte';

export function asksNothing(kind: Kind, record: AnyRecord, move: MoveChoice): boolean {
	const declared = moveOf(kind, move.move);
	const asks = (move.asks ?? declared?.asks ?? []).flatMap((name) => fieldOf(kind, name) ?? []).filter((f) => applies(f, record));
	const end = stateOf(kind, move.to);
	return !asks.length && !(move.reason ?? declared?.reason) && !(move.fresh ?? declared?.fresh) && !(move.stop ?? declared?.stop)
		&& !declared?.and_by?.length && !end?.end && end?.tone !== 'rejected' && end?.tone !== 'off';
}
/** Null when the record waits for a second signature. */
export async function perform(kind: Kind, record: AnyRecord, move: MoveChoice, body: Record<string, Value> = {}): Promise<RecordReply | null> {
	const reply = await call<RecordReply & { waits_for?: string[] }>('POST', `/${kind.kind}/${record.id}/moves/${move.move}`, { body });
	if (reply.status === 202) {
		say(t('move.signed', { who: (reply.data.waits_for ?? []).map((one) => signerOf(kind, one)).join(', ') }));
		return null;
	}
	learn(reply.data.names);
	return reply.data;
}
/** Who signs: a role by its title, a relation of the record (@owner) by the title of its field. */
export function signerOf(kind: Kind, one: string): string {
	const name = one.replace(/^@/, '');
	return w(one.startsWith('@') ? fieldOf(kind, name)?.title : roleOf(name)?.title) || name;
}
export const doneWords = (kind: Kind, reply: RecordReply): string =>
	t('move.done', { state: w(stateOf(kind, reply.record.state)?.title) });
