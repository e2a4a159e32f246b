// SPDX-License-Identifier: Apache-2.0
// People named in a comment: "@[ID]" as it is kept, "@Name" as it is read and written.

export interface Named { id: string; name: string }
export interface Said { text: string; person?: string }

const MARK = /@\[(usr_[0-9A-Z]{26})\]/g;

/** The text as it stands, cut where somebody is named. */
export function said(body: string): Said[] {
	const out: Said[] = [];
	let at = 0;
	for (const match of body.matchAll(MARK)) {
		if (match.index > at) out.push({ text: body.slice(at, match.index) });
		out.push({ text: match[0], person: match[1]! });
		at = match.index + match[0].length;
	}
	if (at < body.length) out.push({ text: body.slice(at) });
	return out;
}

/** What stands between an @ and the place where one writes; undefined when nobody is being named. An @ in an address of
    mail is none, and Chinese has no space before it. */
export function asked(text: string, at: number): { from: number; q: string } | undefined {
	const before = text.slice(0, at);
	const from = Math.max(before.lastIndexOf('@'), before.lastIndexOf('＠'));
	if (from < 0 || /[\w.+-]/.test(before[from - 1] ?? '')) return undefined;
	const q = before.slice(from + 1);
	return q.length > 40 || /[\n@＠[\]，。；：！？、,;:!?]/.test(q) || /\s\s|^\s/.test(q) ? undefined : { from, q };
}

/** The name as it is written: of two who are called the same the second gets a number. */
export function nameFor(person: Named, chosen: Named[]): Named {
	const own = chosen.find((one) => one.id === person.id);
	if (own) return own;
	let name = person.name;
	for (let n = 2; chosen.some((one) => one.name === name); n++) name = `${person.name} (${n})`;
	return { id: person.id, name };
}

/** What is sent: the marks in place of the names that were chosen, of two names that begin alike the longer first. */
export function marked(text: string, chosen: Named[]): string {
	const longest = [...chosen].sort((a, b) => b.name.length - a.name.length);
	let out = '';
	for (let at = 0; at < text.length; ) {
		const one = text[at] === '@' ? longest.find((each) => text.startsWith(each.name, at + 1)) : undefined;
		out += one ? `@[${one.id}]` : text[at];
		at += one ? one.name.length + 1 : 1;
	}
	return out;
}
