// SPDX-License-Identifier: Apache-2.0
// Where the pages lie on their host: at its root, or below a path ("/aims") that a proxy hands on. Inside, every
// address is written as if they lay at the root; what leaves for the browser or the server goes through here.

// The files of the pages lie in /assets, so their own address tells, also to the shared worker.
export const root = new URL(import.meta.url).pathname.match(/^(.*)\/assets\/[^/]+$/)?.[1] ?? '';

/** "/k/risk" → "/aims/k/risk"; what is no address of ours stays. */
export const addressOf = <T extends string | undefined>(path: T): T => (path?.startsWith('/') ? root + path : path) as T;
/** "/aims/k/risk" → "/k/risk"; null when it is not one of ours. */
export function pathIn(address: string): string | null {
	if (address === root) return '/';
	return address.startsWith(`${root}/`) ? address.slice(root.length) : null;
}
/** The name under which this browser keeps something: what lies beside us on the same host has names of its own. */
export const keptName = (name: string): string => `aimwell${root}.${name}`;
