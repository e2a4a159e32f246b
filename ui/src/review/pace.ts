// SPDX-License-Identifier: Apache-2.0
// How fast somebody decides, and whether they still look: agreeing with many in a row, each at a glance, is said to them.
export interface Pace {
	days: number;
	decided: number;
	agreed: number;
	/** The median of a case; null: nothing to reckon from. */
	seconds: number | null;
}
export const GLANCE = 3;
export const MANY = 20;

/** So many were agreed with in a row, each at a glance, with this one. */
export const rowWith = (row: number, agreed: boolean, seconds: number): number => (agreed && seconds < GLANCE ? row + 1 : 0);
export const isTooSmooth = (row: number): boolean => row >= MANY;
/** In percent; null: nobody was there to agree with. */
export const agreeRate = (pace: Pace | undefined): number | null => (pace?.decided ? Math.round((100 * pace.agreed) / pace.decided) : null);
export function median(values: number[]): number | null {
	if (!values.length) return null;
	const sorted = [...values].sort((a, b) => a - b);
	const half = sorted.length >> 1;
	return sorted.length % 2 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
