// SPDX-License-Identifier: Apache-2.0
// The rows of a list: pages by cursor, refreshed without moving anything, remembered for the way back.
import { ApiError, get } from '../data/client.svelte';
import { learn } from '../data/names.svelte';
import type { AnyRecord, ListReply } from '../data/types';

const PAGE = 100;
/** Groups want all their rows: as many at once as the server gives. */
export const MOST = 1000;
interface Kept {
	items: AnyRecord[];
	next: string | null;
	total: number;
	top: number;
	active: number;
}
const kept = new Map<string, Kept>();

export class Rows {
	items = $state.raw<AnyRecord[]>([]);
	total = $state(0);
	next = $state<string | null>(null);
	error = $state.raw<ApiError | undefined>();
	loading = $state(true);
	ready = $state(false);
	active = $state(-1);
	top = 0;
	#at = '';
	#page = PAGE;
	#turn = 0;

	/** Shows the answer to a question: what was there last time at once, then the truth. */
	async ask(path: string, page = PAGE): Promise<void> {
		this.remember();
		this.#at = path;
		this.#page = page;
		const old = kept.get(path);
		if (old) {
			Object.assign(this, { items: old.items, next: old.next, total: old.total, active: old.active, top: old.top, ready: true });
			return this.refresh();
		}
		this.active = -1;
		this.top = 0;
		await this.#load(`${path}&limit=${page}`, (reply) => {
			this.items = reply.items;
			this.next = reply.next;
		});
	}
	/** The first page of a question, which came with another answer. */
	start(path: string, page: number, first: { items: AnyRecord[]; next: string | null }, total: number): void {
		this.#turn++;
		this.#at = path;
		this.#page = page;
		// Who asked for more keeps what is beyond it.
		const there = new Set(first.items.map((item) => item.id));
		const beyond = this.items.length > first.items.length ? this.items.slice(first.items.length).filter((item) => !there.has(item.id)) : [];
		const grown = beyond.length > 0 && total > first.items.length;
		Object.assign(this, { items: grown ? [...first.items, ...beyond] : first.items, next: grown ? this.next : first.next, total, error: undefined, loading: false, ready: true });
	}
	async more(): Promise<void> {
		if (!this.next || this.loading) return;
		await this.#load(`${this.#at}&limit=${this.#page}&cursor=${encodeURIComponent(this.next)}`, (reply) => {
			const there = new Set(this.items.map((item) => item.id));
			this.items = [...this.items, ...reply.items.filter((item) => !there.has(item.id))];
			this.next = reply.next;
		});
	}
	/** The same rows again, as they are now. */
	async refresh(): Promise<void> {
		const wanted = Math.min(1000, Math.max(this.#page, this.items.length));
		await this.#load(`${this.#at}&limit=${wanted}`, (reply) => {
			if (this.items.length <= wanted) {
				this.items = reply.items;
				this.next = reply.next;
			} else {
				const fresh = new Map(reply.items.map((item) => [item.id, item]));
				this.items = this.items.map((item) => fresh.get(item.id) ?? item);
			}
		});
	}
	replace(record: AnyRecord): void {
		this.items = this.items.map((item) => (item.id === record.id ? record : item));
	}
	remember(): void {
		if (!this.#at || !this.ready) return;
		kept.delete(this.#at);
		kept.set(this.#at, { items: this.items, next: this.next, total: this.total, top: this.top, active: this.active });
		if (kept.size > 6) kept.delete(kept.keys().next().value as string);
	}
	async #load(path: string, take: (reply: ListReply) => void): Promise<void> {
		const turn = ++this.#turn;
		this.loading = true;
		try {
			const reply = await get<ListReply>(path);
			if (turn !== this.#turn) return;
			learn(reply.names);
			take(reply);
			this.total = reply.total;
			this.error = undefined;
			this.ready = true;
		} catch (error) {
			if (turn === this.#turn) this.error = error instanceof ApiError ? error : new ApiError(0, 'bug', String(error));
		} finally {
			if (turn === this.#turn) this.loading = false;
		}
	}
}
export const forgetRows = (): void => kept.clear();
