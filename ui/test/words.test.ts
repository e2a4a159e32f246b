// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from '../src/i18n/en.json';
import zh from '../src/i18n/zh.json';
import { fill } from '../src/i18n/t.svelte';

function sources(folder: string): string {
	return readdirSync(folder, { withFileTypes: true })
		.map((entry) => {
			const path = join(folder, entry.name);
			if (entry.isDirectory()) return sources(path);
			return /\.(ts|svelte)$/.test(entry.name) && entry.name !== 'icons.ts' ? readFileSync(path, 'utf8') : '';
		})
		.join('\n');
}
const source = sources(join(__dirname, '../src'));
const quoted = new Set([...source.matchAll(/['"]([a-z]+(?:\.[A-Za-z0-9_]+)+)['"]/g)].map((m) => m[1]!));
const declared = new Set([...source.matchAll(/i18n: ([A-Za-z0-9._ ]+)/g)].flatMap((m) => m[1]!.trim().split(' ')));

describe('words', () => {
	it('has the same keys in both languages', () => {
		expect(Object.keys(zh)).toEqual(Object.keys(en));
	});
	it('uses every key', () => {
		expect(Object.keys(en).filter((key) => !quoted.has(key) && !declared.has(key))).toEqual([]);
	});
	it('has every key that is used', () => {
		const asked = new Set([...source.matchAll(/\bt\(\s*'([A-Za-z0-9._]+)'/g)].map((m) => m[1]!));
		expect([...asked, ...declared].filter((key) => !(key in en))).toEqual([]);
	});
	it('leaves no sentence empty and keeps the same holes in both', () => {
		const holes = (text: string): string[] => [...new Set([...text.matchAll(/\{(\w+)/g)].map((m) => m[1]!))].sort();
		for (const key of Object.keys(en) as (keyof typeof en)[]) {
			expect(en[key].length, key).toBeGreaterThan(0);
			expect(zh[key].length, key).toBeGreaterThan(0);
			expect(holes(zh[key]), key).toEqual(holes(en[key]));
		}
	});
	it('fills holes and chooses the plural', () => {
		expect(fill('{n} {n|row|rows}', { n: 1 }, 'en')).toBe('1 row');
		expect(fill('{n} {n|row|rows}', { n: 1200 }, 'en')).toBe('1,200 rows');
		expect(fill('{n} 行，{who}', { n: 3, who: '林' }, 'zh')).toBe('3 行，林');
		expect(fill('{missing}', {}, 'en')).toBe('{missing}');
	});
	it('names no kind of the model in the code', () => {
		const kinds = readdirSync(join(__dirname, '../../model/kinds')).map((file) => file.replace(/\.json$/, ''));
		const compound = kinds.filter((kind) => kind.includes('_'));
		expect(compound.length).toBeGreaterThan(0);
		expect(compound.filter((kind) => new RegExp(`\\b${kind}\\b`).test(source))).toEqual([]);
	});
});
