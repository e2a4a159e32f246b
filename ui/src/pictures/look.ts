// SPDX-License-Identifier: Apache-2.0
// The colours of pictures. Each stands out from the ground by 3:1 at least in its theme (test/pictures.test.ts reckons
// it), and no two series are told apart by colour alone: patterns and lines differ as well.
export interface Look {
	bg: string;
	ink: string;
	mute: string;
	line: string;
	/** Blue, teal, amber, magenta, grey-blue, olive. */
	series: string[];
	/** Words on a series. */
	on: string;
	tones: Record<string, string>;
	/** The system's own colours: patterns alone tell series apart. */
	forced: boolean;
}
export const SERIES = {
	light: ['#1d5fbf', '#0a6e69', '#8f5200', '#a8246f', '#4c5d7a', '#5c6a0c'],
	dark: ['#4f94ff', '#1fb5a8', '#e69a1c', '#e860b3', '#8fa5c9', '#a5b52e']
};
/** What a tone looks like where it fills an area: as clear as a word of that tone, and less pale. */
export const TONES: Record<'light' | 'dark', Record<string, string>> = {
	light: { ok: '#17713d', warn: '#946200', high: '#b84500', bad: '#b31b2a', info: '#1d5fbf', review: '#5b3fa8', idle: '#4b5563' },
	dark: { ok: '#2fb46a', warn: '#e0a100', high: '#f2711c', bad: '#f4505a', info: '#4f94ff', review: '#a58bff', idle: '#8b97a8' }
};
export const ON = { light: '#ffffff', dark: '#0b1420' };
/** The grounds on which they stand: page and panel. */
export const GROUNDS = { light: ['#ffffff', '#f6f7f9'], dark: ['#12161d', '#1a2029'] };

function channel(hex: string, at: number): number {
	const value = parseInt(hex.slice(at, at + 2), 16) / 255;
	return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}
const light = (hex: string): number => 0.2126 * channel(hex, 1) + 0.7152 * channel(hex, 3) + 0.0722 * channel(hex, 5);
export function contrast(a: string, b: string): number {
	const [high, low] = [light(a), light(b)].sort((one, other) => other - one) as [number, number];
	return (high + 0.05) / (low + 0.05);
}

const asks = (question: string): boolean => matchMedia(question).matches;
export function isDark(): boolean {
	const theme = document.documentElement.dataset.theme;
	return !asks('print') && (theme ? theme === 'dark' : asks('(prefers-color-scheme: dark)'));
}
/** As the tokens of the page say now; `inside` is an element of the page. */
export function lookOf(inside: Element, printing: boolean): Look {
	const probe = inside.ownerDocument.createElement('span');
	inside.append(probe);
	if (printing) probe.style.colorScheme = 'light';
	const token = (name: string): string => {
		probe.style.color = name;
		return getComputedStyle(probe).color;
	};
	const forced = asks('(forced-colors: active)');
	const theme = isDark() && !printing ? 'dark' : 'light';
	const [bg, ink] = forced ? [token('Canvas'), token('CanvasText')] : [token('var(--bg)'), token('var(--ink)')];
	const look: Look = {
		bg, ink, forced,
		mute: forced ? ink : token('var(--mute)'),
		line: forced ? ink : token('var(--line)'),
		series: forced ? SERIES.light.map(() => ink) : SERIES[theme],
		on: forced ? bg : ON[theme],
		tones: forced ? Object.fromEntries(Object.keys(TONES.light).map((tone) => [tone, ink])) : TONES[theme]
	};
	probe.remove();
	return look;
}
/** The letters of the page: a picture speaks Chinese by the same fonts. */
export const font = (): string => getComputedStyle(document.body).fontFamily;
