// SPDX-License-Identifier: Apache-2.0
// Which file is shown beside the record, and which come before and after it.
import { tick } from 'svelte';
import { learn } from '../data/names.svelte';
import { get } from '../data/client.svelte';
import type { AnyRecord, Kind, RecordReply, Value } from '../data/types';
import { proofKind } from '../model/model.svelte';
import { languagesOf, tagsOf } from '../types/document/document';
import { listOf } from '../types/type';

export interface Viewed {
	id: string;
	/** The piece of evidence it belongs to, when that is not the record itself. */
	of?: string;
}
const EVIDENCE_MOST = 30;

/** `own`: files of the record whose page is open; null when no page shows files beside itself. */
export const viewing = $state<{ own: Viewed[] | null; list: Viewed[]; at: number }>({ own: null, list: [], at: 0 });
export const current = (): Viewed | undefined => viewing.list[viewing.at];

let opener: HTMLElement | null = null;
/** Shows a file among others; whoever opened it gets the focus back. */
export function view(id: string, list: Viewed[] = viewing.own ?? []): void {
	if (!current()) opener = document.activeElement as HTMLElement | null;
	const at = list.findIndex((one) => one.id === id);
	viewing.list = at < 0 ? [{ id }] : list;
	viewing.at = Math.max(at, 0);
}
export function step(by: number): void {
	const next = viewing.at + by;
	if (next >= 0 && next < viewing.list.length) viewing.at = next;
}
export async function close(refocus = true): Promise<void> {
	if (!current()) return;
	viewing.list = [];
	await tick();
	if (refocus) (opener?.isConnected && opener !== document.body ? opener : document.querySelector<HTMLElement>('main h1'))?.focus();
	opener = null;
}

/** Files that stand in the record itself, in the order of its fields: also those of a document in several languages. */
export function filesOf(kind: Kind, record: AnyRecord): string[] {
	const found = kind.fields.filter((f) => !f.computed).flatMap((field) => {
		const value = record[field.name] as Value;
		if (field.type === 'file') return listOf(value);
		if (field.type !== 'document') return [];
		const all = languagesOf(value);
		return tagsOf(all).flatMap((tag) => all.versions[tag]!.file ?? []);
	});
	return found.filter((id, at) => found.indexOf(id) === at);
}
/** Files of the record's evidence, each read as its own record: only what the reader may see of it comes back. */
export async function proofOf(record: AnyRecord): Promise<Viewed[]> {
	const proof = proofKind();
	const ids = listOf(record.evidence as Value).filter((id, at, all) => all.indexOf(id) === at).slice(0, EVIDENCE_MOST);
	if (!proof) return [];
	const all = await Promise.all(ids.map(async (id) => {
		const reply = await get<RecordReply>(`/${proof.kind.kind}/${id}`).catch(() => null);
		learn(reply?.names);
		return reply ? filesOf(proof.kind, reply.record).map((file) => ({ id: file, of: id })) : [];
	}));
	return all.flat();
}
