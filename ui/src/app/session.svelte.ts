// SPDX-License-Identifier: Apache-2.0
// Who is signed in, and the model they see. Nothing of the product is shown before both are here.
import { ApiError, call, get, net, post, remove, setCsrf, whenDenied, whenSignedOut } from '../data/client.svelte';
import { forgetAll } from '../data/resource.svelte';
import { keptName } from '../data/place';
import { closeStream, onChange, openStream } from '../data/stream';
import { hearTabs, tellTabs } from '../data/tabs';
import type { Model, Session, TasksReply } from '../data/types';
import { language, useLanguage, type Language } from '../i18n/t.svelte';
import { useZone } from '../kit/day';
import { readModel } from '../model/lines';
import { model, setModel } from '../model/model.svelte';
import { learnTitles } from '../model/titles.svelte';
import { takeWork } from './jobs.svelte';
import { here, navigate } from './router.svelte';
import { draftsOf } from './unsaved';
import { viewsOf } from './views.svelte';
import { sayError, Unsaid } from './toast.svelte';

export const session = $state<{ ready: boolean; me: Session | null; tasks: number; moreTasks: boolean; failed: string }>({
	ready: false, me: null, tasks: 0, moreTasks: false, failed: ''
});

/** Who I am, together with what is shown around every page: how much waits, and what goes on. */
const WITH_WORK = '/session?work=1';
/** The pages that nobody needs to be signed in for. */
export const OPEN_TO_ALL = ['/login', '/setup', '/reset', '/report'];
export const isOpen = (path: string): boolean => OPEN_TO_ALL.includes(path) || path.startsWith('/report/');

function toLogin(): void {
	if (session.me) tellTabs('out');
	setCsrf('');
	closeStream();
	forgetAll();
	session.me = null;
	if (!isOpen(here.path)) {
		const target = here.path + here.search;
		navigate(target === '/' ? '/login' : `/login?to=${encodeURIComponent(target)}`, { replace: true, force: true });
	}
}
whenSignedOut(toLogin);
/** Whether this tab is still somebody's, and whose: another tab, or the server, may have ended the session. */
async function stillMe(): Promise<void> {
	const was = session.me?.user.id;
	if (!was) return;
	try {
		const me = await get<Session>('/session');
		if (me.user.id !== was) location.reload();
		else {
			setCsrf(me.csrf);
			useZone(me.organisation.zone);
			// Only what changed is told on: a page that looks at its rights need not think anew for nothing.
			if (session.me && JSON.stringify([session.me.roles, session.me.may, session.me.admin]) !== JSON.stringify([me.roles, me.may, me.admin]))
				Object.assign(session.me, { roles: me.roles, may: me.may, admin: me.admin });
		}
	} catch (error) {
		if (error instanceof ApiError && error.status === 401) toLogin();
	}
}
let asking = false;
whenDenied(() => {
	if (asking || !session.me) return;
	asking = true;
	void stillMe().finally(() => (asking = false));
});
hearTabs((word) => {
	if (session.me) void stillMe();
	// Somebody signed in beside a page that waits for it; one that is being typed into is left alone.
	else if (word !== 'out' && here.path === '/login' && ![...document.querySelectorAll('input')].some((box) => box.value)) void start();
});

/** The language was changed on a page in front of the product, by whoever is about to sign in. */
let chosen = false;
/** Whoever signs in reads in the language of their account: what this device showed last may have been another
    person's. Only what was chosen in front of the log-in just now is newer. */
async function speak(me: Session, signsIn: boolean): Promise<void> {
	const own = me.user.lang === 'en' || me.user.lang === 'zh' ? me.user.lang : null;
	if (signsIn && chosen) {
		if (own !== language.now) void call('PATCH', '/session', { body: { lang: language.now } }).catch(() => undefined);
	} else if (own && (signsIn || !localStorage.getItem(keptName('lang')))) {
		if (signsIn) localStorage.setItem(keptName('lang'), own);
		if (own !== language.now) await useLanguage(own);
	}
	chosen = false;
}
const readingModel = async (): Promise<Model> => readModel(await get<string>('/model', { asText: true }));
export async function enter(me: Session, signsIn = false, early: Promise<Model | null> | null = null): Promise<void> {
	setCsrf(me.csrf);
	useZone(me.organisation.zone);
	await speak(me, signsIn);
	setModel((await early) ?? (await readingModel()));
	void learnTitles().catch(() => undefined);
	viewsOf(me.user.id);
	draftsOf(me.user.id);
	if (me.work) {
		Object.assign(session, { tasks: me.work.waiting, moreTasks: me.work.more });
		takeWork(me.work.jobs);
	}
	session.me = me;
	openStream(() => void stillMe());
}
/** Somebody has changed the fields and registers: every open page goes on with them. */
async function learnModel(): Promise<void> {
	const next = await readingModel();
	if (!session.me || next.hash === model.now?.hash) return;
	setModel(next);
	await stillMe(); // what one may read and create is another now
}
onChange((changes) => {
	if (session.me && changes.some((change) => change.model || change.kind === '*')) void learnModel().catch(() => undefined);
});
export async function start(): Promise<void> {
	session.failed = '';
	// The model is asked for beside the person: whoever comes to a page of the product is mostly signed in.
	const early = isOpen(here.path) ? null : readingModel().catch(() => null);
	try {
		const me = await get<Session>(WITH_WORK);
		setCsrf(me.csrf);
		if (me.renew) {
			// Reloaded half-way: the password that was given is needed once more.
			await remove('/session');
			toLogin();
			session.ready = true;
			return;
		}
		await enter(me, false, early);
		if (here.path === '/login' || here.path === '/setup') leaveLogin();
	} catch (error) {
		if (error instanceof ApiError && error.status === 401) toLogin();
		else session.failed = error instanceof Error ? error.message : String(error);
	}
	session.ready = true;
}
export function leaveLogin(): void {
	const target = new URLSearchParams(here.search).get('to') ?? '/';
	navigate(/^\/(?![/\\])/.test(target) ? target : '/', { replace: true });
}
/** Signs in. False: they are in, and must choose a password of their own before anything else. */
export async function login(email: string, password: string): Promise<boolean> {
	await call('POST', '/session', { body: { email, password } });
	const me = await get<Session>(WITH_WORK);
	setCsrf(me.csrf);
	if (me.renew) return false;
	await enter(me, true);
	tellTabs({ in: me.user.id });
	leaveLogin();
	return true;
}
export async function renew(old: string, next: string): Promise<void> {
	await post('/session/password', { old, new: next });
	await enter(await get<Session>(WITH_WORK), true);
	leaveLogin();
}
const STAYS = /^(lang|theme|density|narrow|peek|singleKeys|hideEmpty|learned|columns\..+|views\..+)$/;
const farewells = new Set<() => Promise<void>>();
/** What is still to be sent before the session ends; what cannot be sent keeps it, and says why. */
export function beforeLogout(act: () => Promise<void>): () => void {
	farewells.add(act);
	return () => void farewells.delete(act);
}
export async function logout(): Promise<void> {
	try {
		await Promise.all([...farewells].map((act) => act()));
	} catch (error) {
		return sayError(error);
	}
	// Signing out clears what this device keeps; how it looks and the views people named may stay, the records they saw may not.
	const look = Object.entries(localStorage).filter(([name]) => name.startsWith(keptName('')) && STAYS.test(name.slice(keptName('').length)));
	try {
		await remove('/session');
	} finally {
		// The server has the browser clear a host that is ours alone; on a shared one only what is ours goes.
		for (const store of [localStorage, sessionStorage])
			for (const name of Object.keys(store)) if (name.startsWith(keptName(''))) store.removeItem(name);
		for (const [name, value] of look) localStorage.setItem(name, value);
		toLogin();
	}
}
export async function confirmPassword(password: string): Promise<void> {
	const reply = await post<{ fresh_until?: string } | null>('/session/fresh', { password });
	if (session.me) session.me.fresh_until = reply?.fresh_until ?? new Date(Date.now() + 290_000).toISOString();
}
export function isFresh(): boolean {
	const until = session.me?.fresh_until;
	return !!until && new Date(until).getTime() > Date.now() + 5000;
}
export async function countTasks(): Promise<void> {
	try {
		const reply = await get<TasksReply>('/tasks?limit=1');
		session.tasks = reply.total + (reply.stands_in ?? []).reduce((sum, one) => sum + (one.waiting ?? 0), 0);
		session.moreTasks = reply.more;
	} catch {
		// The number beside Today is a courtesy; the page itself shows errors.
	}
}
/** The question for the password, when something else than a move needs it; Confirm.svelte answers it. */
export const confirming = $state<{ answer: ((yes: boolean) => void) | null }>({ answer: null });
export async function withPassword<T>(act: () => Promise<T>): Promise<T> {
	try {
		return await act();
	} catch (error) {
		if (!(error instanceof ApiError) || !error.wantsPassword) throw error;
		const yes = await new Promise<boolean>((answer) => (confirming.answer = answer));
		confirming.answer = null;
		if (!yes) throw new Unsaid();
		return act();
	}
}
export async function setLanguage(lang: Language): Promise<void> {
	localStorage.setItem(keptName('lang'), lang);
	chosen = !session.me;
	await useLanguage(lang);
	if (session.me) void call('PATCH', '/session', { body: { lang } }).catch(() => undefined);
}
export const mayCreate = (kind: string): boolean => session.me?.may[kind]?.create ?? false;
export const mayRead = (kind: string): boolean => session.me?.may[kind]?.read ?? true;
export const hasRole = (...roles: string[]): boolean => session.me?.roles.some((r) => roles.includes(r.role)) ?? false;
export { net };
