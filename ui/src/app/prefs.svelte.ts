// SPDX-License-Identifier: Apache-2.0
// What a person likes, kept on this device.
import { keptName } from '../data/place';

export type Theme = 'auto' | 'light' | 'dark';
export type Density = 'dense' | 'roomy';

function read<T>(name: string, otherwise: T): T {
	try {
		const text = localStorage.getItem(keptName(name));
		return text === null ? otherwise : (JSON.parse(text) as T);
	} catch {
		return otherwise;
	}
}
export function keep(name: string, value: unknown): void {
	try {
		localStorage.setItem(keptName(name), JSON.stringify(value));
	} catch {
		// A browser that keeps nothing is still usable.
	}
}
export const kept = read;

export const prefs = $state({
	theme: read<Theme>('theme', 'auto'),
	density: read<Density>('density', 'dense'),
	narrow: read('narrow', false),
	/** How wide what is looked at beside the page is, in pixels. */
	peek: read('peek', 440),
	/** Groups of the navigation that are shut. */
	shut: read<string[]>('shut', []),
	singleKeys: read('singleKeys', true),
	hideEmpty: read('hideEmpty', false),
	/** Ids of the people who have put the acts to learn by away, on this device. */
	learned: read<string[]>('learned', [])
});
export function applyPrefs(): void {
	const root = document.documentElement;
	if (prefs.theme === 'auto') delete root.dataset.theme;
	else root.dataset.theme = prefs.theme;
	root.dataset.density = prefs.density;
}
export function setPref<K extends keyof typeof prefs>(name: K, value: (typeof prefs)[K]): void {
	prefs[name] = value;
	keep(name, value);
	applyPrefs();
}
