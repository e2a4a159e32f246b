// SPDX-License-Identifier: Apache-2.0
// What the server says of signals in text (docs/signals.md).
import { number } from '../model/format';

export interface Share {
	value: number;
	low: number;
	high: number;
	of: number;
}
export interface Measured {
	set: string;
	part: string;
	title: string;
	right: number;
	wrong: number;
	missed: number;
	recall: Share | null;
	precision: Share | null;
	false_alarms: Share | null;
	accuracy: Share | null;
}
export interface Rule {
	rule: string;
	family: 'person' | 'contact' | 'secret' | 'injection' | 'leak' | 'conduct';
	title: string;
	strong: string;
	in: ('prompt' | 'response')[];
	measured: Measured[];
}
export interface Signals {
	rules: Rule[];
	injection: { measured: Measured[] };
	sets: { set: string; title: string }[];
	unseen: { title: string; missed: number | null }[];
}
export interface Tried {
	found: { rule: string; title: string; begin: number; end: number; strong: boolean; shown: string }[];
	partial: boolean;
}

/** "82.3 %", and what chance leaves open with how many it is of. */
export const share = (one: Share | null): string => (one ? `${number(100 * one.value, 1)} %` : '–');
export const chance = (one: Share | null): string => (one ? `${number(100 * one.low, 1)} – ${number(100 * one.high, 1)} %, n = ${number(one.of)}` : '');
