// SPDX-License-Identifier: Apache-2.0
// What changed elsewhere. Pages subscribe with a kind (or none, for all) and are told at most every second,
// so that an import of thousands of records does not make a page flicker.
export interface Change {
	kind: string;
	id: string;
	version: number;
}
type Listener = (changes: Change[]) => void;

const listeners = new Set<Listener>();
let source: EventSource | null = null;
let waiting: Change[] = [];
let timer: ReturnType<typeof setTimeout> | undefined;

function flush(): void {
	timer = undefined;
	const changes = waiting;
	waiting = [];
	for (const listener of listeners) listener(changes);
}
function receive(event: MessageEvent<string>): void {
	try {
		const change = JSON.parse(event.data) as Change;
		if (!change.kind) return;
		waiting.push(change);
	} catch {
		return;
	}
	timer ??= setTimeout(flush, 1000);
}
export function openStream(): void {
	if (source || typeof EventSource === 'undefined') return;
	source = new EventSource('/api/v1/stream');
	source.onmessage = receive;
	source.addEventListener('change', receive as EventListener);
}
export function closeStream(): void {
	source?.close();
	source = null;
}
export function onChange(listener: Listener): () => void {
	listeners.add(listener);
	return () => void listeners.delete(listener);
}
