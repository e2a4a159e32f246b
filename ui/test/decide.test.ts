// SPDX-License-Identifier: Apache-2.0
// What answers that decide say is what the engine says: tests/vectors/decides.json, by the file that ships.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Decider } from '../src/data/begin';
import type { AnswerRow } from '../src/model/ask';
import { answerWord, keyOf, optionsOf, rule } from '../src/model/decide';

interface Vector {
	why: string;
	on: string;
	answers: AnswerRow[];
	outcome: string | null;
	unsure: number;
	next: string;
	also?: string[];
	roles?: string[];
	asked?: string[];
	has: string[];
	has_not: string[];
	starts?: Record<string, string>;
}
const decider = JSON.parse(readFileSync(join('..', 'model', 'asks', 'eu-ai-act.json'), 'utf8')) as Decider;
const vectors = JSON.parse(readFileSync(join('..', 'tests', 'vectors', 'decides.json'), 'utf8')) as { cases: Vector[] };

describe('questions that decide', () => {
	it('say what the engine says', () => {
		expect(vectors.cases.length).toBeGreaterThan(60);
		for (const one of vectors.cases) {
			const said = rule(decider, one.answers, one.on);
			expect(said.outcome?.outcome ?? null, one.why).toBe(one.outcome);
			expect(said.unsure.length, one.why).toBe(one.unsure);
			expect(said.next, one.why).toBe(one.next);
			if (one.also) expect([...said.also].sort(), one.why).toEqual([...one.also].sort());
			if (one.roles) expect([...said.roles].sort(), one.why).toEqual([...one.roles].sort());
			if (one.asked) expect(said.asked.map((asked) => asked.id), one.why).toEqual(one.asked);
			const codes = said.duties.map((row) => row.duty.code);
			for (const code of one.has) expect(codes, one.why).toContain(code);
			for (const code of one.has_not) expect(codes, one.why).not.toContain(code);
			for (const [code, day] of Object.entries(one.starts ?? {})) expect(said.duties.find((row) => row.duty.code === code)?.from, one.why).toBe(day);
		}
	});
	it('name what is picked and comes into force later', () => {
		const rows = [{ question: 'scope', answer: 'inside' }, { question: 'role', answer: 'provider' }, { question: 'prohibited', answer: 'ba' }];
		expect(rule(decider, rows, '2026-12-01').coming.map((one) => one.id)).toEqual(['ba']);
		expect(rule(decider, rows, '2026-12-02').coming).toEqual([]);
	});
	it('have one key for each answer, and every answer has one', () => {
		for (const question of decider.questions) {
			const keys = question.options.map((option) => keyOf(question, option));
			expect(keys.every((key) => key.length === 1), question.id).toBe(true);
			expect(new Set(keys).size, question.id).toBe(keys.length);
		}
	});
	it('are yes where something is picked, no where none is', () => {
		expect([answerWord(['none']), answerWord(['a', 'b']), answerWord(['not_sure']), answerWord(['no'])]).toEqual(['no', 'yes', 'not_sure', 'no']);
		expect(optionsOf(decider.questions[0]!, ['inside']).length).toBe(1);
	});
	it('say everything in both languages', () => {
		const walk = (value: unknown): void => {
			if (!value || typeof value !== 'object') return;
			const words = value as Record<string, unknown>;
			if ('en' in words || 'zh' in words) expect(/[\u4e00-\u9fff]|^[\d()a-z]+$/.test(String(words.zh)) && String(words.en).length > 0, JSON.stringify(words)).toBe(true);
			else Object.values(words).forEach(walk);
		};
		walk(decider);
	});
});
