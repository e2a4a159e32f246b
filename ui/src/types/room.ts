// SPDX-License-Identifier: Apache-2.0
// How much room words take in a list.
import type { Words } from '../data/types';
import { w } from '../i18n/t.svelte';

/** Glyph, ends of the chip, ends of the cell. */
export const CHIP = 42;
/** About how wide words are in a row; Chinese characters take twice the room. */
export const wide = (words: string, size = 7): number => [...words].reduce((sum, one) => sum + (one > '\u2e80' ? size * 1.9 : size), 0);
export const longest = (list: { title: Words }[], least: number, most: number): number =>
	Math.min(most, Math.max(least, ...list.map((one) => wide(w(one.title)))));
