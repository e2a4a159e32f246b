// SPDX-License-Identifier: Apache-2.0
// The one way to the server. Every write carries the CSRF token, every create an idempotency key, every
// change the version it was made from. A refusal becomes an ApiError that names its fields.
import { addressOf } from './place';
import type { Problem } from './types';
import { language, t } from '../i18n/t.svelte';

export class ApiError extends Error {
	status: number;
	code: string;
	errors: Problem[];
	request: string;
	constructor(status: number, code: string, message: string, errors: Problem[] = [], request = '') {
		super(message);
		this.status = status;
		this.code = code;
		this.errors = errors;
		this.request = request;
	}
	/** The server wants the password again before it takes this (403, code fresh). */
	get wantsPassword(): boolean {
		return this.status === 403 && (this.code === 'fresh' || this.errors.some((e) => e.code === 'fresh'));
	}
	get lines(): string[] {
		return this.errors.length ? this.errors.map((e) => e.message) : [this.message];
	}
}

export interface Reply<T> {
	data: T;
	status: number;
	etag: string;
}
export interface Options {
	body?: unknown;
	raw?: BodyInit;
	headers?: Record<string, string>;
	version?: number;
	signal?: AbortSignal;
	/** It goes out even while the page is being left. */
	keepalive?: boolean;
	/** The answer as it came: whoever asks reads it. */
	asText?: boolean;
}

export const net = $state({ down: false, storage: false });
let csrf = '';
let onSignedOut: () => void = () => {};
export const setCsrf = (token: string): void => void (csrf = token);
let onDenied: () => void = () => {};
/** What is done when the server refuses for want of a right: what one may do has changed, perhaps. */
export const whenDenied = (act: () => void): void => void (onDenied = act);
export const whenSignedOut = (act: () => void): void => void (onSignedOut = act);

/** A name for one write, by which a repeat of it is told. */
export function token(): string {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('');
}

async function refusal(reply: Response): Promise<ApiError> {
	let code = '', message = '', request = '';
	let errors: Problem[] = [];
	try {
		const body = await reply.json();
		code = body.code ?? '';
		message = body.detail || body.title || '';
		request = body.request ?? '';
		errors = body.errors ?? [];
	} catch {
		// Not every refusal on the way (a proxy's, say) is ours; the status still tells.
	}
	if (reply.status === 412) message = t('error.stale');
	return new ApiError(reply.status, code, message || t('error.status', { n: reply.status }), errors, request);
}

/** One record comes as itself with names, ledger and may beside its fields; the pages keep the two apart. */
function apart(data: unknown): unknown {
	if (!data || typeof data !== 'object' || !('key' in data) || !('names' in data) || !('may' in data)) return data;
	const { names, ledger, may, last_act, ...record } = data as Record<string, unknown>;
	return { record, names, ledger, may, last_act };
}

const TRIES = 4;

/** Reading that is told to come back (429) comes back, as often as is polite. */
async function patiently(method: string, url: string, init: RequestInit): Promise<Response> {
	for (let tries = 1; ; tries++) {
		const reply = await fetch(url, init);
		if (method !== 'GET' || reply.status !== 429 || tries === TRIES) return reply;
		const seconds = Math.min(Number(reply.headers.get('Retry-After')) || 1, 5);
		await new Promise((done) => setTimeout(done, seconds * 1000));
		if (init.signal?.aborted) throw new DOMException('aborted', 'AbortError');
	}
}

export async function call<T>(method: string, path: string, options: Options = {}): Promise<Reply<T>> {
	const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language.now, ...options.headers };
	let body = options.raw;
	if (options.body !== undefined) {
		headers['Content-Type'] = 'application/json';
		body = JSON.stringify(options.body);
	}
	if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
	if (method === 'POST') headers['Idempotency-Key'] ??= token();
	if (options.version !== undefined) headers['If-Match'] = `"${options.version}"`;
	let reply: Response;
	try {
		reply = await patiently(method, addressOf(`/api/v1${path}`), { method, headers, body, signal: options.signal, keepalive: options.keepalive, credentials: 'same-origin' });
	} catch (error) {
		if (options.signal?.aborted) throw error;
		net.down = true;
		throw new ApiError(0, 'network', t('error.network'));
	}
	net.down = false;
	if (!reply.ok) {
		const error = await refusal(reply);
		if (reply.status === 503 && error.code !== 'too_slow') net.storage = true;
		if (reply.status === 401 && path !== '/session') onSignedOut();
		if (reply.status === 403 && !error.wantsPassword) onDenied();
		throw error;
	}
	if (method !== 'GET') net.storage = false;
	const type = reply.headers.get('Content-Type') ?? '';
	const data = reply.status === 204 ? null : type.includes('json') && !options.asText ? apart(await reply.json()) : await reply.text();
	return { data: data as T, status: reply.status, etag: reply.headers.get('ETag') ?? '' };
}

export const get = async <T>(path: string, options?: Options): Promise<T> => (await call<T>('GET', path, options)).data;
/** For whoever comes without an account: no cookie goes along, and nothing by which a repeat could be told. */
export async function outside<T>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<T> {
	const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language.now };
	if (body !== undefined) headers['Content-Type'] = 'application/json';
	let reply: Response;
	try {
		reply = await fetch(addressOf(`/api/v1/public${path}`), { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: 'omit', cache: 'no-store', referrerPolicy: 'no-referrer' });
	} catch {
		throw new ApiError(0, 'network', t('error.network'));
	}
	if (!reply.ok) throw await refusal(reply);
	return (await reply.json()) as T;
}
export const post = async <T>(path: string, body?: unknown): Promise<T> => (await call<T>('POST', path, { body: body ?? {} })).data;
export const remove = async <T>(path: string, body?: unknown): Promise<T> => (await call<T>('DELETE', path, { body })).data;
export const patch = async <T>(path: string, body: unknown, version?: number): Promise<T> =>
	(await call<T>('PATCH', path, { body, version })).data;

export interface StoredFile {
	id: string;
	name: string;
	type: string;
	size: number;
	sha256: string;
}
export async function upload(file: File): Promise<StoredFile> {
	const headers = {
		'Content-Type': file.type || 'application/octet-stream',
		'X-File-Name': encodeURIComponent(file.name)
	};
	return (await call<StoredFile>('POST', '/files', { raw: file, headers })).data;
}
export const fileUrl = (id: string): string => `/api/v1/files/${encodeURIComponent(id)}`;
