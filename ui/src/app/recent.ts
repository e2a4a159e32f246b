// SPDX-License-Identifier: Apache-2.0
// The last records a person looked at, on this device only.
import type { Ref } from '../data/types';
import { keep, kept } from './prefs.svelte';

export const recent = (): Ref[] => kept<Ref[]>('recent', []);
export function visited(record: Ref): void {
	keep('recent', [record, ...recent().filter((one) => one.id !== record.id)].slice(0, 8));
}
export const forgetRecent = (): void => keep('recent', []);
