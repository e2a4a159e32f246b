// SPDX-License-Identifier: Apache-2.0
// Rich text reads in the pages as it does in the server: tests/unit/format/rich_test.c has the same vectors.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plain, read, type Node } from '../src/types/document/rich';

interface Vector { text: string; reads?: string[]; refused?: { line: number; why: string } }
const { vectors } = JSON.parse(readFileSync(join(__dirname, '../../tests/vectors/rich.json'), 'utf8')) as { vectors: Vector[] };

const told = (node: Node | string): string[] =>
	typeof node === 'string' ? [`'${node}`] : [[node.is, node.number, node.to].filter(Boolean).join(' '), ...node.children.flatMap(told), '/'];

describe('rich text', () => {
	it.each(vectors)('$text', ({ text, reads, refused }) => {
		const found = read(text);
		if (found.fault) expect(found.fault).toEqual(refused);
		else expect(found.nodes.flatMap(told)).toEqual(reads);
	});
	it('is bounded', () => {
		expect(read('a\n'.repeat(5000)).fault).toBeUndefined();
		expect(read('a\n'.repeat(5001)).fault).toEqual({ line: 5001, why: 'lines' });
	});
	it('goes through marks that never end', () => {
		for (const piece of ['*a ', '**a ', '[a', '[a](', '***a ', '\\*', '*a* ', '|']) read(piece.repeat(20_000));
	});
	it('has words without marks', () => {
		expect(plain('# Policy\n\nWe **do** [this](https://a.example/x).\n- one\n  2. two\n\n[[RSK-0001]]')).toBe('Policy\nWe do this.\none\n2. two\nRSK-0001');
	});
});
