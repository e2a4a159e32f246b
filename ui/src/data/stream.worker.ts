// SPDX-License-Identifier: Apache-2.0
// Holds the one event stream of all tabs of this browser. A browser opens six connections to a server at most, so a
// stream for each tab would leave nothing to load the seventh with.
import { listen } from './source';

const ports = new Set<MessagePort>();
let stop: (() => void) | null = null;

function join(port: MessagePort): void {
	ports.add(port);
	stop ??= listen((news) => {
		for (const one of ports) one.postMessage(news);
	});
}
function leave(port: MessagePort): void {
	ports.delete(port);
	if (ports.size) return;
	stop?.();
	stop = null;
}
addEventListener('connect', (event) => {
	const port = (event as MessageEvent).ports[0]!;
	port.onmessage = (message: MessageEvent<'join' | 'leave'>) => (message.data === 'join' ? join(port) : leave(port));
	port.start();
});
