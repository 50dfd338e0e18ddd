// SPDX-License-Identifier: Apache-2.0
// A file as the viewers are given it.
import { httpSource, type Source } from '../formats/source';
import { decodeText } from '../formats/text';
import type { RepoId } from '../places';

export interface ShownFile {
    repo: RepoId;
    revision: string;
    path: string;
    size: number;
    /** Complete address of its bytes. */
    address: string;
}

export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

export const sourceOf = (file: ShownFile, signal?: AbortSignal): Source => httpSource(file.address, file.size, signal);

export interface Beginning {
    /** Nothing when the bytes are no text. */
    text?: string;
    /** The file has no more than this. */
    complete: boolean;
}

/** The first octets of a file as text. */
export async function readBeginning(file: ShownFile, most: number, signal?: AbortSignal): Promise<Beginning> {
    const complete = file.size <= most;
    const bytes = await sourceOf(file, signal).read(0, Math.min(file.size, most));
    return { text: decodeText(bytes, complete), complete };
}
