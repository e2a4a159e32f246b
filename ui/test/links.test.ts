// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parts, withKeys } from '../src/model/links';

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

describe('a key of a record in a text leads to it', () => {
	const placeOf = (key: string): string | undefined => (key.startsWith('RSK-') ? `/k/risk/${key}` : undefined);
	const keys = (text: string): string[] => withKeys(parts(text), placeOf).flatMap((one) => (one.own ? one.href! : []));
	it('finds keys that the model knows, alone and in sentences of either language', () => {
		expect(keys('RSK-0001, RSK-0002; XYZ-0003')).toEqual(['/k/risk/RSK-0001', '/k/risk/RSK-0002']);
		expect(keys('见（RSK-0007）。')).toEqual(['/k/risk/RSK-0007']);
	});
	it('takes nothing that only looks like one', () => {
		for (const text of ['rsk-0001', 'XRSK-0001', 'RSK-12', 'RSK-0001-b', 'A-RSK-0001', 'https://a.example/RSK-0001', 'RSK-0001x']) expect(keys(text)).toEqual([]);
	});
	it('gives the text back as it was', () => {
		for (const text of ['RSK-0001', 'a RSK-0001 b https://a.example RSK-0002.', '']) expect(withKeys(parts(text), placeOf).map((one) => one.text).join('')).toBe(text);
	});
});
