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

/** Questions that decide, as the model says which there are. */
export interface DeciderHead {
	ask: string;
	title: Words;
	kind: string;
	into: string;
	/** The field that names what is decided about, and its kind. */
	subject: string;
	subject_kind: string;
	/** What a record of it begins with. */
	begin?: Record<string, Value>;
	rules: string;
}
export interface DecidingOption {
	id: string;
	title: Words;
	/** As it stands in the path of answers. */
	path?: Words;
	article?: string;
	/** Before that day it is as if it were not picked. */
	from?: string;
	about?: Words;
	example?: Words;
	counter?: Words;
}
export interface DecidingQuestion {
	id: string;
	question: Words;
	help?: Words;
	form: 'one' | 'many';
	article: string;
	when?: Condition;
	options: DecidingOption[];
}
export interface Outcome {
	outcome: string;
	strict: number;
	when?: Condition;
	article: string;
	reason: Words;
}
export interface Duty {
	code: string;
	article: string;
	role?: string;
	when: Condition;
	from: { when?: Condition; day: string }[];
}
export interface Decider {
	/** Which set of rules this is: it goes with the answers. */
	rules: string;
	ask: string;
	title: Words;
	about: Words;
	/** Of the law. */
	edition: string;
	verified_on: string;
	kind: string;
	into: string;
	about_record: string;
	begin?: Record<string, Value>;
	/** Fields of the kind. */
	fields: { day: string; edition: string; rules: string; outcome: string; also: string; roles: string; next: string; grounds: string; duties: string };
	dates: { day: string; what: Words }[];
	questions: DecidingQuestion[];
	facts: { fact: string; when: Condition }[];
	outcomes: Outcome[];
	also: { also: string; when?: Condition }[];
	roles: { role: string; when?: Condition }[];
	duties: Duty[];
}
