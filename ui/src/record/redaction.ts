// SPDX-License-Identifier: Apache-2.0
// Which entry of the ledger took something out of a record. Everything older than a redaction that holds what it
// names was emptied by the first one that came after.
import type { AnyRecord, HistoryItem, Kind, Redaction, RedactionDone } from '../data/types';
import { t, w } from '../i18n/t.svelte';
import { fieldOf } from '../model/model.svelte';

const WORDS = ['text', 'note', 'rows', 'file', 'document'];

export const redactionsOf = (record: AnyRecord): RedactionDone[] => (record.redactions as RedactionDone[] | undefined) ?? [];
/** Whether a field of the record is empty because its content was taken out. */
export const isRedacted = (record: AnyRecord, field: string): boolean => ((record.redacted as string[] | undefined) ?? []).includes(field);
/** The entry by which a field of the record as it stands was emptied last. */
export const entryOf = (record: AnyRecord, field: string): number | undefined => redactionsOf(record).find((one) => one.fields.includes(field))?.entry;
/** The entry by which comments of that moment were emptied. */
export const commentEntry = (record: AnyRecord, at: string): number | undefined =>
	[...redactionsOf(record)].reverse().find((one) => one.fields.includes('_comments') && one.at >= at)?.entry;

const isRedaction = (item: HistoryItem): boolean => item.act === 'record.redact';
/** Versions that say something of the record and changed no field of it, and the redaction itself. */
const changesNothing = /^record\.(sign|hold|release|redact)$/;
/** What is gone from a version, by the entry that took it out; `items` are the newest first, down to this one. A version
    after the redaction has nothing of it that could be gone: there the field was merely empty. */
export function goneFrom(items: HistoryItem[], item: HistoryItem): { entry: number | undefined; fields: string[] }[] {
	const gone = new Map<number | undefined, string[]>();
	if (changesNothing.test(item.act)) return [];
	const done = items.filter(isRedaction).reverse();
	for (const field of item.redacted ?? []) {
		const by = done.find((one) => one.version > item.version && one.redacted?.includes(field));
		if (by) gone.set(by.ledger, [...(gone.get(by.ledger) ?? []), field]);
	}
	return [...gone].map(([entry, fields]) => ({ entry, fields }));
}
/** What a redaction of everything takes: words, tables and files. Choices, dates and numbers are named one by one. */
export const goesWithAll = (kind: Kind, field: string): boolean => WORDS.includes(fieldOf(kind, field)?.type ?? '');
/** What was asked for, in words. */
export const partWords = (kind: Kind, parts: string[]): string[] =>
	parts.map((one) => (one === '_reasons' ? t('redact.reasons') : one === '_comments' ? t('redact.comments') : w(fieldOf(kind, one)?.title) || one));
export const isThere = (view: Redaction): boolean => view.fields.length + view.reasons + view.comments > 0;
