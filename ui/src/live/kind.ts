// SPDX-License-Identifier: Apache-2.0
import type { AnyRecord, Field, Kind } from '../data/types';
import { kinds } from '../model/model.svelte';

/** The kind whose records are limits on figures of what systems send. */
export const monitorKind = (): Kind | undefined => kinds().find((kind) => kind.is === 'monitor');
/** The kind whose records say what an agent may do. */
export const agentKind = (): Kind | undefined => kinds().find((kind) => kind.is === 'agent');
/** The kind by whose records calls of language models are priced. */
export const pricesKind = (): Kind | undefined => kinds().find((kind) => kind.is === 'prices');

/** The field whose rows say how tables of its events are read. */
export function profilesField(record: AnyRecord): Field | undefined {
	const kind = kinds().find((one) => one.kind === record.kind);
	return kind?.fields.find((field) => field.name === kind.event_profiles);
}
/** The names of those that the record keeps. */
export function profilesOf(record: AnyRecord): string[] {
	const field = profilesField(record);
	const rows = field ? (record as Record<string, unknown>)[field.name] : undefined;
	return Array.isArray(rows) ? rows.map((row: { name?: unknown }) => String(row.name ?? '')).filter(Boolean) : [];
}
