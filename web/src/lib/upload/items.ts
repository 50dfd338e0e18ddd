// SPDX-License-Identifier: Apache-2.0
// The files of an upload and what has become of each.
import type { ApiError } from '../api/http';
import type { Slice } from './slices';

export type ItemState =
    | 'waiting'
    | 'hashing'
    | 'sending'
    | 'finishing' // all octets are there, the hub puts them together
    | 'ready' // to be committed
    | 'done'
    | 'ignored' // by the repository's .gitignore
    | 'failed';

/**
 * Where the octets of a large file go: one address, or one for each part and one that completes them. What has arrived of
 * an upload that was begun on a page closed since need not be sent again: the tags of those parts, by number.
 */
export type Offer = { href: string } | { completeHref: string; partSize: number; partHrefs: string[]; arrived: Map<number, string> };

export interface UploadItem {
    path: string;
    file: Blob;
    state: ItemState;
    /** Large ones are sent before the commit. */
    large: boolean;
    sha256?: string;
    offer?: Offer;
    /** Tags of the parts that are there, by number. */
    parts: Map<number, string>;
    /** Octets hashed, of large ones. */
    hashed: number;
    /** Octets on the hub. */
    kept: number;
    /** Those of them that were there before this page sent any. */
    found: number;
    /** Octets on their way, by the part they belong to. */
    flying: Map<number, number>;
    error?: ApiError;
    /** How often the hub's addresses for it had become useless. */
    renewed: number;
}

export const itemOf = (path: string, file: Blob): UploadItem => ({
    path,
    file,
    state: 'waiting',
    large: false,
    parts: new Map(),
    hashed: 0,
    kept: 0,
    found: 0,
    flying: new Map(),
    renewed: 0,
});

/** Octets of an item that are there or on their way. */
export function sentOf(item: UploadItem): number {
    let sent = item.kept;
    for (const octets of item.flying.values()) sent += octets;
    return Math.min(sent, item.file.size);
}

/** A slice of an item to be sent; without one all are there, and the hub has only to put them together. */
export interface Piece {
    item: UploadItem;
    slice?: Slice;
    href: string;
}

export const kGroupFiles = 20_000; // operations of one commit; the hub takes 25,000
export const kGroupBytes = 256 << 20; // octets of small files in one commit; the hub takes 512 MB as base64

/** Splits what is to be committed: almost always one group, more when the hub would not take it at once. */
export function groupsOf(items: UploadItem[], mostFiles = kGroupFiles, mostBytes = kGroupBytes): UploadItem[][] {
    const groups: UploadItem[][] = [];
    let octets = 0;
    for (const item of items) {
        const own = item.large ? 0 : item.file.size;
        const group = groups.at(-1);
        if (!group || group.length >= mostFiles || (octets + own > mostBytes && group.length > 0)) {
            groups.push([item]);
            octets = own;
        } else {
            group.push(item);
            octets += own;
        }
    }
    return groups;
}

/** Files of one batch about large objects, by transfer: those of more than a part go in parts, so that little is lost. */
export function byTransfer(items: UploadItem[], partFrom: number): { basic: UploadItem[]; multipart: UploadItem[] } {
    return {
        basic: items.filter(({ file }) => file.size <= partFrom),
        multipart: items.filter(({ file }) => file.size > partFrom),
    };
}
