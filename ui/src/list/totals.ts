// SPDX-License-Identifier: Apache-2.0
// The foot of a list: what the server says of all its rows, and of a group what its rows say when all of them are here.
import type { AnyRecord, Field, Total } from '../data/types';

export const totalled = (columns: Field[]): Field[] => columns.filter((field) => field.total);
export const valueOf = (total: Total | undefined): number | null => total?.sum ?? total?.mean ?? null;
/** As the server reckons it: without those that have no number, to twelve digits. */
export function totalOf(items: AnyRecord[], field: Field): Total {
	const numbers = items.map((one) => one[field.name]).filter((one): one is number => typeof one === 'number');
	const sum = numbers.reduce((all, one) => all + one, 0);
	const value = numbers.length ? Number((field.total === 'mean' ? sum / numbers.length : sum).toPrecision(12)) : null;
	return field.total === 'mean' ? { mean: value, n: numbers.length } : { sum: value, n: numbers.length };
}
