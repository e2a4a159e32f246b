// SPDX-License-Identifier: Apache-2.0
// Several questions whose answers make one picture: shown when all are here. An answer to what is asked no more is dropped.
import { untrack } from 'svelte';
import { language } from '../i18n/t.svelte';
import { ApiError, get } from '../data/client.svelte';
import { miss } from '../data/missed.svelte';
import { learn } from '../data/names.svelte';
import type { Names } from '../data/types';

export interface Answers<T> {
	readonly data: T[] | undefined;
	readonly error: ApiError | undefined;
	readonly loading: boolean;
	reload(): void;
}
export function answers<T>(paths: () => string[] | null, from: (path: string) => Promise<T> = get): Answers<T> {
	let data = $state.raw<T[] | undefined>();
	let error = $state.raw<ApiError | undefined>();
	let loading = $state(false);
	let turn = 0;
	async function ask(all: string[]): Promise<void> {
		const now = ++turn;
		loading = true;
		try {
			const found = await Promise.all(all.map((path) => from(path)));
			if (now !== turn) return;
			for (const one of found) learn((one as { names?: Names } | null)?.names);
			data = found;
			error = undefined;
		} catch (problem) {
			if (now !== turn) return;
			error = problem instanceof ApiError ? problem : new ApiError(0, 'bug', String(problem));
		}
		loading = false;
	}
	// One text: the same questions in a new list are not asked again.
	const asked = $derived(JSON.stringify(paths()));
	const again = (): void => {
		const all = JSON.parse(asked) as string[] | null;
		if (all) void ask(all);
		else data = undefined;
	};
	$effect(() => (error ? miss(error, async () => untrack(again)) : undefined));
	$effect(() => {
		void asked;
		void language.now;
		untrack(again);
	});
	return {
		get data() { return data; },
		get error() { return error; },
		get loading() { return loading; },
		reload: () => untrack(again)
	};
}
