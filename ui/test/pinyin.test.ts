// SPDX-License-Identifier: Apache-2.0
import { expect, test } from 'vitest';
import { initials, meant } from '../src/model/pinyin';

test('Chinese words have the letters their sounds begin with', () => {
	const words: [string, string][] = [['风险', 'fx'], ['适用性声明', 'syxsm'], ['人工智能系统', 'rgznxt'], ['就绪', 'jx'], ['供应商', 'gys'], ['陈国强', 'cgq'], ['欧阳', 'oy'], ['AI 系统', 'aixt']];
	for (const [word, letters] of words) expect([word, initials(word)]).toEqual([word, letters]);
});
test('a word is meant by a part of it, in any width, or by its letters', () => {
	expect(meant('Lin Wang (王琳)', 'wl')).toBe(true);
	expect(meant('新建风险', 'xjfx')).toBe(true);
	expect(meant('风险图', 'ｆｘ')).toBe(true);
	expect(meant('Risk map', 'fx')).toBe(false);
	expect(meant('Statement of Applicability', 'of app')).toBe(true);
	expect(meant('风险', 'f')).toBe(false);
});
