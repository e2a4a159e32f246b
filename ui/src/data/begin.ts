// SPDX-License-Identifier: Apache-2.0
// What an organisation begins with: asks (GET /asks/{name}) and starters (GET /starters/{name}).
import type { Condition, Value, Words } from './types';

/** Which there are, as the model says. */
export interface AskHead {
	ask: string;
	kind: string;
	into: string;
	framework: string;
	/** The field that says in percent what was answered; "" none. */
	percent?: string;
}
export interface StarterHead {
	starter: string;
	kind: string;
	title: Words;
	count: number;
}
export interface Question {
	/** The row of the framework. */
	id: string;
	group: string;
	weight: number;
	question: Words;
	example: Words;
	/** What closes the gap, and how one can tell that it is closed. */
	do: Words;
	done: Words;
	/** Hours until a first sound version. */
	effort: number;
	opens: string;
	when?: Condition;
}
export interface Ask extends AskHead {
	title: Words;
	about: Words;
	starter: string;
	gap_below: number;
	first: string[];
	/** Percent; null: the row does not count. */
	values: Record<string, number | null>;
	plan: { kind: string; act: string; proof: string };
	questions: Question[];
}
export interface StarterItem {
	id: string;
	sectors?: string[];
	with?: string[];
	why: Words;
	source?: string;
	set: Record<string, Value>;
}
export interface Starter extends StarterHead {
	about: Words;
	items: StarterItem[];
}
