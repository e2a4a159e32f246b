// SPDX-License-Identifier: Apache-2.0
// Clocks of all registers, as the server counts them, in the order in which they press.
export interface Clocks {
	at: string;
	clocks: { kind: string; field: string; standing: string; groups: { x: string; n: number }[]; total: number }[];
}
/** How much is left, and the colour that says how bad that is. */
export const LEFT = [{ id: 'over', tone: 'bad' }, { id: '1', tone: 'high' }, { id: '7', tone: 'warn' }, { id: '30', tone: 'info' }, { id: 'more', tone: 'idle' }];
/** More that are over come first, then more of one day, and so on. */
export function urgency(clocks: Clocks['clocks']): Clocks['clocks'] {
	const of = (one: Clocks['clocks'][number], step: string): number => one.groups.find((group) => group.x === step)?.n ?? 0;
	return [...clocks].sort((a, b) => LEFT.map(({ id }) => of(b, id) - of(a, id)).find((n) => n !== 0) ?? 0);
}
