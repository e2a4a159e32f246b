// SPDX-License-Identifier: Apache-2.0
// The desk of one person: the case that lies on it, and the next one already taken, so that after a decision nobody waits
// for the network. What was taken and not decided goes back when the desk is left.
import { ApiError, get } from '../data/client.svelte';
import { miss } from '../data/missed.svelte';
import type { AnyRecord, Kind, RecordReply } from '../data/types';
import { perform } from '../record/moves';
import { backMove, isTakenBy, stepOf, takeMove, type Said } from './case';
import { outbox, UNDO } from './outbox.svelte';
import { rowWith, type Pace } from './pace';
import { nextCases, type Next, type Queue } from './source';

export interface Held {
	record: AnyRecord;
	/** What else is to be said; it goes with the decision. */
	note: string;
}
export type Only = '' | 'blind' | 'seen';
const AHEAD = 2;
const ASKED = 10;
const ROUNDS = 5;
const MEMORY = 100;
const LATER = 4000;

export class Desk {
	held = $state.raw<Held[]>([]);
	queues = $state.raw<Queue[]>([]);
	pace = $state.raw<Pace | undefined>();
	/** There is nothing more to take. */
	dry = $state(false);
	error = $state.raw<ApiError | undefined>();
	/** So many were agreed with in a row at a glance. */
	row = $state(0);
	skipped = $state.raw<string[]>([]);
	/** Cases that were taken from this person, with what they were called. */
	lost = $state.raw<AnyRecord[]>([]);
	readonly kind: Kind;
	readonly me: string;
	readonly queue: string;
	readonly only: Only;
	private candidates: AnyRecord[] = [];
	private passed: string[] = [];
	private filling: Promise<void> | null = null;
	private before: { held: Held; row: number; token: string } | null = null;
	private since = 0;
	private over = false;
	private later: ReturnType<typeof setTimeout> | undefined;
	/** Decided and taken by the server since the queues were counted. */
	private gone = $state(0);
	private drop: (() => void) | undefined;

	constructor(kind: Kind, me: string, queue: string, only: Only) {
		this.kind = kind;
		this.me = me;
		this.queue = queue;
		this.only = only;
		outbox.open(me);
		outbox.onTaken = (act) => {
			if (act.what) this.gone++;
			// What has gone back may lie there next: nobody else may tell of it. Not before all of it has, or the order is another.
			else if (!this.over && this.held.length < AHEAD && outbox.acts.every((one) => one.what)) void this.fill();
		};
	}
	/** How many are to be decided, those on this desk among them. */
	get left(): number {
		const shown = this.queue ? this.queues.filter((one) => one.key === this.queue || one.id === this.queue) : this.queues;
		return Math.max(this.held.length, shown.reduce((sum, one) => sum + one.waiting + one.mine, 0) - this.gone - outbox.waiting.length);
	}
	get now(): Held | undefined {
		return this.held[0];
	}
	/** What this tab left behind comes first: a case that goes back is not mistaken for one that is held. */
	async start(): Promise<void> {
		if (outbox.acts.length) await outbox.run();
		await this.fill();
	}
	private arrive(): void {
		this.since = performance.now();
	}
	/** So long the case lies there, in seconds. */
	get looked(): number {
		return (performance.now() - this.since) / 1000;
	}
	fill(): Promise<void> {
		return (this.filling ??= this.take().finally(() => (this.filling = null)));
	}
	private get mineAlready(): string[] {
		return [...this.held.map((one) => one.record.id), ...outbox.acts.map((act) => act.id)];
	}
	private async take(): Promise<void> {
		try {
			for (let round = 0; !this.over && this.held.length < AHEAD; ) {
				const candidate = this.candidates.shift();
				if (candidate) await this.claim(candidate);
				else if (round++ >= ROUNDS || !(await this.ask())) break;
			}
			this.dry = this.held.length < AHEAD;
			this.came();
		} catch (problem) {
			this.error = problem instanceof ApiError ? problem : new ApiError(0, 'page', String(problem));
			this.drop ??= miss(this.error, () => this.fill());
			clearTimeout(this.later);
			if (!this.over) this.later = setTimeout(() => void this.fill(), LATER);
		}
	}
	private came(): void {
		this.error = undefined;
		this.drop?.();
		this.drop = undefined;
	}
	/** Whether there is something among what the server offers. */
	private async ask(): Promise<boolean> {
		const not = [...new Set([...this.mineAlready, ...this.passed, ...this.skipped])].slice(0, MEMORY);
		const next = await nextCases(this.queue, ASKED, not);
		this.told(next);
		const known = new Set([...this.mineAlready, ...not]);
		const fits = next.items.filter((one) => !known.has(one.id) && (!this.only || (this.only === 'blind') === !!one.blind));
		// What is not wanted now is passed by, so that the next question finds what lies behind it.
		this.passed = [...this.passed, ...next.items.filter((one) => !fits.includes(one)).map((one) => one.id)].slice(-MEMORY);
		this.candidates = fits;
		return next.items.length > 0;
	}
	private async claim(record: AnyRecord): Promise<void> {
		if (this.mineAlready.includes(record.id)) return;
		if (isTakenBy(this.kind, record, this.me)) return this.put(record);
		const move = takeMove(this.kind, record);
		if (!move) return;
		try {
			const reply = await perform(this.kind, record, { move });
			if (!reply) return;
			if (this.over) return outbox.add(this.backOf(reply.record));
			this.put(reply.record);
		} catch (error) {
			// Somebody else was first, or it is not for me: there are others.
			if (!(error instanceof ApiError) || error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500) throw error;
			this.passed = [...this.passed, record.id].slice(-MEMORY);
		}
	}
	private put(record: AnyRecord): void {
		if (!this.held.length) this.arrive();
		this.held = [...this.held, { record, note: '' }];
	}
	private backOf(record: AnyRecord) {
		return { kind: this.kind.kind, id: record.id, key: record.key, title: record.title, move: backMove(this.kind, record), body: {} };
	}
	replace(record: AnyRecord): void {
		this.held = this.held.map((one) => (one.record.id === record.id ? { ...one, record } : one));
	}
	note(text: string): void {
		this.held = this.held.map((one, at) => (at ? one : { ...one, note: text }));
	}
	/** One's own verdict; what the system says comes back with the answer. */
	async judge(verdict: string): Promise<void> {
		const record = this.now?.record;
		if (!record) return;
		const reply: RecordReply | null = await perform(this.kind, record, { move: 'judge' }, { own_verdict: verdict });
		if (reply) this.replace(reply.record);
	}
	decide(said: Said): AnyRecord | undefined {
		const held = this.now;
		if (!held) return undefined;
		const { record } = held;
		const { move, body } = stepOf(record, { ...said, note: held.note.trim() || undefined });
		outbox.add({ kind: this.kind.kind, id: record.id, key: record.key, title: record.title, move, body, what: said.what }, UNDO);
		this.before = { held, row: this.row, token: outbox.acts.at(-1)?.token ?? '' };
		this.row = rowWith(this.row, said.what === 'agree' || said.what === 'confirm', this.looked);
		this.goOn();
		return record;
	}
	private goOn(): void {
		this.held = this.held.slice(1);
		this.arrive();
		void this.fill();
	}
	/** The case lies on the desk again; false when its decision has gone out. */
	undo(): boolean {
		const last = this.before;
		if (!last || outbox.last?.token !== last.token || !outbox.takeBack()) return false;
		this.held = [last.held, ...this.held];
		this.row = last.row;
		this.before = null;
		this.arrive();
		return true;
	}
	skip(): void {
		const record = this.now?.record;
		if (!record) return;
		this.skipped = [...this.skipped, record.id].slice(-MEMORY);
		outbox.add(this.backOf(record));
		this.row = 0;
		this.goOn();
	}
	/** What was put aside is offered again. */
	again(): void {
		this.skipped = [];
		this.passed = [];
		void this.fill();
	}
	/** Something changed elsewhere: a case may have been taken from me, others may wait. */
	async hear(ids: { id: string; version: number }[]): Promise<void> {
		for (const { record } of this.held) {
			const news = ids.find((one) => !one.id || one.id === record.id);
			if (news && (!news.id || news.version > record.version)) await this.look(record);
		}
		if (this.held.length < AHEAD) await this.fill();
	}
	private async look(record: AnyRecord): Promise<void> {
		const reply = await get<RecordReply>(`/${this.kind.kind}/${record.id}`).catch(() => null);
		if (!reply || this.over) return;
		if (isTakenBy(this.kind, reply.record, this.me)) return this.replace(reply.record);
		if (!this.held.some((one) => one.record.id === record.id)) return;
		const first = this.now?.record.id === record.id;
		this.held = this.held.filter((one) => one.record.id !== record.id);
		if (first) this.arrive();
		this.lost = [...this.lost, reply.record].slice(-3);
	}
	/** Counts as they are now, without taking anything. */
	async count(): Promise<void> {
		const next = await nextCases(this.queue, 1, []).catch(() => null);
		if (next) this.told(next);
	}
	private told(next: Next): void {
		this.queues = next.queues;
		this.pace = next.mine;
		this.gone = 0;
	}
	/** The desk is cleared: what lies on it goes back, what was decided goes out. */
	clear(): void {
		if (this.over) return;
		this.over = true;
		clearTimeout(this.later);
		this.came();
		for (const { record } of this.held) outbox.add(this.backOf(record));
		this.held = [];
	}
}
