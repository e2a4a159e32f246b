// SPDX-License-Identifier: Apache-2.0
// Pages may lie below a path (P13): no address leaves for the browser as if they lay at the root.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
	.filter((name) => /\.(svelte|ts)$/.test(name))
	.map((name) => ({ name, text: readFileSync(join('src', name), 'utf8').replace(/\/\/ .*$/gm, '') }));
const wrong = (pattern: RegExp): string[] =>
	sources.flatMap(({ name, text }) => [...text.matchAll(pattern)].map((found) => `${name}: ${found[0].slice(0, 80)}`));

describe('addresses', () => {
	// What is called `elsewhere` lies on another server, what is called `data` is a data: address.
	it('of links begin where the pages lie', () => {
		expect(sources.length).toBeGreaterThan(80);
		expect(wrong(/(?<![\w.])(href|src|action)=(?!\{addressOf\(|"\{root\}\/|"\{root\}\{|"#|"\{sprite\}#|\{pictures\[|\{elsewhere\}|\{data\})\S{0,60}/g)).toEqual([]);
	});
	it('that are fetched, streamed and assigned do as well', () => {
		expect(wrong(/\b(fetch|EventSource|Worker|assign|replaceState|pushState|open)\(([^()]*, )?['"`]\/[^)]*/g)).toEqual([]);
	});
	it('and what this browser keeps is named by it', () => {
		// aimwell.system is an attribute of spans.
		expect(wrong(/['"`]aimwell\.(?!system\b)[^'"`]*/g)).toEqual([]);
	});
});
