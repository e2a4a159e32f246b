// SPDX-License-Identifier: Apache-2.0
import { get } from './client.svelte';

/** How many records each register has that the reader may see. */
export const countRegisters = async (): Promise<Record<string, number>> =>
	Object.fromEntries((await get<{ items: { kind: string; total: number }[] }>('/registers')).items.map((one) => [one.kind, one.total]));
