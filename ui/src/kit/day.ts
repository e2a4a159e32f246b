// SPDX-License-Identifier: Apache-2.0
// What people type for a date: 2026-11-28, 2026/11/28, 2026年11月28日, today, +30 (days from today).
// Returns ISO text, '' for nothing, null for what cannot be a date.
export function iso(date: Date): string {
	return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}
export function parseDay(text: string, now = new Date()): string | null {
	const typed = text.trim().toLowerCase();
	if (!typed) return '';
	if (typed === 'today' || typed === '今天') return iso(now);
	const days = /^([+-]\d{1,4})\s*d?$/.exec(typed);
	if (days) return iso(new Date(now.getFullYear(), now.getMonth(), now.getDate() + Number(days[1])));
	const parts = /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(typed) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(typed);
	if (!parts) return null;
	const [year, month, day] = parts.slice(1).map(Number) as [number, number, number];
	const date = new Date(year, month - 1, day);
	return date.getMonth() === month - 1 && date.getDate() === day && year >= 1000 ? iso(date) : null;
}
