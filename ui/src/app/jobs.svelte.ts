// SPDX-License-Identifier: Apache-2.0
// My work that goes on at the server: asked for when the page is opened, and again while there is some. A page that
// is reloaded finds it again.
import { get, remove } from '../data/client.svelte';
import { underWay } from '../data/jobs';
import type { Job } from '../data/types';
import { t, w } from '../i18n/t.svelte';
import { say } from './toast.svelte';

export const work = $state<{ jobs: Job[]; shown: string }>({ jobs: [], shown: '' });
/** Dialogs that tell of a job themselves. */
const attended = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

/** A file that lies ready has a page of its own; a rehearsal is told of where it was asked for. */
const belongs = (job: Job): boolean => (job.sort === 'import' ? underWay(job) && job.task !== 'look' : job.task !== 'rehearse');

function tellEnds(before: Job[], now: Job[]): void {
	for (const job of now) {
		const was = before.find((one) => one.id === job.id);
		if (!was || !underWay(was) || underWay(job) || attended.has(job.id)) continue;
		say(`${w(job.what)}: ${t('bulk.result', { ok: job.changed, refused: job.refused })}`, job.refused ? 'info' : 'ok',
			{ label: t('jobs.see'), act: () => (work.shown = job.id) });
	}
}
/** What the server says there is; looked at again until nothing is under way. */
export function takeWork(found: Job[]): void {
	const jobs = found.filter(belongs);
	tellEnds(work.jobs, jobs);
	work.jobs = jobs;
	clearTimeout(timer);
	if (jobs.some(underWay)) timer = setTimeout(() => void watchWork(), 1000);
}
export async function watchWork(): Promise<void> {
	clearTimeout(timer);
	takeWork(await get<{ items: Job[] }>('/jobs').then((reply) => reply.items).catch(() => work.jobs));
}
export function forgetWork(): void {
	clearTimeout(timer);
	work.jobs = [];
	work.shown = '';
	attended.clear();
}
/** While a dialog is open on it, nothing is said of it elsewhere. */
export function attend(id: string): () => void {
	attended.add(id);
	return () => void attended.delete(id);
}
/** Stops it, or takes what has ended off the list. */
export async function endWork(id: string): Promise<void> {
	await remove(`/jobs/${id}`);
	await watchWork();
}
