// SPDX-License-Identifier: Apache-2.0
// What every picture comes to: something to draw, the same numbers as a table, and what it says in words. Pure: from
// answers of the server to these, so that the two can be held against each other.
import type { Words } from '../data/types';
import type { Look } from './look';

export interface PictureModel {
	picture: string;
	title: Words;
	about: Words;
	shape: 'bars' | 'map' | 'trend' | 'clocks' | 'wheel' | 'view';
	kinds: string[];
	by?: string;
	split?: string;
	ended: boolean;
	framework?: string;
	days: number;
	view?: string;
}
export interface Cell {
	text: string;
	/** Where its rows are. */
	href?: string;
	/** Rows of another day, which no list shows: a question to the server. */
	rows?: Rows;
	right?: boolean;
}
export interface Rows {
	kind: string;
	question: string;
	/** The day of them. */
	day: string;
	title: string;
}
export interface Twin {
	caption: string;
	head: Cell[];
	rows: Cell[][];
}
export type Option = Record<string, unknown>;
export interface Drawing {
	option: (look: Look, width: number) => Option;
	tables: Twin[];
	/** The same in a sentence or two. */
	words: string;
	/** Nothing is there to be drawn. */
	empty: boolean;
	/** Of how many, as people say it. */
	of: string;
}
/** Words where they are, numbers at the right. */
export const word = (text: string, href?: string): Cell => ({ text, href });
export const count = (text: string, href?: string): Cell => ({ text, href, right: true });
export const csvRows = (tables: Twin[]): string[][] => tables.flatMap((one, at) => [...(at ? [[]] : []), [one.caption], one.head.map((cell) => cell.text), ...one.rows.map((row) => row.map((cell) => cell.text))]);

/** What all of them have in common: no motion, patterns beside colours, the letters of the page. */
export function base(look: Look, font: string): Option {
	return {
		animation: false,
		aria: { enabled: true, label: { enabled: false }, decal: { show: true, decals: DECALS.map((one) => ({ ...one, color: look.forced ? look.bg : look.on === '#ffffff' ? 'rgba(255,255,255,0.3)' : 'rgba(11,20,32,0.3)' })) } },
		color: look.series,
		textStyle: { fontFamily: font, color: look.ink },
		tooltip: { trigger: 'item', renderMode: 'richText', confine: true, backgroundColor: look.bg, borderColor: look.line, textStyle: { color: look.ink, fontSize: 12 } }
	};
}
const DECALS = [
	{ symbol: 'none' },
	{ symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4 },
	{ symbol: 'circle', dashArrayX: [[8, 8], [0, 8, 8, 0]], dashArrayY: [6, 0], symbolSize: 0.7 },
	{ symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4 },
	{ symbol: 'rect', dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0] },
	{ symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [4, 3] }
];
