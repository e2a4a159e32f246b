// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { asked, marked, nameFor, said } from '../src/model/mentions';

const lin = { id: 'usr_01M8KY771JDB9CJAAYSPGQF324', name: 'Lin' };
const linda = { id: 'usr_01M8KY904AATF0ZMSD2EM3APC2', name: 'Linda Vos' };
const at = (text: string): string | undefined => asked(text, text.length)?.q;

describe('people named in a comment', () => {
	it('is asked for what stands behind an @, also in Chinese, where no space stands before it', () => {
		expect(at('@')).toBe('');
		expect(at('please @lin')).toBe('lin');
		expect(at('@Linda V')).toBe('Linda V');
		expect(at('请@林')).toBe('林');
		expect(at('请＠林')).toBe('林');
	});
	it('is not asked for in an address of mail, behind the end of a sentence, or far away', () => {
		for (const text of ['', 'lin', 'to lin@north', '@ lin', '@lin, then', '@林，然后', `@${'x'.repeat(41)}`, '@lin\nnext'])
			expect(at(text)).toBeUndefined();
	});
	it('is sent as marks, the longer of two names first, and only who was chosen', () => {
		expect(marked('@Linda Vos and @Lin, not @Sam or @Li', [lin, linda])).toBe(`@[${linda.id}] and @[${lin.id}], not @Sam or @Li`);
		expect(marked('@Lin', [])).toBe('@Lin');
		expect(nameFor({ id: linda.id, name: 'Lin' }, [lin])).toEqual({ id: linda.id, name: 'Lin (2)' });
		expect(marked('@Lin (2) @Lin', [lin, { id: linda.id, name: 'Lin (2)' }])).toBe(`@[${linda.id}] @[${lin.id}]`);
	});
	it('is cut out of the text, which stays as it was', () => {
		const text = `@[${lin.id}]，<b>@[x]</b> @[${linda.id}`;
		expect(said(text)).toEqual([{ text: `@[${lin.id}]`, person: lin.id }, { text: `，<b>@[x]</b> @[${linda.id}` }]);
		expect(said('')).toEqual([]);
	});
});
