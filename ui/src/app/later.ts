// SPDX-License-Identifier: Apache-2.0
/** Does what the page that was opened can wait for: after so many milliseconds, and not before it stands. */
export function afterPage(act: () => void, wait: number): () => void {
	let timer = setTimeout(look, wait);
	function look(): void {
		if (document.querySelector('main[aria-busy="true"], main .skel, main [aria-busy="true"]')) timer = setTimeout(look, wait);
		else act();
	}
	return () => clearTimeout(timer);
}
