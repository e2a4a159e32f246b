// SPDX-License-Identifier: Apache-2.0
// Addresses in a text that people may follow: pages and mail, never anything that runs or reads here; and keys of records.

export interface Part { text: string; href?: string; own?: boolean }

const ADDRESS = /\b(?:https?:\/\/|mailto:)[^\s<>"'“”‘’«»，。；：！？、（）【】《》「」]+/giu;
const pairs: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

/** What a sentence puts after an address is no part of it; a bracket is, when it opens in the address. */
function trimmed(found: string): string {
	for (;;) {
		const last = found.at(-1) ?? '';
		const open = pairs[last];
		if (!/[.,;:!?*_~]/.test(last) && !(open && found.split(open).length <= found.split(last).length - 1)) return found;
		found = found.slice(0, -1);
	}
}
function safe(address: string): string | undefined {
	try {
		const url = new URL(address);
		const kind = url.protocol;
		return (kind === 'mailto:' && url.pathname.includes('@')) || ((kind === 'http:' || kind === 'https:') && url.hostname) ? address : undefined;
	} catch {
		return undefined;
	}
}
/** The text as it stands, cut where addresses begin and end. */
export function parts(text: string): Part[] {
	const out: Part[] = [];
	let at = 0;
	for (const match of text.matchAll(ADDRESS)) {
		const found = trimmed(match[0]);
		const href = safe(found);
		if (!href) continue;
		if (match.index > at) out.push({ text: text.slice(at, match.index) });
		out.push({ text: found, href });
		at = match.index + found.length;
	}
	if (at < text.length) out.push({ text: text.slice(at) });
	return out;
}

const KEY = /(?<![\p{L}\p{N}_-])[A-Z]{2,4}-\d{4,12}(?![\p{L}\p{N}_-])/gu;
/** The same, with the keys of records leading to their pages: `placeOf` knows them, or says undefined. */
export function withKeys(found: Part[], placeOf: (key: string) => string | undefined): Part[] {
	return found.flatMap((part) => {
		if (part.href) return [part];
		const out: Part[] = [];
		let at = 0;
		for (const match of part.text.matchAll(KEY)) {
			const href = placeOf(match[0]);
			if (!href) continue;
			if (match.index > at) out.push({ text: part.text.slice(at, match.index) });
			out.push({ text: match[0], href, own: true });
			at = match.index + match[0].length;
		}
		if (at < part.text.length) out.push({ text: part.text.slice(at) });
		return out;
	});
}
