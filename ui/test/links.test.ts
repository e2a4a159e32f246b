// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parts } from '../src/model/links';

const links = (text: string): string[] => parts(text).flatMap((one) => one.href ?? []);

describe('P14 an address in a text is a link', () => {
	it('finds addresses and leaves what a sentence puts after them', () => {
		expect(links('Kept elsewhere: https://intranet.example/e?id=1.')).toEqual(['https://intranet.example/e?id=1']);
		expect(links('(see http://a.example/x_(y)) and <https://b.example>, mailto:c@d.example!')).toEqual(['http://a.example/x_(y)', 'https://b.example', 'mailto:c@d.example']);
		expect(links('见 https://a.example/路径，以及 https://b.example。')).toEqual(['https://a.example/路径', 'https://b.example']);
	});
	it('follows nothing that runs or reads here', () => {
		for (const text of ['javascript:alert(1)', 'data:text/html,x', 'file:///etc/passwd', 'https://', 'mailto:', 'xhttps//a', 'vbscript:https'])
			expect(links(text)).toEqual([]);
		expect(links('https://a.example/"onmouseover="x')).toEqual(['https://a.example/']);
	});
	it('gives the text back as it was', () => {
		for (const text of ['', 'no address', 'https://a.example', 'a https://a.example b\nhttps://c.example.'])
			expect(parts(text).map((one) => one.text).join('')).toBe(text);
	});
});
