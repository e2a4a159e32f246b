// SPDX-License-Identifier: Apache-2.0
// The list a record was opened from, so that J and K walk along it.
let kind = '';
let keys: string[] = [];

export function setTrail(of: string, list: string[]): void {
	kind = of;
	keys = list;
}
export function neighbours(of: string, key: string): { before?: string; after?: string; at: number; of: number } | null {
	const at = of === kind ? keys.indexOf(key) : -1;
	return at < 0 ? null : { before: keys[at - 1], after: keys[at + 1], at: at + 1, of: keys.length };
}
