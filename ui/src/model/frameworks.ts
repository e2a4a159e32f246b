// SPDX-License-Identifier: Apache-2.0
// The requirements of a framework: many pages show them, and they are asked for once while the model is the same.
import { get } from '../data/client.svelte';
import type { FrameworkDetail } from '../data/types';
import { model } from './model.svelte';

const kept = new Map<string, Promise<FrameworkDetail>>();
export function frameworkDetail(framework: string): Promise<FrameworkDetail> {
	const name = `${model.now?.hash} ${framework}`;
	const there = kept.get(name);
	if (there) return there;
	const asked = get<FrameworkDetail>(`/frameworks/${framework}`);
	kept.set(name, asked);
	asked.catch(() => kept.delete(name));
	return asked;
}
