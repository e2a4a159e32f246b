// SPDX-License-Identifier: Apache-2.0
// Reads rich text into a tree (docs/model.md §2.1). Walks the same steps as src/format/rich.c and rich_inline.c: both are
// held against tests/vectors/rich.json. Nothing here makes HTML: Rich.svelte makes elements of the tree.

export type Element = 'heading' | 'paragraph' | 'list' | 'steps' | 'item' | 'table' | 'row' | 'head' | 'cell' | 'strong' | 'emphasis' | 'link' | 'record' | 'clause' | 'break';
export interface Node {
	is: Element;
	/** Of a heading its depth, of an item its number. */
	number?: number;
	to?: string;
	children: (Node | string)[];
}
export const FAULTS = ['html', 'image', 'link', 'reference', 'code', 'quotation', 'rule', 'heading', 'nesting', 'table', 'lines'] as const;
export interface Fault { line: number; why: (typeof FAULTS)[number] }
export type Reading = { nodes: Node[]; fault?: undefined } | { fault: Fault };

const LINES = 5000, COLUMNS = 12, LEVELS = 3, HEADINGS = 4, ADDRESS = 2000, DEEP = 4;

class Refused extends Error {
	constructor(readonly why: Fault['why']) { super(why); }
}
const isSpace = (c: string | undefined): boolean => c === ' ' || c === '\t';
const trim = (t: string): string => t.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '');

// ---- within a line
function stars(t: string, at: number): number {
	let n = 0;
	while (t[at + n] === '*') n++;
	return n;
}
function closing(t: string, at: number, strong: boolean): number {
	while (at < t.length) {
		const n = stars(t, at);
		if (!n) {
			at += t[at] === '\\' ? 2 : 1;
			continue;
		}
		if ((n === 3 || n === (strong ? 2 : 1)) && !isSpace(t[at - 1])) return at + n - (strong ? 2 : 1);
		at += n;
	}
	return t.length;
}
const isClause = (t: string): boolean => /^[a-z0-9][a-z0-9-]{0,39}:[A-Za-z0-9][A-Za-z0-9.()-]{0,39}$/.test(t);
const isKey = (t: string): boolean => /^[A-Z]{2,8}-[0-9]{1,12}$/.test(t);
const bytes = new TextEncoder();
const isAddress = (t: string): boolean => /^(?:https?:\/\/|mailto:)[^/]/i.test(t) && !/[\0-\x20\x7f"<>\\`]/.test(t) && bytes.encode(t).length <= ADDRESS;

function square(t: string, at: number): number {
	while (at < t.length && t[at] !== ']') at += t[at] === '\\' ? 2 : 1;
	return Math.min(at, t.length);
}
function inline(t: string, out: (Node | string)[], linked = false, depth = 0): void {
	if (depth > DEEP) throw new Refused('nesting');
	let at = 0, from = 0;
	const none = { strong: false, single: false, square: false, round: false };
	const tell = (to: number): void => {
		if (at > from) {
			const words = t.slice(from, at);
			if (typeof out.at(-1) === 'string') out[out.length - 1] += words;
			else out.push(words);
		}
		at = from = to;
	};
	const add = (node: Node, words?: string): void => {
		out.push(node);
		if (words !== undefined) inline(words, node.children, linked || node.is === 'link', depth + 1);
	};
	while (at < t.length) {
		const c = t[at]!, next = t[at + 1] ?? '';
		if (c === '\\' && /^[!-/:-@[-`{-~]$/.test(next)) {
			tell(at + 1);
			at++;
		} else if (c === '<' && /^[A-Za-z/!?]$/.test(next)) throw new Refused('html');
		else if (c === '!' && next === '[' && t[at + 2] !== '[') throw new Refused('image');
		else if (c === '*') {
			const n = stars(t, at), start = at + n, strong = n > 1, width = strong ? 2 : 1, which = strong ? 'strong' : 'single';
			let end = t.length;
			if (n <= 3 && start < t.length && !isSpace(t[start]) && !none[which]) {
				end = closing(t, start, strong);
				none[which] = end === t.length;
			}
			if (end === t.length) at = start;
			else {
				const inside = t.slice(at + width, end);
				tell(end + width);
				add({ is: strong ? 'strong' : 'emphasis', children: [] }, inside);
			}
		} else if (c === '[' && next === '[') {
			const end = t.indexOf(']]', at + 2), to = end < 0 ? '' : t.slice(at + 2, end);
			if (!isKey(to) && !isClause(to)) throw new Refused('reference');
			tell(end + 2);
			add({ is: isKey(to) ? 'record' : 'clause', to, children: [] });
		} else if (c === '[') {
			let close = t.length, round = t.length;
			if (!linked && !none.square) {
				close = square(t, at + 1);
				none.square = close === t.length;
			}
			if (close + 1 < t.length && t[close + 1] === '(' && !none.round) {
				const found = t.indexOf(')', close + 2);
				none.round = found < 0;
				round = found < 0 ? t.length : found;
			}
			if (round === t.length) at++;
			else {
				const words = t.slice(at + 1, close), to = t.slice(close + 2, round);
				if (!trim(words) || !isAddress(to)) throw new Refused('link');
				tell(round + 1);
				add({ is: 'link', to, children: [] }, words);
			}
		} else at++;
	}
	tell(t.length);
}

// ---- line by line
function cellsOf(row: string): string[] {
	const cells: string[] = [];
	for (let at = 0; at < row.length && trim(row.slice(at + 1));) {
		let end = at + 1;
		while (end < row.length && row[end] !== '|') end += row[end] === '\\' && end + 1 < row.length ? 2 : 1;
		end = Math.min(end, row.length);
		cells.push(trim(row.slice(at + 1, end)));
		at = end;
	}
	return cells;
}
const isRule = (t: string): boolean => /^([-*_])(?: *\1){2,} *$/.test(t);

class Reader {
	nodes: Node[] = [];
	line = 0;
	private paragraph?: Node;
	private table?: Node;
	private columns = 0;
	private ruled = false;
	private lists: Node[] = [];

	private block(node: Node): Node {
		this.nodes.push(node);
		return node;
	}
	end(): void {
		if (this.table && !this.ruled) throw new Refused('table');
		this.table = this.paragraph = undefined;
		this.lists = [];
	}
	private item(t: string, indent: number, number: number, width: number, numbered: boolean): void {
		const level = Math.min(Math.floor(indent / 2), this.lists.length);
		if (level >= LEVELS) throw new Refused('nesting');
		const is = numbered ? 'steps' : 'list';
		const goesOn = level < this.lists.length && this.lists[level]!.is === is;
		this.lists.length = goesOn ? level + 1 : level;
		if (!goesOn) {
			const list: Node = { is, children: [] };
			const above = this.lists.at(-1)?.children.at(-1) as Node | undefined;
			if (above) above.children.push(list);
			else this.block(list);
			this.lists.push(list);
		}
		const node: Node = { is: 'item', children: [], ...(number ? { number } : {}) };
		this.lists.at(-1)!.children.push(node);
		inline(trim(t.slice(width)), node.children);
	}
	private tableLine(t: string): void {
		const cells = cellsOf(t);
		if (!this.table) {
			this.end();
			if (!cells.length || cells.length > COLUMNS) throw new Refused('table');
			this.columns = cells.length;
			this.ruled = false;
			this.table = this.block({ is: 'table', children: [] });
		}
		if (cells.length !== this.columns) throw new Refused('table');
		if (this.table.children.length === 1 && !this.ruled) {
			this.ruled = true;
			if (!cells.every((cell) => /^:?-+:?$/.test(cell))) throw new Refused('table');
			return;
		}
		const row: Node = { is: 'row', children: [] };
		const is = this.table.children.length ? 'cell' : 'head';
		for (const cell of cells) {
			const node: Node = { is, children: [] };
			inline(cell, node.children);
			row.children.push(node);
		}
		this.table.children.push(row);
	}
	private plain(t: string, indent: number): void {
		const last = this.lists.at(-1)?.children.at(-1) as Node | undefined;
		let into = this.paragraph ?? (indent >= 2 ? last : undefined);
		if (into) into.children.push({ is: 'break', children: [] });
		else {
			this.end();
			into = this.paragraph = this.block({ is: 'paragraph', children: [] });
		}
		inline(t, into.children);
	}
	read(written: string): void {
		this.line++;
		if (this.line > LINES) throw new Refused('lines');
		const t = written.replace(/[ \t\r]+$/, '').replace(/^[ \t]+/, '');
		const indent = [...(/^[ \t]*/.exec(written)?.[0] ?? '')].reduce((sum, c) => sum + (c === ' ' ? 1 : 2), 0);
		if (!t) return this.end();
		if (t.startsWith('```') || t.startsWith('~~~')) throw new Refused('code');
		if (t[0] === '>') throw new Refused('quotation');
		if (isRule(t)) throw new Refused('rule');
		const marks = /^#+(?= )/.exec(t)?.[0].length ?? 0;
		if (marks) {
			if (marks > HEADINGS) throw new Refused('heading');
			this.end();
			return inline(trim(t.slice(marks)), this.block({ is: 'heading', number: marks, children: [] }).children);
		}
		if (t[0] === '|') return this.tableLine(t);
		const numbered = /^(\d{1,3})\. (?=.)/.exec(t), marker = numbered ?? /^[-*] (?=.)/.exec(t);
		if (!marker) return this.plain(t, indent);
		if (!this.lists.length) this.end();
		this.item(t, indent, numbered ? Number(numbered[1]) : 0, marker[0].length, !!numbered);
	}
}
export function read(text: string): Reading {
	const reader = new Reader();
	try {
		const lines = text.split('\n');
		if (lines.at(-1) === '') lines.pop();
		for (const line of lines) reader.read(line);
		reader.end();
	} catch (problem) {
		if (problem instanceof Refused) return { fault: { line: reader.line, why: problem.why } };
		throw problem;
	}
	return { nodes: reader.nodes };
}
/** Its words without marks. */
export function plain(text: string): string {
	const words = (node: Node | string): string => {
		if (typeof node === 'string') return node;
		const inside = (node.is === 'item' && node.number ? `${node.number}. ` : '') + node.children.map(words).join('');
		return node.to && !node.children.length ? node.to : node.is === 'break' ? '\n' : /^(heading|paragraph|item|head|cell)$/.test(node.is) ? `${inside}\n` : /^(list|steps)$/.test(node.is) ? `\n${inside}` : inside;
	};
	const found = read(text);
	return found.fault ? text : found.nodes.map(words).join('').replace(/\n{2,}/g, '\n').trim();
}
