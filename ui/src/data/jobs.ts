// SPDX-License-Identifier: Apache-2.0
// Changes of many records: a few are answered at once, many are a job of the server, which is followed to its end.
import { ApiError, call, get, remove } from './client.svelte';
import type { BulkResult, Job, JobRefusal } from './types';

export const underWay = (job: Job): boolean => job.state === 'waiting' || job.state === 'running';

/** What became of each record that has an outcome; those a stopped job had not come to are in no list. */
export function outcomes(ids: string[], job: Job, refused: JobRefusal[]): BulkResult[] {
	const why = new Map(refused.map((one) => [one.row, one]));
	return ids.slice(0, job.done).map((id, at) => {
		const one = why.get(at + 1);
		return one ? { id, key: id, ok: false, errors: one.errors } : { id, key: id, ok: true };
	});
}

/** All rows that were refused, page after page. */
export async function refusals(id: string): Promise<JobRefusal[]> {
	const rows: JobRefusal[] = [];
	for (let after: number | null | undefined = 0; typeof after === 'number';) {
		const page: Job = await get<Job>(`/jobs/${id}?after=${after}`);
		rows.push(...(page.items ?? []));
		after = page.next;
	}
	return rows;
}

const pause = (time: number): Promise<void> => new Promise((done) => setTimeout(done, time));

/** Until it has ended; told how far it is meanwhile. An aborted wait leaves the job as it is. */
export async function followed(job: Job, told: (job: Job) => void, signal?: AbortSignal): Promise<Job> {
	let now = job;
	for (let wait = 150; underWay(now); wait = Math.min(1000, wait * 1.3)) {
		told(now);
		await pause(wait);
		signal?.throwIfAborted();
		now = { ...(await get<Job>(`/jobs/${job.id}`, { signal })) };
	}
	told(now);
	return now;
}

export interface Bulk {
	ids: string[];
	set: Record<string, unknown>;
	reason?: string;
	move?: string;
	rehearse?: boolean;
}
export interface Came {
	results: BulkResult[];
	/** of many: how it ended */
	job?: Job;
}
/** A rehearsal that nobody waits for any more is stopped; a change goes on. */
export async function changeMany(kind: string, body: Bulk, told: (job: Job) => void, signal?: AbortSignal): Promise<Came> {
	const reply = await call<Job | { results: BulkResult[] }>('PATCH', `/${kind}`, { body });
	if (!('sort' in reply.data)) return reply.data;
	const begun = reply.data;
	try {
		const job = await followed(begun, told, signal);
		const rows = job.refused ? await refusals(job.id) : [];
		if (body.rehearse) void remove(`/jobs/${job.id}`).catch(() => undefined);
		return { results: outcomes(body.ids, job, rows), job };
	} catch (error) {
		if (body.rehearse && !(error instanceof ApiError)) void remove(`/jobs/${begun.id}`).catch(() => undefined);
		throw error;
	}
}
