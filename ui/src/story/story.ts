// SPDX-License-Identifier: Apache-2.0
// What a story is made of: how grave a count is, where a life stands, and which days lie on the line of time.
import type { AnyRecord, Choice, Field, State } from '../data/types';

const GRAVE = ['bad', 'high', 'warn', 'rejected', 'review', 'progress', 'info', 'idle', 'ok', 'off'];
export const gravity = (tone: string | undefined): number => {
	const at = GRAVE.indexOf(tone ?? 'idle');
	return at < 0 ? GRAVE.indexOf('idle') : at;
};
export interface Counted {
	value: string;
	n: number;
}
/** States that somebody has, the gravest first. */
export function byState(counts: Record<string, number> | undefined, states: State[]): Counted[] {
	const place = (value: string): number => states.findIndex((one) => one.state === value);
	const tone = (value: string): string | undefined => states[place(value)]?.tone;
	return Object.entries(counts ?? {}).filter(([, n]) => n > 0).map(([value, n]) => ({ value, n }))
		.sort((a, b) => gravity(tone(a.value)) - gravity(tone(b.value)) || place(a.value) - place(b.value));
}
/** The gravest value of a choice that somebody has: by its tone, and without tones the last of those there are. */
export function worstOf(counts: Record<string, number> | undefined, field: Field | undefined): (Choice & { n: number }) | undefined {
	const there = (field?.of ?? []).map((one, at) => ({ ...one, at, n: counts?.[String(one.value)] ?? 0 })).filter((one) => one.n > 0);
	return there.sort((a, b) => gravity(a.tone) - gravity(b.tone) || b.at - a.at)[0];
}

export type Standing = 'past' | 'now' | 'next' | 'ahead' | 'skipped';
export interface Stage {
	state: string;
	standing: Standing;
	/** The day it was reached last. */
	on: string;
}
/** `reached`: for each state the moment it was entered last. A state before the present one that was never entered was
    passed over. Where the record stands off the line, what it has been in counts as past and nothing is next. */
export function stagesOf(life: string[], now: string, reached: Record<string, string>): Stage[] {
	const at = life.indexOf(now);
	return life.map((state, nth) => ({
		state, on: reached[state] ?? '',
		standing: at < 0 ? (reached[state] ? 'past' : 'ahead') : nth === at ? 'now' : nth < at ? (reached[state] ? 'past' : 'skipped') : nth === at + 1 ? 'next' : 'ahead'
	}));
}

export interface Happening {
	/** 2026-11-30 */
	on: string;
	lane: string;
	/** What it is: a move, a date by its title, the making of a record. */
	what: string;
	record: { kind: string; key: string; title: string };
	tone?: string;
}
/** A day of any date or moment; '' for nothing. */
export const dayOf = (value: unknown): string => (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value) ? value.slice(0, 10) : '');
/** The dates of a record that are told, and the day it was made. */
export function happeningsOf(record: AnyRecord, lane: string, dates: string[], titleOf: (field: string) => string, made: string): Happening[] {
	const as = { kind: record.kind, key: record.key, title: record.title };
	const all = dates.map((field) => ({ on: dayOf(record[field]), what: titleOf(field) }));
	if (made) all.push({ on: dayOf(record.created_at), what: made });
	return all.filter((one) => one.on).map((one) => ({ ...one, lane, record: as }));
}

const DAY = 86400000;
const days = (day: string): number => Date.parse(`${day}T00:00:00Z`) / DAY;
const dayAt = (n: number): string => new Date(n * DAY).toISOString().slice(0, 10);
export type Zoom = 'all' | 'year' | 'month';
export interface Span {
	from: string;
	/** The first day that is not in it any more. */
	to: string;
}
/** The whole of it with a little room, or the year or the month that has `day`. */
export function spanOf(zoom: Zoom, day: string, all: Happening[], today: string): Span {
	const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
	const first = (y: number, m: number): string => new Date(Date.UTC(y, m, 1)).toISOString().slice(0, 10);
	if (zoom === 'year') return { from: first(year, 0), to: first(year + 1, 0) };
	if (zoom === 'month') return { from: first(year, month - 1), to: first(year, month) };
	const known = [...all.map((one) => one.on), today].map(days);
	const [least, most] = [Math.min(...known), Math.max(...known)];
	const room = Math.max(7, Math.round((most - least) / 40));
	return { from: dayAt(least - room), to: dayAt(most + room + 1) };
}
/** The year or month before or after; the whole stays. */
export function movedBy(zoom: Zoom, day: string, by: number): string {
	const [year, month] = [Number(day.slice(0, 4)), Number(day.slice(5, 7))];
	if (zoom === 'all') return day;
	return new Date(Date.UTC(zoom === 'year' ? year + by : year, month - 1 + (zoom === 'month' ? by : 0), 1)).toISOString().slice(0, 10);
}
/** How far along a day lies, 0 to 1. */
export const along = (span: Span, day: string): number => (days(day) - days(span.from)) / (days(span.to) - days(span.from));
export const inside = (span: Span, day: string): boolean => day >= span.from && day < span.to;
/** Days that get a mark below: months of a year, weeks of a month, and of the whole what fits. */
export function marksOf(span: Span, most: number): string[] {
	const length = days(span.to) - days(span.from);
	if (length <= 31) return Array.from({ length: Math.ceil(length / 7) }, (_, at) => dayAt(days(span.from) + at * 7));
	const months: string[] = [];
	for (let at = new Date(`${span.from.slice(0, 7)}-01T00:00:00Z`); at.toISOString().slice(0, 10) < span.to; at.setUTCMonth(at.getUTCMonth() + 1))
		if (at.toISOString().slice(0, 10) >= span.from) months.push(at.toISOString().slice(0, 10));
	const step = [1, 3, 6, 12, 24, 60, 120].find((one) => months.length / one <= most) ?? 120;
	return months.filter((one) => ((Number(one.slice(0, 4)) * 12 + Number(one.slice(5, 7)) - 1) % step) === 0);
}
