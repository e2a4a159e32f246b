// SPDX-License-Identifier: Apache-2.0
// The words of a document as the page sets them: items beside each other become one list, and headings follow one
// another without a gap, below the heading of the page that shows them.
import type { ShownBlock } from '../data/types';

export type Part =
	| { is: 'heading'; level: number; text: string }
	| { is: 'paragraph'; text: string }
	| { is: 'items'; items: { level: number; text: string }[] }
	| { is: 'table'; rows: string[][] };

/** `top`: the level of the heading that the document stands under. */
export function partsOf(blocks: ShownBlock[], top: number): Part[] {
	const parts: Part[] = [];
	let before = top;
	for (const block of blocks) {
		const last = parts[parts.length - 1];
		const text = block.text ?? '';
		if (block.is === 'heading') {
			before = Math.min(6, before + 1, top + (block.level ?? 1));
			parts.push({ is: 'heading', level: before, text });
		} else if (block.is === 'item') {
			const item = { level: Math.min(block.level ?? 0, 4), text };
			if (last?.is === 'items') last.items.push(item);
			else parts.push({ is: 'items', items: [item] });
		} else if (block.is === 'table') parts.push({ is: 'table', rows: block.rows ?? [] });
		else parts.push({ is: 'paragraph', text });
	}
	return parts;
}
