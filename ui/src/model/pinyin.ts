// SPDX-License-Identifier: Apache-2.0
// Chinese words by the first letters of their sounds, as people type them: 风险 is found by fx. The order of sounds
// is the browser's own; each letter begins at the first common character that sounds like it.
const LETTERS = 'abcdefghjklmnopqrstwxyz';
const FIRST = [...'阿八嚓咑妸发旮铪丌咔垃妈拿噢趴七蚺仨他屲夕丫帀'];
let order: Intl.Collator | undefined;
const known = new Map<string, string>();

function letter(character: string): string {
	if (!/\p{Script=Han}/u.test(character)) return character;
	order ??= new Intl.Collator('zh-CN-u-co-pinyin');
	let found = '';
	for (let at = 0; at < FIRST.length && order.compare(FIRST[at]!, character) <= 0; at++) found = LETTERS[at]!;
	return found;
}
export function initials(text: string): string {
	let found = known.get(text);
	if (found === undefined) known.set(text, (found = [...text].map(letter).join('').toLowerCase().replace(/\s+/g, '')));
	return found;
}
/** Whether somebody who typed `q` may mean `text`: a part of it, or the letters its Chinese words begin with. */
export function meant(text: string, q: string): boolean {
	const plain = (one: string): string => one.normalize('NFKC').toLowerCase().replace(/\s+/g, '');
	const asked = plain(q);
	return plain(text).includes(asked) || (/^[a-z]{2,}$/.test(asked) && /\p{Script=Han}/u.test(text) && initials(text).includes(asked));
}
