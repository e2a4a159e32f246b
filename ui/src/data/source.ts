// SPDX-License-Identifier: Apache-2.0
// One connection to /stream, kept up: it comes back by itself, and says when something may have been missed.
import { addressOf } from './place';

export interface Change {
	/** '*': anything may have changed. */
	kind: string;
	/** Empty: so much of the kind changed that it is not named one by one. */
	id: string;
	version: number;
	/** The hash of a new model: there are other fields and registers now. */
	model?: string;
}
/** Changes, or word that the server has ended the stream: the session may be over. */
export type News = Change | 'ended';
export const ANYTHING: Change = { kind: '*', id: '', version: 0 };

/** Tells `hear` what comes until the returned function is called. */
export function listen(hear: (news: News) => void): () => void {
	let source: EventSource | null = null;
	let timer: ReturnType<typeof setTimeout> | undefined;
	let wait = 2000;
	let missed = false;

	function receive(event: MessageEvent<string>): void {
		try {
			const change = JSON.parse(event.data) as Change;
			if (change.kind || change.model) hear(change);
		} catch {
			// What is no change is nothing to tell.
		}
	}
	function open(): void {
		source = new EventSource(addressOf('/api/v1/stream'));
		source.onmessage = receive;
		source.addEventListener('change', receive as EventListener);
		source.onopen = () => {
			wait = 2000;
			if (missed) hear(ANYTHING);
			missed = false;
		};
		source.onerror = () => {
			missed = true;
			if (source?.readyState !== EventSource.CLOSED) return;
			hear('ended');
			timer = setTimeout(open, wait);
			wait = Math.min(wait * 2, 60_000);
		};
	}
	open();
	return () => {
		clearTimeout(timer);
		source?.close();
	};
}
