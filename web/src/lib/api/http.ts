// SPDX-License-Identifier: Apache-2.0
// Requests to the hub's API. Answers that the shell brought along are taken from the page, each once.
import { at } from '../base';

/** A refusal of the hub, or a connection that failed (status 0). */
export class ApiError extends Error {
    override name = 'ApiError';
    constructor(
        /** HTTP status; 0 when no answer came. */
        readonly status: number,
        message: string,
        /** Stable word for what was wrong (`name_taken`), from the body; "" when there is none. */
        readonly reason = '',
        /** The field of a form that is at fault. */
        readonly field = '',
        /** X-Error-Code: `RepoNotFound`, `RevisionNotFound`, … */
        readonly code = '',
        readonly requestId = '',
    ) {
        super(message);
    }
}

export interface Answer<T> {
    body: T;
    /** Address of the next page, from the Link header. */
    next?: string;
    /** X-Total-Count */
    total?: number;
    headers: Headers;
}

export interface Ask {
    method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
    /** Sent as JSON. */
    json?: unknown;
    /** Sent as it is. */
    raw?: BodyInit;
    headers?: Record<string, string>;
    signal?: AbortSignal;
    /** What the body is read as. */
    as?: 'json' | 'text';
}

interface Brought {
    url: string;
    status: number;
    headers: Record<string, string>;
    body: unknown;
}

/** The token that opens writes; the session sets it. */
let csrf: string | null = null;
export const setCsrf = (token: string | null): void => void (csrf = token);
/** What opens a write that is not sent by `ask`. */
export const csrfHeaders = (): Record<string, string> => (csrf ? { 'X-CSRF-Token': csrf } : {});

/** Asked when a write is refused: true when it is worth sending once more, because the person has signed in again. */
type Mend = (error: ApiError) => Promise<boolean>;
let mend: Mend | undefined;
export const onRefusal = (asked: Mend): void => void (mend = asked);
const kUnmended = new Set(['/api/session', '/api/signup']); // what gets a session needs none

const brought = new Map<string, Brought>();

/** Takes what the shell wrote into the page. */
export function takeFirstData(): void {
    const text = document.getElementById('first-data')?.textContent;
    if (!text) return;
    for (const answer of JSON.parse(text) as Brought[]) brought.set(answer.url, answer);
}

/** What the shell says in place of a page, once; undefined when the page can be shown. */
export function takeFirstError(): ApiError | undefined {
    const told = brought.get('error');
    brought.delete('error');
    return told && errorOf(told.status, new Headers(told.headers), told.body);
}

/** A query string: undefined and empty values are left out, lists repeated. */
export function query(parameters: Record<string, string | number | boolean | undefined | string[]>): string {
    const pairs = new URLSearchParams();
    for (const [name, value] of Object.entries(parameters)) {
        if (Array.isArray(value)) for (const one of value) pairs.append(name, one);
        else if (value !== undefined && value !== '' && value !== false) pairs.set(name, String(value));
    }
    const text = pairs.toString();
    return text && `?${text}`;
}

const nextOf = (headers: Headers): string | undefined => {
    const found = /<([^>]+)>;\s*rel="next"/.exec(headers.get('Link') ?? '')?.[1];
    if (!found) return undefined;
    const url = new URL(found, 'http://hub');
    return url.pathname.slice(at('').length) + url.search;
};

function answerOf<T>(headers: Headers, body: T): Answer<T> {
    const total = headers.get('X-Total-Count');
    return { body, headers, next: nextOf(headers), total: total === null ? undefined : Number(total) };
}

export function errorOf(status: number, headers: Headers, body: unknown): ApiError {
    const told = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
    const word = (key: string) => (typeof told[key] === 'string' ? (told[key] as string) : '');
    const message = word('error') || word('message') || headers.get('X-Error-Message') || `${status}`;
    // What stands before the hub answers for it with pages of its own.
    const reason = word('reason') || (status >= 502 && status <= 504 ? 'unavailable' : status >= 500 ? 'internal' : '');
    return new ApiError(status, message, reason, word('field'), headers.get('X-Error-Code') ?? '', headers.get('X-Request-Id') ?? '');
}

async function bodyOf(response: Response, as: 'json' | 'text'): Promise<unknown> {
    const text = await response.text();
    if (as === 'text' && response.ok) return text;
    try {
        return text === '' ? {} : JSON.parse(text);
    } catch {
        return response.ok ? text : { error: response.headers.get('Content-Type')?.startsWith('text/plain') ? text : '' };
    }
}

/** Sends a request. `path` is the hub's, beginning with a slash. Throws ApiError. */
export async function ask<T>(path: string, asked: Ask = {}): Promise<Answer<T>> {
    const known = (asked.method ?? 'GET') === 'GET' ? brought.get(path) : undefined;
    if (known) {
        brought.delete(path);
        const given = new Headers(known.headers);
        if (known.status >= 400) throw errorOf(known.status, given, known.body);
        return answerOf(given, known.body as T);
    }
    try {
        return await fetchAnswer<T>(path, asked);
    } catch (error) {
        const again = error instanceof ApiError && (asked.method ?? 'GET') !== 'GET' && !kUnmended.has(path) && !(asked.raw instanceof ReadableStream);
        if (!again || !(await mend?.(error))) throw error;
        return fetchAnswer<T>(path, asked);
    }
}

async function fetchAnswer<T>(path: string, { method = 'GET', json, raw, headers, signal, as = 'json' }: Ask): Promise<Answer<T>> {
    const sent = new Headers(headers);
    if (json !== undefined) sent.set('Content-Type', 'application/json');
    if (method !== 'GET' && csrf) sent.set('X-CSRF-Token', csrf);
    let response: Response;
    try {
        response = await fetch(at(path), { method, headers: sent, body: json === undefined ? raw : JSON.stringify(json), signal });
    } catch (error) {
        if (signal?.aborted) throw error;
        throw new ApiError(0, String(error), 'no_connection');
    }
    const body = await bodyOf(response, as);
    if (!response.ok) throw errorOf(response.status, response.headers, body);
    return answerOf(response.headers, body as T);
}

/** The body of a GET. */
export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> => (await ask<T>(path, { signal })).body;
/** The text of a GET. */
export const getText = async (path: string, signal?: AbortSignal): Promise<string> => (await ask<string>(path, { signal, as: 'text' })).body;
/** Sends JSON and gives the answer's body. */
export const send = async <T>(method: 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, json?: unknown): Promise<T> =>
    (await ask<T>(path, { method, json })).body;
