// SPDX-License-Identifier: Apache-2.0
// From row to row of a shape, as in the list: j and k, or the arrows, to the first and to the last.
export function stepRows(event: KeyboardEvent, box: HTMLElement | undefined): boolean {
	const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
	const all = [...(box?.querySelectorAll<HTMLElement>('[data-row] [data-main]') ?? [])];
	if (!by || !all.length) return false;
	const now = all.findIndex((one) => one.closest('[data-row]')!.contains(document.activeElement));
	all[now < 0 && Math.abs(by) === 1 ? 0 : Math.max(0, Math.min(all.length - 1, now + by))]!.focus();
	return true;
}
