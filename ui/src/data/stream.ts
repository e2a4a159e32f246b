// SPDX-License-Identifier: Apache-2.0
// What changed elsewhere. Pages subscribe and are told at most every second, so that an import of thousands of
// records does not make a page flicker. All tabs share one stream: a shared worker holds it, or, where there is
// none, the tab that leads; without either the page asks again now and then.
import { keptName } from './place';
import { ANYTHING, listen, type Change, type News } from './source';

export type { Change } from './source';
type Listener = (changes: Change[]) => void;

const POLL = 60_000;
const listeners = new Set<Listener>();
let waiting: Change[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;
let stop: (() => void) | null = null;
let onEnded: () => void = () => {};

function flush(): void {
	timer = undefined;
	const changes = waiting;
	waiting = [];
	for (const listener of listeners) listener(changes);
}
function hear(news: News): void {
	if (news === 'ended') return onEnded();
	waiting.push(news);
	timer ??= setTimeout(flush, 1000);
}

function byWorker(): () => void {
	const worker = new SharedWorker(new URL('./stream.worker.ts', import.meta.url), { type: 'module', name: 'aimwell' });
	const port = worker.port;
	let failed: (() => void) | null = null;
	// A browser that has shared workers but may not start one here falls back.
	worker.onerror = () => (failed ??= byLeader());
	port.onmessage = (event: MessageEvent<News>) => hear(event.data);
	port.postMessage('join');
	// A tab that is put aside keeps no place; when it comes back it has missed something.
	const hide = (): void => port.postMessage('leave');
	const show = (event: PageTransitionEvent): void => {
		if (!event.persisted) return;
		port.postMessage('join');
		hear(ANYTHING);
	};
	addEventListener('pagehide', hide);
	addEventListener('pageshow', show);
	return () => {
		hide();
		failed?.();
		removeEventListener('pagehide', hide);
		removeEventListener('pageshow', show);
	};
}
/** The tab that holds the lock listens and tells the others; when it goes, another follows. */
function byLeader(): () => void {
	if (!navigator.locks || typeof BroadcastChannel === 'undefined') return byAsking();
	const channel = new BroadcastChannel(keptName('stream'));
	const over = new AbortController();
	channel.onmessage = (event: MessageEvent<News>) => hear(event.data);
	void navigator.locks.request(keptName('stream'), { signal: over.signal }, () => new Promise<void>((release) => {
		const end = listen((news) => {
			hear(news);
			channel.postMessage(news);
		});
		// What came between one leader and the next was heard by nobody.
		hear(ANYTHING);
		channel.postMessage(ANYTHING);
		const close = (): void => {
			end();
			release();
		};
		if (over.signal.aborted) close();
		else over.signal.addEventListener('abort', close);
	})).catch(() => undefined);
	return () => {
		over.abort();
		channel.close();
	};
}
function byAsking(): () => void {
	const ask = (): void => {
		if (document.visibilityState === 'visible') hear(ANYTHING);
	};
	const every = setInterval(ask, POLL);
	document.addEventListener('visibilitychange', ask);
	return () => {
		clearInterval(every);
		document.removeEventListener('visibilitychange', ask);
	};
}

/** Begins to listen; `ended` is called when the server has closed the stream, perhaps with the session. */
export function openStream(ended: () => void): void {
	onEnded = ended;
	stop ??= typeof EventSource === 'undefined' ? byAsking() : typeof SharedWorker === 'undefined' ? byLeader() : byWorker();
}
export function closeStream(): void {
	stop?.();
	stop = null;
	waiting = [];
}
export function onChange(listener: Listener): () => void {
	listeners.add(listener);
	return () => void listeners.delete(listener);
}
/** Whether something of the kind (and, if given, that record) may have changed. */
export const touches = (changes: Change[], kind: string | undefined, id?: string): boolean =>
	changes.some((c) => c.kind === '*' || (c.kind === kind && (!id || !c.id || c.id === id)));
