// SPDX-License-Identifier: Apache-2.0
// What the answers to an ask say, as model/judge/ask.c has it: both pass tests/vectors/asks.json. The server decides;
// the pages show the same while somebody answers.
import type { Ask, Question } from '../data/begin';
import { holds, type Fields } from './condition';

export interface AnswerRow {
	question: string;
	answer: string;
	note?: string;
}
export interface Judged {
	asked: number;
	answered: number;
	gaps: number;
	/** Percent of what counts, weighed by row; null: nothing does. */
	percent: number | null;
}

const rowsOf = (ask: Ask, record: Fields): AnswerRow[] => (record[ask.into] as AnswerRow[] | undefined) ?? [];
export const answerOf = (ask: Ask, record: Fields, id: string): AnswerRow | undefined => rowsOf(ask, record).find((row) => row.question === id);
/** The questions that apply to the record, in their order. */
export const askedOf = (ask: Ask, record: Fields): Question[] => ask.questions.filter((question) => holds(question.when, record));

/** Half a percent rounds up. */
const percentOf = (part: number, whole: number): number | null => (whole === 0 ? null : Math.floor((2 * part + whole) / (2 * whole)));

export function judge(ask: Ask, record: Fields, questions = askedOf(ask, record)): Judged {
	const given = new Map(rowsOf(ask, record).map((row) => [row.question, row.answer]));
	let answered = 0, gaps = 0, part = 0, whole = 0;
	for (const question of questions) {
		const answer = given.get(question.id);
		if (answer === undefined || !(answer in ask.values)) continue;
		answered++;
		const worth = ask.values[answer];
		if (worth === null || worth === undefined) continue;
		part += question.weight * worth;
		whole += question.weight;
		if (worth < ask.gap_below) gaps++;
	}
	return { asked: questions.length, answered, gaps, percent: percentOf(part, whole) };
}

export interface Gap {
	question: Question;
	worth: number;
	/** What is lost while it is open: weight times what the answer lacks. */
	lost: number;
}
/** What is missing, the dearest first; of two that cost the same, the one that is done sooner. */
export function gapsOf(ask: Ask, record: Fields): Gap[] {
	return askedOf(ask, record).flatMap((question) => {
		const worth = ask.values[answerOf(ask, record, question.id)?.answer ?? ''];
		if (worth === null || worth === undefined || worth >= ask.gap_below) return [];
		return [{ question, worth, lost: question.weight * (100 - worth) }];
	}).sort((a, b) => b.lost - a.lost || a.question.effort - b.question.effort);
}
/** Gaps that a morning closes. */
export const QUICK_HOURS = 2;
export const quickOf = (gaps: Gap[]): Gap[] =>
	gaps.filter((gap) => gap.question.effort <= QUICK_HOURS).sort((a, b) => a.question.effort - b.question.effort || b.lost - a.lost);
/** Answered with yes, but nothing that could be shown. */
export const unprovenOf = (ask: Ask, record: Fields): Question[] =>
	askedOf(ask, record).filter((question) => {
		const worth = ask.values[answerOf(ask, record, question.id)?.answer ?? ''];
		return worth !== null && worth !== undefined && worth >= ask.gap_below && worth < 100;
	});
