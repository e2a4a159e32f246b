// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { AnyRecord, HistoryItem } from '../src/data/types';
import { commentEntry, entryOf, goneFrom, isRedacted } from '../src/record/redaction';

const item = (version: number, act: string, redacted: string[]): HistoryItem =>
	({ version, act, redacted, ledger: version * 10, at: '', actor: { id: '', name: '', type: 'user' } });

describe('redaction', () => {
	// Written, redacted, written again, redacted with another field; the newest first.
	const items = [item(5, 'record.redact', ['cause', 'effect']), item(4, 'record.update', ['effect']), item(3, 'record.update', ['cause']), item(2, 'record.redact', ['effect']), item(1, 'record.create', ['cause', 'effect'])];

	it('names the first redaction after a version that took the field', () => {
		expect(goneFrom(items, items[4]!)).toEqual([{ entry: 50, fields: ['cause'] }, { entry: 20, fields: ['effect'] }]);
		expect(goneFrom(items, items[1]!)).toEqual([{ entry: 50, fields: ['effect'] }]);
	});
	it('says nothing of a field that was merely empty after its redaction, nor of the redaction itself', () => {
		expect(goneFrom(items.slice(2), items[2]!)).toEqual([]);
		expect(goneFrom(items, items[0]!)).toEqual([]);
		expect(goneFrom([items[0]!, item(4, 'record.sign', ['effect'])], item(4, 'record.sign', ['effect']))).toEqual([]);
	});
	it('finds the entry of a field and of a comment', () => {
		const done = (entry: number, at: string, fields: string[]) => ({ entry, at, fields, version: 1, actor: '', ground: '', reason: '' });
		const record = { redacted: ['effect'], redactions: [done(50, '2026-05-01', ['effect', '_comments']), done(20, '2026-02-01', ['effect', '_comments'])] } as unknown as AnyRecord;
		expect(isRedacted(record, 'effect')).toBe(true);
		expect(isRedacted(record, 'cause')).toBe(false);
		expect(entryOf(record, 'effect')).toBe(50);
		expect(entryOf(record, 'cause')).toBeUndefined();
		expect(commentEntry(record, '2026-01-01')).toBe(20);
		expect(commentEntry(record, '2026-03-01')).toBe(50);
		expect(commentEntry(record, '2026-06-01')).toBeUndefined();
		expect(commentEntry({} as AnyRecord, '2026-01-01')).toBeUndefined();
	});
});
