// SPDX-License-Identifier: Apache-2.0
// The tabs of one browser share a session: signing out in one is signing out in all, and so is signing in.
import { keptName } from './place';

export type Word = { in: string } | 'out';
const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(keptName('session'));

export const tellTabs = (word: Word): void => channel?.postMessage(word);
export function hearTabs(act: (word: Word) => void): void {
	if (channel) channel.onmessage = (event: MessageEvent<Word>) => act(event.data);
}
