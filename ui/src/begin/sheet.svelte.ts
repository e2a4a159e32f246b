// SPDX-License-Identifier: Apache-2.0
// The answers somebody is giving: shown at once, kept on the server a moment later. What was answered here wins over
// what another wrote to the same question meanwhile; everything else of theirs stays.
import { ApiError, get, patch, post } from '../data/client.svelte';
import type { Ask } from '../data/begin';
import type { AnyRecord, RecordReply, Value } from '../data/types';
import type { AnswerRow } from '../model/ask';

const PAUSE = 1200;

/** What a sheet needs to know of the questions. */
export interface Asking {
	kind: string;
	into: string;
	/** Fields that go with the record when it is made. */
	first: string[];
}
export class Sheet<A extends Asking = Ask> {
	readonly ask: A;
	record = $state.raw<Record<string, Value | AnswerRow[]>>({});
	id = $state('');
	key = $state('');
	state = $state('');
	saved = $state<Date | null>(null);
	waiting = $state(false);
	failed = $state<string[]>([]);
	private version = 0;
	private touched = new Set<string>();
	private timer: ReturnType<typeof setTimeout> | undefined;
	private going: Promise<void> | null = null;

	constructor(ask: A, found?: AnyRecord) {
		this.ask = ask;
		if (found) this.take(found);
	}
	private take(found: AnyRecord): void {
		this.id = found.id;
		this.key = found.key;
		this.state = found.state;
		this.version = Number(found.version);
		this.record = { ...found } as unknown as Record<string, Value | AnswerRow[]>;
	}
	rows(): AnswerRow[] {
		return (this.record[this.ask.into] as AnswerRow[] | undefined) ?? [];
	}
	set(name: string, value: Value): void {
		this.record = { ...this.record, [name]: value };
		this.touched.add(name);
		this.later();
	}
	/** All that is picked of one question, in place of what was; nothing opens it again. */
	pick(question: string, answers: string[], note?: string): void {
		const rows = answers.map((answer, nth) => (nth === 0 && note ? { question, answer, note } : { question, answer }));
		const at = this.rows().findIndex((row) => row.question === question);
		const rest = this.rows().filter((row) => row.question !== question);
		rest.splice(at < 0 ? rest.length : at, 0, ...rows);
		this.record = { ...this.record, [this.ask.into]: rest };
		this.touched.add(`?${question}`);
		this.later();
	}
	answer(question: string, answer: string | null, note?: string): void {
		const before = this.rows().find((row) => row.question === question);
		const others = this.rows().filter((row) => row.question !== question);
		const kept = note ?? before?.note;
		const rows = answer ? [...others, { question, answer, ...(kept ? { note: kept } : {}) }] : others;
		this.record = { ...this.record, [this.ask.into]: rows };
		this.touched.add(`?${question}`);
		this.later();
	}
	private later(): void {
		if (!this.id) return;
		this.waiting = true;
		clearTimeout(this.timer);
		this.timer = setTimeout(() => void this.save(), PAUSE);
	}
	/** The record begins to exist. */
	async begin(title: string): Promise<void> {
		const values = Object.fromEntries(this.ask.first.map((name) => [name, this.record[name]]).filter(([, value]) => value !== undefined && value !== null));
		const reply = await post<RecordReply>(`/${this.ask.kind}`, { title, ...values });
		// What was answered before it was there goes after it.
		const mine = this.record;
		const kept = [...this.touched].filter((name) => !this.ask.first.includes(name));
		this.take(reply.record);
		this.touched = new Set(kept);
		for (const name of kept) if (!name.startsWith('?')) this.record = { ...this.record, [name]: mine[name]! };
		if (kept.some((name) => name.startsWith('?'))) this.record = { ...this.record, [this.ask.into]: mine[this.ask.into]! };
		if (kept.length) this.later();
	}
	/** Everything that was answered until now is on the server when this is done, or `failed` says why not. */
	async save(): Promise<void> {
		clearTimeout(this.timer);
		if (this.going) await this.going;
		if (!this.id || this.touched.size === 0) return;
		this.going = this.send();
		await this.going;
		this.going = null;
	}
	private async send(again = true): Promise<void> {
		const names = [...this.touched];
		this.touched.clear();
		try {
			const fields = names.filter((name) => !name.startsWith('?'));
			const body: Record<string, unknown> = Object.fromEntries(fields.map((name) => [name, this.record[name] ?? null]));
			if (fields.length < names.length) body[this.ask.into] = this.rows();
			const reply = await patch<RecordReply>(`/${this.ask.kind}/${this.id}`, body, this.version);
			this.version = Number(reply.record.version);
			this.state = String(reply.record.state);
			this.failed = [];
			this.saved = new Date();
			this.waiting = this.touched.size > 0;
		} catch (error) {
			names.forEach((name) => this.touched.add(name));
			if (again && error instanceof ApiError && error.status === 412) return this.merge();
			this.failed = error instanceof ApiError ? error.lines : [String(error)];
			this.waiting = true;
		}
	}
	private async merge(): Promise<void> {
		const mine = this.record;
		const theirs = (await get<RecordReply>(`/${this.ask.kind}/${this.id}`)).record;
		const rows = ((theirs as unknown as Record<string, unknown>)[this.ask.into] as AnswerRow[] | undefined) ?? [];
		const own = (mine[this.ask.into] as AnswerRow[] | undefined) ?? [];
		const changed = new Set([...this.touched].filter((name) => name.startsWith('?')).map((name) => name.slice(1)));
		this.take(theirs);
		for (const name of this.touched) if (!name.startsWith('?')) this.record = { ...this.record, [name]: mine[name]! };
		this.record = { ...this.record, [this.ask.into]: [...rows.filter((row) => !changed.has(row.question)), ...own.filter((row) => changed.has(row.question))] };
		await this.send(false);
	}
	/** It was concluded or opened again. */
	learn(found: AnyRecord): void {
		this.take(found);
	}
	get unsaved(): boolean {
		return this.touched.size > 0;
	}
}
