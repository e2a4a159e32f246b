// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import type { ShownBlock } from '../src/data/types';
import { partsOf } from '../src/shown/blocks';

const heading = (level: number): ShownBlock => ({ is: 'heading', level, text: `h${level}` });

test('headings follow one another without a gap, below the heading above them', () => {
	const levels = (...all: number[]): number[] => partsOf(all.map(heading), 2).map((part) => (part.is === 'heading' ? part.level : 0));
	expect(levels(1, 2, 3)).toEqual([3, 4, 5]);
	expect(levels(3, 1, 3)).toEqual([3, 3, 4]);
	expect(levels(1, 2, 3, 4, 5, 6)).toEqual([3, 4, 5, 6, 6, 6]);
});
test('items beside each other are one list, with their depth', () => {
	const item = (text: string, level = 0): ShownBlock => ({ is: 'item', level, text });
	expect(partsOf([item('a'), item('b', 9), { is: 'paragraph', text: 'p' }, item('c')], 2)).toEqual([
		{ is: 'items', items: [{ level: 0, text: 'a' }, { level: 4, text: 'b' }] },
		{ is: 'paragraph', text: 'p' },
		{ is: 'items', items: [{ level: 0, text: 'c' }] }
	]);
});
test('markup of a file stays its words', () => {
	expect(partsOf([{ is: 'paragraph', text: '<script>alert(1)</script>' }], 2)).toEqual([{ is: 'paragraph', text: '<script>alert(1)</script>' }]);
});
