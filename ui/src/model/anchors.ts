// SPDX-License-Identifier: Apache-2.0
// A comment on one answer: it begins with "#[FIELD]", as it names people by "@[ID]". The mark is part of the text, so
// it is committed to the ledger, goes and stays with it, and any program may write one.

const MARK = /^#\[([a-z][a-z0-9_]{0,62})\]\s*/;

/** Which field a comment is about, "" when none, and what it says. */
export function anchored(body: string): { field: string; body: string } {
	const found = MARK.exec(body);
	return found ? { field: found[1]!, body: body.slice(found[0].length) } : { field: '', body };
}
export const onField = (field: string | undefined, body: string): string => (field ? `#[${field}] ${body}` : body);

/** How many of them are about each field. */
export function countByField(comments: { body?: string }[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const one of comments) {
		const { field } = anchored(one.body ?? '');
		if (field) counts[field] = (counts[field] ?? 0) + 1;
	}
	return counts;
}
