// SPDX-License-Identifier: Apache-2.0
// Requests whose sending is watched: fetch tells nothing of it.
import { ApiError, csrfHeaders, errorOf } from './http';

export interface Sent {
    text: string;
    header: (name: string) => string | null;
}

function bodyOf(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return { error: text.slice(0, 500) };
    }
}

/** Sends octets to an address of this hub. Throws ApiError; a file that cannot be read any more counts as no connection. */
export function sendOctets(
    method: 'PUT' | 'POST',
    address: string,
    octets: Blob,
    { headers = {}, progress, signal }: { headers?: Record<string, string>; progress?: (octets: number) => void; signal?: AbortSignal } = {},
): Promise<Sent> {
    return new Promise((resolve, reject) => {
        const request = new XMLHttpRequest();
        const abort = () => request.abort();
        const done = (settle: () => void) => {
            signal?.removeEventListener('abort', abort);
            settle();
        };
        const broken = (why: string) => done(() => reject(new ApiError(0, why, 'no_connection')));
        request.open(method, address);
        for (const [name, value] of Object.entries({ ...csrfHeaders(), ...headers })) request.setRequestHeader(name, value);
        request.upload.onprogress = ({ loaded }) => progress?.(Math.min(loaded, octets.size));
        request.onerror = () => broken('The connection was lost.');
        request.onabort = () => broken('The request was interrupted.');
        request.ontimeout = () => broken('The hub did not answer in time.');
        request.onload = () =>
            done(() => {
                const header = (name: string) => request.getResponseHeader(name);
                if (request.status >= 200 && request.status < 300) return resolve({ text: request.responseText, header });
                const given = new Headers();
                for (const name of ['X-Error-Code', 'X-Error-Message', 'X-Request-Id']) if (header(name)) given.set(name, header(name)!);
                reject(errorOf(request.status, given, bodyOf(request.responseText)));
            });
        if (signal?.aborted) return broken('The request was interrupted.');
        signal?.addEventListener('abort', abort, { once: true });
        request.send(octets);
    });
}
