// SPDX-License-Identifier: Apache-2.0
// Bytes of a file that are read piece by piece, so that a viewer needs no more of a large file than it shows.
import { ApiError } from '../api/http';

export interface Source {
    readonly size: number;
    /** The bytes in [start, end), fewer only at the end of the file. */
    read(start: number, end: number): Promise<Uint8Array>;
}

/** What a file says of itself is wrong; the words are for the reader. */
export class FormatError extends Error {
    override name = 'FormatError';
    constructor(
        /** Stable word for what is wrong: `broken`, `too_large`, `unsupported`. */
        readonly reason: 'broken' | 'too_large' | 'unsupported',
        message: string,
    ) {
        super(message);
    }
}

export const bytesSource = (bytes: Uint8Array): Source => ({
    size: bytes.length,
    read: async (start, end) => bytes.subarray(Math.max(0, start), Math.min(bytes.length, end)),
});

/** `bytes=0-99` of [0, 100) */
export const rangeHeader = (start: number, end: number): string => `bytes=${start}-${end - 1}`;

/** Start and size of the whole in `bytes 0-99/1234`; undefined when it says something else. */
export function contentRange(header: string | null): { start: number; end: number; size: number } | undefined {
    const found = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header ?? '');
    if (!found) return undefined;
    const [start, last, size] = found.slice(1).map(Number) as [number, number, number];
    return start <= last && last < size ? { start, end: last + 1, size } : undefined;
}

async function refusal(response: Response): Promise<ApiError> {
    const text = (await response.text()).slice(0, 500);
    const code = response.headers.get('X-Error-Code') ?? '';
    return new ApiError(response.status, response.headers.get('X-Error-Message') ?? (text || String(response.status)), '', '', code);
}

const kMostRead = 96_000_000; // octets that one viewer may ask for in all
const kWholeAnswer = 4_000_000; // an answer without a range is taken only up to this size

/** A file of the hub by ranges. `address` is complete; `size` is the file's. */
export function httpSource(address: string, size: number, signal?: AbortSignal, most = kMostRead): Source {
    let asked = 0;
    return {
        size,
        async read(from, to) {
            const [start, end] = [Math.max(0, from), Math.min(size, to)];
            if (start >= end) return new Uint8Array();
            asked += end - start;
            if (asked > most) throw new FormatError('too_large', 'More of the file would be needed than a page may read.');
            let response: Response;
            try {
                response = await fetch(address, { headers: { Range: rangeHeader(start, end) }, signal });
            } catch (error) {
                if (signal?.aborted) throw error;
                throw new ApiError(0, String(error), 'no_connection');
            }
            if (!response.ok) throw await refusal(response);
            return response.status === 206 ? partOf(response, start, end) : wholeOf(response, size, start, end);
        },
    };
}

async function partOf(response: Response, start: number, end: number): Promise<Uint8Array> {
    const told = contentRange(response.headers.get('Content-Range'));
    if (told && (told.start !== start || told.end !== end)) throw new FormatError('broken', 'The hub sent another part of the file than asked for.');
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (bytes.length !== end - start) throw new FormatError('broken', 'The hub sent fewer octets than asked for.');
    return bytes;
}

async function wholeOf(response: Response, size: number, start: number, end: number): Promise<Uint8Array> {
    if (size > kWholeAnswer) {
        await response.body?.cancel();
        throw new FormatError('unsupported', 'The hub, or a proxy before it, does not send parts of files.');
    }
    return new Uint8Array(await response.arrayBuffer()).subarray(start, end);
}
