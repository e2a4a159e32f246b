// SPDX-License-Identifier: Apache-2.0
// The list a record was opened from, of whatever kinds, so that J and K walk along it.
export interface Step {
	kind: string;
	key: string;
}
let steps: Step[] = [];
let on = '';

export function setTrail(list: Step[]): void {
	steps = list;
	on = location.pathname;
}
/** Whether the page that is shown has said what it lists. */
export const isTrailHere = (): boolean => on === location.pathname;
export function neighbours(kind: string, key: string): { before?: Step; after?: Step; at: number; of: number } | null {
	const at = steps.findIndex((step) => step.kind === kind && step.key === key);
	return at < 0 ? null : { before: steps[at - 1], after: steps[at + 1], at: at + 1, of: steps.length };
}
