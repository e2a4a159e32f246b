// SPDX-License-Identifier: Apache-2.0
// Files become evidence, and evidence comes to records.
import { say } from '../app/toast.svelte';
import { ApiError, get, patch, post, upload } from '../data/client.svelte';
import { learn } from '../data/names.svelte';
import type { AnyRecord, RecordReply } from '../data/types';
import { t } from '../i18n/t.svelte';
import { proofKind } from '../model/model.svelte';

const TURNS_MOST = 8;
const words = (error: unknown): string => (error instanceof ApiError ? error.lines.join(' · ') : String(error));

/** One record of evidence a file. One that fails is named, and takes no other with it. Returns the ids that were made. */
export async function evidenceOf(files: File[]): Promise<string[]> {
	const proof = proofKind();
	const made: string[] = [];
	if (proof)
		for (const file of files)
			try {
				const stored = await upload(file);
				const reply = await post<RecordReply>(`/${proof.kind.kind}`, { title: file.name, [proof.file.name]: stored.id });
				learn({ [reply.record.id]: { kind: proof.kind.kind, key: reply.record.key, title: reply.record.title, state: reply.record.state } });
				made.push(reply.record.id);
			} catch (error) {
				say(t('file.failed', { name: file.name, why: words(error) }), 'bad');
			}
	return made;
}

/** The same evidence to several records of a kind, beside what each has. Says of each that refused why. */
export async function proveMany(kind: string, rows: Pick<AnyRecord, 'id' | 'key'>[], ids: string[]): Promise<{ done: number; refused: { key: string; why: string }[] }> {
	const refused: { key: string; why: string }[] = [];
	for (const row of rows)
		for (let turn = 1; ; turn++)
			try {
				const now = (await get<RecordReply>(`/${kind}/${row.id}`)).record;
				const has = (now.evidence as string[] | undefined) ?? [];
				await patch(`/${kind}/${row.id}`, { evidence: [...has, ...ids.filter((id) => !has.includes(id))] }, now.version);
				break;
			} catch (error) {
				// Somebody else was in between: it is read anew.
				if ((error as ApiError).status === 412 && turn < TURNS_MOST) continue;
				refused.push({ key: row.key, why: words(error) });
				break;
			}
	return { done: rows.length - refused.length, refused };
}
