// SPDX-License-Identifier: Apache-2.0
// What the answers to questions that decide say on a day, as model/judge/decide.c has it: both pass
// tests/vectors/decides.json. The server decides; the pages show the same while somebody answers.
import type { Decider, DecidingOption, DecidingQuestion, Duty, Outcome } from '../data/begin';
import type { AnswerRow } from './ask';
import { holds, type Fields } from './condition';

export const UNSURE = 'not_sure';
export const NONE = 'none';

export interface Ruling {
	/** The questions that apply, in their order. */
	asked: DecidingQuestion[];
	/** Of each that was answered: what was picked, also what is not in force yet. */
	picked: Record<string, string[]>;
	/** Asked, and without an answer. */
	open: DecidingQuestion[];
	unsure: DecidingQuestion[];
	/** null: something that applies has no answer. */
	outcome: Outcome | null;
	also: string[];
	roles: string[];
	duties: { duty: Duty; from: string }[];
	/** Picked, and in force only later. */
	coming: DecidingOption[];
	/** The next day on which the law changes; "" none is known. */
	next: string;
}

const inForce = (question: DecidingQuestion, id: string, day: string): boolean => {
	if (id === UNSURE) return true;
	const option = question.options.find((one) => one.id === id);
	return !!option && (!option.from || option.from <= day);
};

export function rule(decider: Decider, rows: AnswerRow[], day: string): Ruling {
	const known: Fields = {};
	const picked: Record<string, string[]> = {};
	const asked: DecidingQuestion[] = [], open: DecidingQuestion[] = [], unsure: DecidingQuestion[] = [], coming: DecidingOption[] = [];
	const settle = (): void => decider.facts.forEach((fact) => (known[fact.fact] = holds(fact.when, known) ? 'yes' : 'no'));
	for (const question of decider.questions) {
		settle();
		if (!holds(question.when, known)) continue;
		asked.push(question);
		const all = rows.filter((row) => row.question === question.id && row.answer).map((row) => row.answer);
		if (!all.length) {
			open.push(question);
			continue;
		}
		picked[question.id] = all;
		known[question.id] = all.filter((id) => inForce(question, id, day));
		coming.push(...question.options.filter((one) => all.includes(one.id) && !inForce(question, one.id, day)));
		if (all.includes(UNSURE)) unsure.push(question);
	}
	settle();
	const fromOf = (duty: Duty): string => (duty.from.find((one) => holds(one.when, known)) ?? duty.from.at(-1)!).day;
	return {
		asked, picked, open, unsure, coming,
		outcome: open.length ? null : (decider.outcomes.find((one) => holds(one.when, known)) ?? null),
		also: decider.also.filter((one) => holds(one.when, known)).map((one) => one.also),
		roles: decider.roles.filter((one) => holds(one.when, known)).map((one) => one.role),
		duties: decider.duties.filter((one) => holds(one.when, known)).map((duty) => ({ duty, from: fromOf(duty) })),
		next: decider.dates.find((one) => one.day > day)?.day ?? '',
	};
}

/** What was picked of one question, as options; none of it for "not sure". */
export const optionsOf = (question: DecidingQuestion, picked: string[]): DecidingOption[] => question.options.filter((one) => picked.includes(one.id));
/** Yes: something of what the question names holds. */
export const answerWord = (picked: string[]): 'yes' | 'no' | 'not_sure' => (picked.includes(UNSURE) ? 'not_sure' : picked.some((id) => id !== NONE && id !== 'no') ? 'yes' : 'no');

/** The key that picks an option: y, n, or its digit; the tenth is 0. */
export function keyOf(question: DecidingQuestion, option: DecidingOption): string {
	if (option.id === 'yes') return 'y';
	if (option.id === 'no' || option.id === NONE) return 'n';
	const nth = question.options.filter((one) => !['yes', 'no', NONE].includes(one.id)).indexOf(option) + 1;
	return nth === 10 ? '0' : nth < 10 ? String(nth) : '';
}
/** How many more are asked as things stand: those that are open and known to apply. */
export const leftOf = (ruling: Ruling): number => ruling.open.length;
