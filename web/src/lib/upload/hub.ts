// SPDX-License-Identifier: Apache-2.0
// The transport of an upload: this hub, over its public API.
import { ApiError } from '../api/http';
import { findMine, findMyPullRequest, lfsBatch, lineOf, ownAddress, preupload, sendCommit, type BatchObject, type Message, type Target } from '../api/commits';
import { sendOctets } from '../api/xhr';
import { lookAtSession } from '../lost-session.svelte';
import { session } from '../session.svelte';
import type { Gate } from './gate';
import { sha256Of } from './hasher';
import type { Offer, UploadItem } from './items';
import { isUnreadable, unreadable } from './retry';
import type { CommitMade, CommitStep, Planned, Transport } from './run';

const kSample = 512; // octets that tell text from the rest
const kEncoded = 3 << 20; // octets at a time, a multiple of three
const kRules = ['.gitattributes', '.gitignore'] as const;
const kLongestRules = 1 << 20;

/** Base64 of a part of a file, made by the browser. */
function base64Of(octets: Blob): Promise<string> {
    return new Promise((resolve, reject) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''));
        reader.onerror = () => reject(unreadable(reader.error));
        reader.readAsDataURL(octets);
    });
}

const throwUnreadable = (why: unknown): never => {
    throw unreadable(why);
};

/** A small file as a line of the commit. Its pieces are blobs, which the browser may keep on disk. */
async function fileLine({ path, file }: UploadItem): Promise<Blob> {
    const parts: BlobPart[] = [`{"key":"file","value":{"path":${JSON.stringify(path)},"encoding":"base64","content":"`];
    for (let first = 0; first < file.size; first += kEncoded) parts.push(await base64Of(file.slice(first, first + kEncoded)));
    parts.push('"}}\n');
    return new Blob(parts);
}

/** What the hub says of an object of a batch. */
export function offerOf(object: BatchObject | undefined): Offer | null | ApiError {
    if (!object) return new ApiError(502, '', 'failed');
    if (object.error) return new ApiError(object.error.code, object.error.message);
    const upload = object.actions?.upload;
    if (!upload) return null;
    const { chunk_size: partSize, ...numbered } = upload.header ?? {};
    if (partSize === undefined) return { href: ownAddress(upload.href) };
    const partHrefs = Object.entries(numbered)
        .sort(([one], [other]) => Number(one) - Number(other))
        .map(([, href]) => ownAddress(href));
    const arrived = new Map(Object.entries(upload.arrived ?? {}).map(([number, etag]) => [Number(number), etag]));
    return { completeHref: ownAddress(upload.href), partSize: Number(partSize), partHrefs, arrived };
}

export class HubTransport implements Transport {
    #begun = Date.now();
    /** A commit has been sent and no answer has come: it may have been made. */
    #uncertain = false;

    constructor(
        public target: Target,
        public message: Message,
        /** All files, for rules among them that say which ones are large. */
        readonly items: () => UploadItem[],
    ) {}

    async #rules(): Promise<{ gitAttributes?: string; gitIgnore?: string }> {
        const texts = kRules.map(async (name) => {
            const own = this.items().find(({ path }) => path === name);
            return own && own.file.size <= kLongestRules ? own.file.text().catch(() => undefined) : undefined; // plan() says that it is gone
        });
        const [gitAttributes, gitIgnore] = await Promise.all(texts);
        return { ...(gitAttributes !== undefined && { gitAttributes }), ...(gitIgnore !== undefined && { gitIgnore }) };
    }

    async plan(items: UploadItem[], signal: AbortSignal): Promise<Planned[]> {
        const broken: Planned[] = [];
        const files: { path: string; size: number; sample: string }[] = [];
        for (const { path, file } of items) {
            const sample = await base64Of(file.slice(0, kSample)).catch(unreadable);
            if (typeof sample === 'string') files.push({ path, size: file.size, sample });
            else broken.push({ path, large: false, ignored: false, error: sample });
        }
        if (files.length === 0) return broken;
        const planned = await preupload(this.target, files, await this.#rules(), signal);
        const kept = planned.map(({ path, uploadMode, shouldIgnore }) => ({ path, large: uploadMode === 'lfs', ignored: shouldIgnore }));
        return [...kept, ...broken];
    }

    hash(file: Blob, gate: Gate, progress: (octets: number) => void, signal: AbortSignal): Promise<string> {
        return sha256Of(file, gate, progress, signal);
    }

    async offers(items: UploadItem[], transfer: 'basic' | 'multipart', signal: AbortSignal): Promise<(Offer | null | ApiError)[]> {
        const objects = await lfsBatch(this.target, [transfer], items.map(({ sha256, file }) => ({ oid: sha256!, size: file.size })), signal);
        const known = new Map(objects.map((object) => [object.oid, object]));
        return items.map(({ sha256 }) => offerOf(known.get(sha256!)));
    }

    async put(href: string, octets: Blob, progress: (octets: number) => void, signal: AbortSignal): Promise<string> {
        try {
            const { header } = await sendOctets('PUT', href, octets, { headers: { 'Content-Type': 'application/octet-stream' }, progress, signal });
            return header('ETag') ?? '';
        } catch (error) {
            // To the page both look the same: no network, and a file that cannot be read.
            if (error instanceof ApiError && error.reason === 'no_connection') await octets.slice(0, 1).arrayBuffer().catch(throwUnreadable);
            throw error;
        }
    }

    async complete(href: string, sha256: string, parts: Map<number, string>, signal: AbortSignal): Promise<void> {
        const list = [...parts].sort(([one], [other]) => one - other).map(([partNumber, etag]) => ({ partNumber, etag }));
        const body = new Blob([JSON.stringify({ oid: sha256, parts: list })]);
        await sendOctets('POST', href, body, { headers: { 'Content-Type': 'application/vnd.git-lfs+json' }, signal });
    }

    async commit({ items, index, count, parent }: CommitStep, progress: (part: number) => void, signal: AbortSignal): Promise<CommitMade> {
        const summary = count === 1 ? this.message.summary : `${this.message.summary} (${index + 1}/${count})`;
        if (this.#uncertain) {
            const made = await this.#findMade(summary, parent);
            if (made) return this.#took(made);
        }
        const value = { summary, description: this.message.description, ...(parent !== undefined && { parentCommit: parent }) };
        const lines: BlobPart[] = [lineOf({ key: 'header', value })];
        for (const item of items) {
            if (item.large) lines.push(lineOf({ key: 'lfsFile', value: { path: item.path, algo: 'sha256', oid: item.sha256!, size: item.file.size } }));
            else
                try {
                    lines.push(await fileLine(item));
                } catch (error) {
                    if (isUnreadable(error)) item.error = error;
                    throw error;
                }
        }
        try {
            return this.#took(await sendCommit(this.target, lines, progress, signal));
        } catch (error) {
            this.#uncertain = error instanceof ApiError && (error.status === 0 || error.status >= 500);
            throw error;
        }
    }

    /** The commits after the first one go to the pull request that it has opened. */
    #took(made: CommitMade): CommitMade {
        this.#uncertain = false;
        if (made.pullRequest !== undefined) this.target = { ...this.target, revision: `refs/pr/${made.pullRequest}`, createPr: false };
        return made;
    }

    async #findMade(summary: string, parent: string | undefined): Promise<CommitMade | undefined> {
        const user = session.user?.name;
        if (!user) return undefined;
        if (!this.target.createPr) {
            const oid = parent && (await findMine(this.target, parent, summary, user));
            return oid ? { oid } : undefined;
        }
        const pullRequest = await findMyPullRequest(this.target, summary, user, this.#begun);
        return pullRequest === undefined ? undefined : { oid: '', pullRequest };
    }

    session(): Promise<'same' | 'renewed' | 'lost'> {
        return lookAtSession();
    }
}
