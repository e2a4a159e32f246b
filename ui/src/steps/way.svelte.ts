// SPDX-License-Identifier: Apache-2.0
// A record on its way through the steps of its kind: what was typed and is not saved yet, and how it is saved. Each
// step that is left becomes a version; what somebody else wrote meanwhile is put beside it, never overwritten.
import { keptName } from '../data/place';
import { ApiError, get, patch, post } from '../data/client.svelte';
import { learn } from '../data/names.svelte';
import type { AnyRecord, Field, Kind, Problem, RecordReply, Step, Value } from '../data/types';
import { applies, holds, isEmpty, needOf, neededBefore } from '../model/condition';
import { fieldOf, isEditable, isFixed } from '../model/model.svelte';

interface Typed {
	value: Value;
	/** What stood there when it was typed. */
	was: Value;
}
export interface Conflict {
	field: Field;
	theirs: Value;
	mine: Value;
}
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export class Way {
	kind: Kind;
	found = $state.raw<RecordReply | undefined>();
	typed = $state<Record<string, Typed>>({});
	problems = $state.raw<Problem[]>([]);
	conflicts = $state.raw<Conflict[]>([]);
	busy = $state(false);
	saved = $state.raw<Date | null>(null);
	/** How often a field got a value from somewhere else than its editor, which then begins anew: what it holds is old. */
	turns = $state<Record<string, number>>({});
	#keptAs: string;
	#person: string;

	constructor(kind: Kind, found: RecordReply | undefined, name: string, person: string) {
		this.kind = kind;
		this.found = found;
		this.#person = person;
		this.#keptAs = this.#place(found?.record.id ?? name);
		try {
			this.typed = JSON.parse(sessionStorage.getItem(this.#keptAs) ?? '{}') as Record<string, Typed>;
		} catch {
			// What cannot be read was no draft.
		}
	}
	/** Nobody finds what somebody else typed on this device. */
	#place(name: string): string {
		return keptName(`steps.${this.#person}.${this.kind.kind}.${name}`);
	}
	get record(): AnyRecord | undefined {
		return this.found?.record;
	}
	/** The record with what was typed. */
	get now(): Record<string, Value> {
		return { ...(this.record as Record<string, Value> | undefined), ...Object.fromEntries(Object.entries(this.typed).map(([name, one]) => [name, one.value])) };
	}
	get changes(): Record<string, Value> {
		return Object.fromEntries(Object.entries($state.snapshot(this.typed) as Record<string, Typed>).filter(([name, one]) => !same(one.value, this.record?.[name])).map(([name, one]) => [name, one.value ?? null]));
	}
	get unsaved(): boolean {
		return Object.keys(this.changes).length > 0;
	}
	mayField(field: Field): boolean {
		const may = this.found ? (this.found.fields?.[field.name]?.may ?? this.found.may?.change ?? true) : true;
		return may && isEditable(field) && !isFixed(field, this.record?.state);
	}
	set(name: string, value: Value): void {
		const next = isEmpty(value) ? null : value;
		if (same(next, this.record?.[name])) delete this.typed[name];
		else this.typed[name] = { value: next, was: this.typed[name] ? this.typed[name].was : ((this.record?.[name] as Value) ?? null) };
		this.problems = this.problems.filter((one) => one.field !== name);
		this.#keep();
	}
	/** A value that no editor has given. */
	put(name: string, value: Value): void {
		this.set(name, value);
		this.turns[name] = (this.turns[name] ?? 0) + 1;
	}
	#keep(): void {
		try {
			if (Object.keys(this.typed).length) sessionStorage.setItem(this.#keptAs, JSON.stringify(this.typed));
			else sessionStorage.removeItem(this.#keptAs);
		} catch {
			// Without storage it lives as long as the page.
		}
	}
	take(reply: RecordReply): void {
		learn(reply.names);
		const before = this.record;
		this.found = reply;
		for (const { name } of before ? this.kind.fields : []) if (!this.typed[name] && !same(before![name], reply.record[name])) this.turns[name] = (this.turns[name] ?? 0) + 1;
	}
	async reload(): Promise<void> {
		if (this.record) this.take(await get<RecordReply>(`/${this.kind.kind}/${this.record.id}`));
	}
	/** Values of mine where somebody else has written another since. */
	#clashes(): Conflict[] {
		return Object.entries(this.typed).flatMap(([name, one]) => {
			const field = fieldOf(this.kind, name);
			const theirs = (this.record?.[name] as Value) ?? null;
			return !field || same(theirs, one.was) || same(theirs, one.value) ? [] : [{ field, theirs, mine: one.value }];
		});
	}
	settle(mine: boolean): void {
		for (const { field, theirs } of this.conflicts) {
			if (mine) this.typed[field.name]!.was = theirs;
			else {
				delete this.typed[field.name];
				this.turns[field.name] = (this.turns[field.name] ?? 0) + 1;
			}
		}
		this.conflicts = [];
		this.#keep();
	}
	/** True when nothing is left to be saved. */
	async save(): Promise<boolean> {
		if (this.busy) return false;
		const sent = this.changes;
		if (this.record && !Object.keys(sent).length) {
			this.typed = {};
			this.#keep();
			return true;
		}
		this.conflicts = this.#clashes();
		if (this.conflicts.length) return false;
		this.busy = true;
		this.problems = [];
		try {
			await this.#send(sent);
			for (const [name, value] of Object.entries(sent)) if (same(this.typed[name]?.value, value)) delete this.typed[name];
			this.saved = new Date();
			this.#keep();
			return true;
		} catch (problem) {
			const refused = problem as ApiError;
			if (!this.conflicts.length) this.problems = refused.errors?.length ? refused.errors : [{ message: refused.message }];
			return false;
		} finally {
			this.busy = false;
		}
	}
	async #send(sent: Record<string, Value>): Promise<void> {
		if (!this.record) {
			const old = this.#keptAs;
			this.take(await post<RecordReply>(`/${this.kind.kind}`, Object.fromEntries(Object.entries(sent).filter(([, value]) => !isEmpty(value)))));
			sessionStorage.removeItem(old);
			this.#keptAs = this.#place(this.record!.id);
			return;
		}
		for (let tries = 1; ; tries++)
			try {
				return this.take(await patch<RecordReply>(`/${this.kind.kind}/${this.record!.id}`, sent, this.record!.version));
			} catch (problem) {
				if ((problem as ApiError).status !== 412 || tries === 3) throw problem;
				// Another part of the record was changed: mine stands by itself. The same part: both are shown.
				await this.reload();
				this.conflicts = this.#clashes();
				if (this.conflicts.length) throw problem;
			}
	}

	get steps(): Step[] {
		return this.kind.steps!.of.filter((one) => holds(one.when, this.now));
	}
	fieldsOf(step: Step): Field[] {
		const hidden = (this.record?.hidden as string[] | undefined) ?? [];
		return step.fields.flatMap((name) => fieldOf(this.kind, name) ?? []).filter((field) => applies(field, this.now) && !hidden.includes(field.name) && (!field.computed || !isEmpty(this.record?.[field.name])));
	}
	/** Fields of the step that will be needed some day and are still empty. */
	missing(step: Step): Field[] {
		const state = this.record?.state ?? this.kind.states.find((one) => one.start)?.state;
		return this.fieldsOf(step).filter((field) => isEditable(field) && isEmpty(this.now[field.name]) && needOf(field, this.now, state) !== 'no' && (field.required || neededBefore(field, this.kind.states)));
	}
}
