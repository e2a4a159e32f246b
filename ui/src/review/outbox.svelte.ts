// SPDX-License-Identifier: Apache-2.0
// Decisions on their way. One waits a few seconds in which it can be taken back; then it is sent, in order, once: its
// name stays the same however often it is tried, also after the page was loaded anew. What the server refuses is kept
// with its words until somebody has read it.
import { ApiError, call, token } from '../data/client.svelte';
import { miss } from '../data/missed.svelte';
import { learn } from '../data/names.svelte';
import { keptName } from '../data/place';
import type { RecordReply, Value } from '../data/types';
import type { Verdict } from './case';

export interface Act {
	kind: string;
	/** Of the record. */
	id: string;
	key: string;
	title: string;
	move: string;
	body: Record<string, Value>;
	token: string;
	/** What was decided; none: the case is only put back, and a refusal of that is nothing to tell. */
	what?: Verdict;
	/** When it is sent, in milliseconds. */
	due: number;
	tries: number;
}
export interface Sent {
	kind: string;
	id: string;
	key: string;
	title: string;
	what: Verdict;
	/** Why the server did not take it. */
	refused?: string[];
}
export const UNDO = 5000;
/** Each person has their own: what one left unsent is not the next one's. */
const nameOf = (person: string): string => keptName(`review.${person}`);
const LATER = [1000, 2000, 4000, 8000, 15000];

class Outbox {
	acts = $state.raw<Act[]>([]);
	refused = $state.raw<Sent[]>([]);
	/** The latest first. */
	sent = $state.raw<Sent[]>([]);
	/** The server could not be reached when last something was to be sent. */
	away = $state(false);
	private person = '';
	/** The name of the one that is under way. */
	private sending = '';
	private running: Promise<void> | null = null;
	private timer: ReturnType<typeof setTimeout> | undefined;
	private drop: (() => void) | undefined;
	/** Told of each that the server took. */
	onTaken: ((act: Act) => void) | null = null;

	/** What this person left unsent in this tab. */
	open(person: string): void {
		if (this.person === person) return;
		this.person = person;
		this.sent = [];
		let found: { acts?: Act[]; refused?: Sent[] } = {};
		try {
			found = JSON.parse(sessionStorage.getItem(nameOf(person)) ?? '{}');
		} catch {
			// What cannot be read was not written by us.
		}
		this.acts = (found.acts ?? []).map((act) => ({ ...act, due: 0 }));
		this.refused = found.refused ?? [];
	}
	private keep(): void {
		try {
			if (this.acts.length || this.refused.length) sessionStorage.setItem(nameOf(this.person), JSON.stringify({ acts: this.acts, refused: this.refused }));
			else sessionStorage.removeItem(nameOf(this.person));
		} catch {
			// A browser that keeps nothing still sends.
		}
	}
	private set(acts: Act[]): void {
		this.acts = acts;
		this.keep();
	}
	/** Decisions that were made and that the server does not have yet. */
	get waiting(): Act[] {
		return this.acts.filter((act) => act.what);
	}
	/** The one that can still be taken back. */
	get last(): Act | undefined {
		const act = this.acts.at(-1);
		return act?.what && act.token !== this.sending && !act.tries && act.due > 0 ? act : undefined;
	}
	add(act: Omit<Act, 'token' | 'tries' | 'due'>, wait = 0): void {
		this.set([...this.acts.map((one) => ({ ...one, due: 0 })), { ...act, token: token(), tries: 0, due: wait ? Date.now() + wait : 0 }]);
		this.plan(0);
	}
	takeBack(): Act | undefined {
		const act = this.last;
		if (act) this.set(this.acts.filter((one) => one !== act));
		return act;
	}
	/** Whatever waits is sent now; done when all of it was, or the server cannot be reached. */
	async hurry(): Promise<void> {
		this.set(this.acts.map((one) => ({ ...one, due: 0 })));
		await this.run();
	}
	/** The page is being left: nobody waits for the answers, and what is not known to have arrived is sent again under its name. */
	leave(): void {
		clearTimeout(this.timer);
		this.set(this.acts.map((one) => ({ ...one, due: 0 })));
		for (const act of this.acts) void this.post(act, true).catch(() => undefined);
	}
	forget(sent: Sent): void {
		this.refused = this.refused.filter((one) => one !== sent);
		this.keep();
	}
	private post(act: Act, keepalive = false) {
		return call<RecordReply>('POST', `/${act.kind}/${act.id}/moves/${act.move}`, { body: act.body, headers: { 'Idempotency-Key': act.token }, keepalive });
	}
	private plan(wait: number): void {
		clearTimeout(this.timer);
		const first = this.acts[0];
		if (first) this.timer = setTimeout(() => void this.run(), Math.max(wait, first.due - Date.now(), 0));
	}
	run(): Promise<void> {
		return (this.running ??= this.all().finally(() => {
			this.running = null;
			const tries = this.acts[0]?.tries ?? 0;
			this.plan(tries ? LATER[Math.min(tries, LATER.length) - 1]! : 0);
		}));
	}
	private async all(): Promise<void> {
		for (let act = this.acts[0]; act && act.due <= Date.now(); act = this.acts[0]) {
			this.sending = act.token;
			try {
				const reply = await this.post(act);
				this.came();
				learn(reply.data?.names);
				this.out(act);
				if (act.what) this.sent = [{ ...sentOf(act), what: act.what }, ...this.sent].slice(0, 20);
				this.onTaken?.(act);
			} catch (error) {
				if (isLater(error)) {
					this.failed(act, error as ApiError);
					return;
				}
				this.came();
				this.out(act);
				if (act.what) {
					this.refused = [...this.refused, { ...sentOf(act), what: act.what, refused: (error as ApiError).lines ?? [String(error)] }];
					this.keep();
				}
			} finally {
				this.sending = '';
			}
		}
	}
	private out(act: Act): void {
		this.set(this.acts.filter((one) => one.token !== act.token));
	}
	private failed(act: Act, error: ApiError): void {
		this.away = true;
		this.drop ??= miss(error, () => this.run());
		this.set(this.acts.map((one) => (one.token === act.token ? { ...one, tries: one.tries + 1, due: 0 } : one)));
	}
	private came(): void {
		this.away = false;
		this.drop?.();
		this.drop = undefined;
	}
}
const sentOf = (act: Act): Omit<Sent, 'what'> => ({ kind: act.kind, id: act.id, key: act.key, title: act.title });
/** Worth another try: nobody was reached, or was too busy, or does not know us any more. */
const isLater = (error: unknown): boolean => error instanceof ApiError && (error.status === 0 || error.status === 401 || error.status === 429 || error.status >= 500);

export const outbox = new Outbox();
if (typeof addEventListener === 'function') addEventListener('online', () => void outbox.run());
