// SPDX-License-Identifier: Apache-2.0
// What people type or paste for a date: 2026-11-28, 2026/11/28, 2026年11月28日, 20261128, 28.11.2026, 28 Nov 2026,
// today, +30 (days from today). 28/11/2026 is read where only one order is possible; 3/4/2026 is never guessed.
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const NAMES = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

export function iso(date: Date): string {
	return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}
let zone = '';
/** Whose day "today" is: the organisation's, wherever the browser stands. */
export const useZone = (name = ''): void => void (zone = name);
/** The organisation's day; that of the browser while the zone is not known, or not to this browser. */
export function dayNow(at = new Date()): Date {
	if (!zone) return at;
	try {
		const parts = new Intl.DateTimeFormat('en-US', { timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric' }).formatToParts(at);
		const part = (type: string): number => Number(parts.find((one) => one.type === type)?.value);
		return new Date(part('year'), part('month') - 1, part('day'));
	} catch {
		return at;
	}
}
// Full-width digits and spaces between the parts mean nothing else.
const plain = (text: string): string => text.normalize('NFKC').replace(/\s+/g, '').toLowerCase();

function of(year: string, month: string | number, day: string): string | null {
	const [y, m, d] = [Number(year), Number(month), Number(day)];
	const date = new Date(y, m - 1, d);
	return date.getMonth() === m - 1 && date.getDate() === d && y >= 1000 ? iso(date) : null;
}
const month = (name: string): number => 1 + Math.max(MONTHS.indexOf(name), NAMES.indexOf(name), name === 'sept' ? 8 : -1);

/** Both orders of two numbers before a year are possible, and differ. */
export function isAmbiguous(text: string): boolean {
	const parts = /^(\d{1,2})[/-](\d{1,2})[/-]\d{4}$/.exec(plain(text));
	return !!parts && Number(parts[1]) <= 12 && Number(parts[2]) <= 12 && Number(parts[1]) !== Number(parts[2]);
}
/** ISO text, '' for nothing, null for what cannot be a date or could be two. */
export function parseDay(text: string, now = dayNow()): string | null {
	const typed = plain(text);
	if (!typed) return '';
	if (typed === 'today' || typed === '今天') return iso(now);
	const days = /^([+-]\d{1,4})d?$/.exec(typed);
	if (days) return iso(new Date(now.getFullYear(), now.getMonth(), now.getDate() + Number(days[1])));
	let parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(typed) ?? /^((?:19|20|21)\d{2})(\d{2})(\d{2})$/.exec(typed);
	if (parts) return of(parts[1]!, parts[2]!, parts[3]!);
	parts = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(typed);
	if (parts) return of(parts[3]!, parts[2]!, parts[1]!);
	parts = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(typed);
	if (parts) return isAmbiguous(text) ? null : Number(parts[1]) > 12 ? of(parts[3]!, parts[2]!, parts[1]!) : of(parts[3]!, parts[1]!, parts[2]!);
	parts = /^(\d{1,2})([a-z]{3,9})\.?,?(\d{4})$/.exec(typed);
	if (parts) return of(parts[3]!, month(parts[2]!), parts[1]!);
	parts = /^([a-z]{3,9})\.?(\d{1,2}),(\d{4})$/.exec(typed);
	return parts ? of(parts[3]!, month(parts[1]!), parts[2]!) : null;
}
/** Whether a date stands there to its last digit: what goes on being typed could not be part of it. */
export function isWhole(text: string): boolean {
	const typed = plain(text);
	return /^(\d{4}([-/.])\d{2}\2\d{2}|\d{4}年\d{1,2}月\d{1,2}日|\d{8}|\d{1,2}([-/.])\d{1,2}\3\d{4})$/.test(typed) && !!parseDay(typed);
}
