// SPDX-License-Identifier: Apache-2.0
// Values as people read them. Dates and numbers follow the language of the page, not of the browser.
import { names } from '../data/names.svelte';
import { language, locale, t, w, type Key } from '../i18n/t.svelte';
import { dayNow, iso as day } from '../kit/day';
import { roleOf } from './model.svelte';
import { titleOf } from './titles.svelte';

const made = new Map<string, Intl.DateTimeFormat>();
function formatter(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
	const key = language.now + name;
	let one = made.get(key);
	if (!one) made.set(key, (one = new Intl.DateTimeFormat(locale(), options)));
	return one;
}
export function date(value: unknown): string {
	const at = new Date(`${String(value).slice(0, 10)}T00:00:00Z`);
	if (Number.isNaN(at.getTime())) return String(value);
	// In Chinese the ISO spelling is usual in tables, and every date has the same width.
	if (language.now === 'zh') return at.toISOString().slice(0, 10);
	return formatter('date', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(at);
}
export function moment(value: unknown): string {
	const at = new Date(String(value));
	if (Number.isNaN(at.getTime())) return String(value);
	if (language.now === 'zh')
		return `${day(at)} ${String(at.getHours()).padStart(2, '0')}:${String(at.getMinutes()).padStart(2, '0')}`;
	return formatter('moment', {
		day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23'
	}).format(at);
}
export function ago(value: unknown): string {
	const seconds = (new Date(String(value)).getTime() - Date.now()) / 1000;
	if (!Number.isFinite(seconds)) return '';
	const steps: [Intl.RelativeTimeFormatUnit, number][] = [['minute', 60], ['hour', 3600], ['day', 86400]];
	if (Math.abs(seconds) > 14 * 86400) return moment(value);
	const relative = new Intl.RelativeTimeFormat(locale(), { numeric: 'auto' });
	let [unit, size] = steps[0]!;
	for (const [name, length] of steps) if (Math.abs(seconds) >= length) [unit, size] = [name, length];
	return relative.format(Math.round(seconds / size), unit);
}
/** How far it is to a moment, or past it: in 3 days, 2 hours ago. */
export function left(value: unknown): string {
	const seconds = (new Date(String(value)).getTime() - Date.now()) / 1000;
	if (!Number.isFinite(seconds)) return '';
	const [unit, size]: [Intl.RelativeTimeFormatUnit, number] = Math.abs(seconds) >= 172800 ? ['day', 86400] : Math.abs(seconds) >= 5400 ? ['hour', 3600] : ['minute', 60];
	return new Intl.RelativeTimeFormat(locale(), { numeric: 'always' }).format(Math.trunc(seconds / size), unit);
}
/** A duration as people say it: PT72H, P15D, P10W (working days), P6M, P3Y. */
export function span(said: string): string {
	const found = /^-?P(T?)(\d+)([HDWMY])$/.exec(said);
	if (!found) return said;
	const [, , n, unit] = found;
	return t(`span.${unit}` as Key, { n: Number(n) }); // i18n: span.H span.D span.W span.M span.Y
}
export const number = (value: unknown, digits = 6): string =>
	typeof value === 'number' ? new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value) : String(value ?? '');
/** So many days after today, by the organisation's day. */
export const dayAfter = (days: number): string => new Date(Date.parse(`${day(dayNow())}T12:00:00Z`) + days * 86400000).toISOString().slice(0, 10);
/** By the organisation's day. */
export const today = (): string => day(dayNow());
export function bytes(n: number): string {
	const units = ['B', 'kB', 'MB', 'GB'];
	let at = 0;
	for (; n >= 1000 && at < units.length - 1; at++) n /= 1000;
	return `${number(n, at ? 1 : 0)} ${units[at]}`;
}

/** Who did something: a person or a program by name, else in words what it was. */
export const actorName = (actor: { name?: string; type?: string; for?: { name: string } } | undefined): string =>
	(actor?.name && actor.for ? signerName({ name: actor.name, for: actor.for }) : actor?.name) || t(actor?.type === 'command' ? 'history.command' : actor?.type === 'token' ? 'subject.token' : actor?.type === 'public' ? 'history.public' : 'history.system');
/** Who signed, and for whom. */
export const signerName = (one: { name: string; for?: { name: string } }): string => (one.for ? t('deputy.of', { name: one.name, other: one.for.name }) : one.name);
/** Of several people of one name the key tells which: the e-mail address, or the end of the id. */
export const personName = (title: string, key: string): string =>
	key ? `${title} (${key.includes('@') ? key : `…${key.slice(-4)}`})` : title;
export function nameOf(id: unknown): string {
	const name = names.get(String(id));
	if (name?.kind === 'person') return personName(name.title, name.key);
	if (name) return titleOf(name.kind, name.title) || name.key;
	const role = roleOf(String(id));
	return role ? w(role.title) : t('value.unknown');
}
/** Of a redacted file there is no name any more. */
export function fileName(id: string): string {
	const name = names.get(id)?.title;
	return name === '' ? t('redact.file') : (name ?? t('value.file'));
}
/** The number of a requirement without its framework, as people write it. */
export const rowOf = (value: unknown): string => String(value).replace(/^[^:]*:/, '');
/** Words for a name that no model file translates, such as a free link's type. */
export const human = (name: string): string => name.replaceAll('_', ' ');
