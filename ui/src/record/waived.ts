// SPDX-License-Identifier: Apache-2.0
// What was decided while a duty was waived, and by which waivers.
import type { AnyRecord, Waived, WaivedDecision } from '../data/types';

export const decisionsOf = (record: AnyRecord): WaivedDecision[] => (record.waived as WaivedDecision[] | undefined) ?? [];

/** Each waiver once, with the duties it waived. */
export function waiversOf(by: Waived[]): { key: string; until: string; duties: string[] }[] {
	const out = new Map<string, { key: string; until: string; duties: string[] }>();
	for (const one of by) {
		const known = out.get(one.key) ?? { key: one.key, until: one.until, duties: [] };
		if (!known.duties.includes(one.duty)) known.duties.push(one.duty);
		out.set(one.key, known);
	}
	return [...out.values()];
}
