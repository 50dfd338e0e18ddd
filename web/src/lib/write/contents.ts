// SPDX-License-Identifier: Apache-2.0
// The text of a file that is to be edited, octet for octet: what the editor cannot give back unchanged, it does not take.
import { ApiError } from '../api/http';
import { loadBelow, loadPaths, type Entry } from '../api/repos';
import { at } from '../base';
import { rawPath, type RepoId } from '../places';
import { kMostMoved } from './moves';

export const kLongestText = 2_000_000; // octets

/** `crowded`: a folder of more files than one page moves. */
export type Unfit = 'large' | 'binary' | 'long' | 'folder' | 'crowded';

/** The text, or why there is none. */
export function textOf(octets: Uint8Array): { text: string } | { unfit: Unfit } {
    if (octets.length > kLongestText) return { unfit: 'long' };
    if (octets.includes(0)) return { unfit: 'binary' };
    try {
        return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets) };
    } catch {
        return { unfit: 'binary' };
    }
}

export interface Contents {
    entry?: Entry;
    text?: string;
    unfit?: Unfit;
    /** Of a folder: the paths of all files below it. */
    files?: string[];
}

async function loadFolder(repo: RepoId, revision: string, entry: Entry, signal?: AbortSignal): Promise<Contents> {
    const { body, next } = await loadBelow(repo, revision, entry.path, 2 * kMostMoved, signal); // folders are listed too
    const files = body.filter(({ type }) => type === 'file').map(({ path }) => path);
    return next || files.length > kMostMoved ? { entry, unfit: 'crowded' } : { entry, unfit: 'folder', files };
}

/** What is at a path; nothing at all where no file is. */
export async function loadContents(repo: RepoId, revision: string, path: string, signal?: AbortSignal): Promise<Contents> {
    const [entry] = await loadPaths(repo, revision, [path]);
    if (!entry) return {};
    if (entry.type === 'directory') return loadFolder(repo, revision, entry, signal);
    if (entry.lfs || entry.xetHash) return { entry, unfit: 'large' };
    if (entry.size > kLongestText) return { entry, unfit: 'long' };
    const response = await fetch(at(rawPath(repo, revision, path)), { signal }).catch((error: unknown) => {
        throw new ApiError(0, String(error), 'no_connection');
    });
    if (!response.ok) throw new ApiError(response.status, response.headers.get('X-Error-Message') ?? '', '', '', response.headers.get('X-Error-Code') ?? '');
    return { entry, ...textOf(new Uint8Array(await response.arrayBuffer())) };
}
