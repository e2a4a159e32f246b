// SPDX-License-Identifier: Apache-2.0
// The way to the page, also its title in the browser. Each page says its own.
export interface Crumb {
	label: string;
	href?: string;
}
export const crumbs = $state<{ now: Crumb[] }>({ now: [] });

export function usePath(path: () => Crumb[]): void {
	$effect(() => {
		const now = path();
		crumbs.now = now;
		document.title = [...now].reverse().map((crumb) => crumb.label).join(' · ') + ' · Aimwell';
	});
}
