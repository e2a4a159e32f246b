// SPDX-License-Identifier: Apache-2.0
// A GET as reactive state: shows what was known last time at once, then what is true now. A reply that
// arrives after a newer question was asked, or after newer data was put here, is dropped; who waits for it
// waits for the newer one. The server speaks the language of the reader: when that
// changes everything is asked again, and what stands there stays until the answer is here.
import { untrack } from 'svelte';
import { language } from '../i18n/t.svelte';
import { ApiError, get } from './client.svelte';
import { miss } from './missed.svelte';
import { learn } from './names.svelte';
import type { Names } from './types';

const known = new Map<string, unknown>();
const KEEP = 80;
const named = (path: string): string => `${language.now} ${path}`;

function remember(path: string, data: unknown): void {
	known.delete(path);
	known.set(path, data);
	if (known.size > KEEP) known.delete(known.keys().next().value as string);
}
export const forgetAll = (): void => known.clear();

export interface Resource<T> {
	data: T | undefined;
	readonly error: ApiError | undefined;
	readonly loading: boolean;
	reload(): Promise<void>;
}

export function resource<T>(path: () => string | null): Resource<T> {
	let data = $state.raw<T | undefined>();
	let error = $state.raw<ApiError | undefined>();
	let loading = $state(false);
	let asked = 0;
	let before = '';
	let newest: Promise<void> = Promise.resolve();

	const load = (at: string): Promise<void> => (newest = ask(at));
	async function ask(at: string): Promise<void> {
		const turn = ++asked;
		const name = named(at);
		loading = true;
		try {
			const fresh = await get<T>(at);
			if (turn !== asked) return newest;
			learn((fresh as { names?: Names } | null)?.names);
			remember(name, fresh);
			data = fresh;
			error = undefined;
		} catch (problem) {
			if (turn !== asked) return newest;
			error = problem instanceof ApiError ? problem : new ApiError(0, 'bug', String(problem));
		} finally {
			if (turn === asked) loading = false;
		}
	}
	$effect(() => {
		const at = path();
		const name = at && named(at);
		untrack(() => {
			if (!at || !name) return;
			const fresh = known.get(name) as T | undefined;
			if (at !== before || fresh !== undefined) data = fresh;
			before = at;
			error = undefined;
			void load(at);
		});
	});
	$effect(() => (error ? miss(error, () => load(untrack(path) ?? before)) : undefined));
	return {
		get data() { return data; },
		set data(value) {
			data = value;
			asked++;
			loading = false;
			newest = Promise.resolve();
			const at = path();
			if (at && value !== undefined) remember(named(at), value);
		},
		get error() { return error; },
		get loading() { return loading; },
		async reload() {
			const at = untrack(path);
			if (at) await load(at);
		}
	};
}
