// SPDX-License-Identifier: Apache-2.0
// An upload from its first question to its commit. It knows nothing of the network: the transport does that, so that
// tests can cut every connection. Large files are hashed one after another while those before them are sent in slices;
// what has failed for a passing reason is tried again as long as the page is open; then everything is committed at once.
import { ApiError } from '../api/http';
import { Gate, Queue } from './gate';
import { byTransfer, groupsOf, itemOf, sentOf, type Offer, type Piece, type UploadItem } from './items';
import { isPassing, isUnreadable, pauseAfter, unreadable } from './retry';
import { slicesOf, type Slice } from './slices';

export interface Planned {
    path: string;
    large: boolean;
    ignored: boolean;
    /** It cannot be read. */
    error?: ApiError;
}
export interface CommitStep {
    items: UploadItem[];
    index: number;
    count: number;
    /** What the commit must stand on; nothing when it may stand on anything. */
    parent?: string;
}
export interface CommitMade {
    oid: string;
    /** Number of the pull request that was opened. */
    pullRequest?: number;
}
export interface Transport {
    /** Which files are large, which are to be left out. */
    plan(items: UploadItem[], signal: AbortSignal): Promise<Planned[]>;
    /** SHA-256, 64 hex digits. Waits at the gate between slices. */
    hash(file: Blob, gate: Gate, progress: (octets: number) => void, signal: AbortSignal): Promise<string>;
    /** Where each goes; null for what the hub has already. */
    offers(items: UploadItem[], transfer: 'basic' | 'multipart', signal: AbortSignal): Promise<(Offer | null | ApiError)[]>;
    /** Gives the ETag. */
    put(href: string, octets: Blob, progress: (octets: number) => void, signal: AbortSignal): Promise<string>;
    complete(href: string, sha256: string, parts: Map<number, string>, signal: AbortSignal): Promise<void>;
    commit(step: CommitStep, progress: (part: number) => void, signal: AbortSignal): Promise<CommitMade>;
    /** What has become of the session since it was last looked at. */
    session(): Promise<'same' | 'renewed' | 'lost'>;
}

export type Phase = 'planning' | 'sending' | 'committing' | 'conflict' | 'failed' | 'done' | 'cancelled';

export interface Options {
    /** Files of more octets than this go in parts. */
    partFrom?: number;
    senders?: number;
    sleep?: (milliseconds: number) => Promise<void>;
    now?: () => number;
    random?: () => number;
}

const kPlanned = 250; // files of one question
const kOffered = 100; // objects of one batch
const kRenewals = 3;

class Cancelled extends Error {}

export class UploadRun {
    phase: Phase = 'planning';
    /** By the person who uploads. */
    paused = false;
    /** The session has ended: nothing goes on before somebody signs in. */
    signedOut = false;
    /** A passing failure, and when it is tried again. */
    trouble: { error: ApiError; until: number } | undefined;
    /** Why planning or committing was refused. */
    error: ApiError | undefined;
    made: CommitMade | undefined;
    /** How much of the commit's body is sent, 0 to 1. */
    committing = 0;

    readonly #gate = new Gate();
    #flight = new AbortController();
    readonly #stop = new AbortController();
    #hashed = new Queue<UploadItem>();
    #pieces = new Queue<Piece & { offer: Offer }>();
    #unsettled = 0;
    /** Items that wait for another one with the same octets. */
    #twins = new Map<string, UploadItem[]>();
    #groups: UploadItem[][] = [];
    #wakers = new Set<() => void>();
    readonly #options: Required<Options>;

    constructor(
        public items: UploadItem[],
        /** Head of the branch that the person has seen. */
        public parent: string | undefined,
        readonly transport: Transport,
        readonly changed: () => void,
        options: Options = {},
    ) {
        this.#options = {
            partFrom: 64 << 20,
            senders: 3,
            sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
            now: Date.now,
            random: Math.random,
            ...options,
        };
    }

    /** Goes as far as it can: to the commit, or to what a person must decide. May be called again afterwards. */
    async start(): Promise<void> {
        this.error = undefined;
        try {
            this.#enter('planning');
            await this.#plan();
            this.#enter('sending');
            await this.#sendLarge();
            if (this.#anyFailed) return this.#enter('failed');
            this.#enter('committing');
            await this.#commit();
        } catch (error) {
            if (error instanceof Cancelled) return this.#enter('cancelled');
            if (this.#anyFailed) return this.#enter('failed');
            this.error = error instanceof ApiError ? error : new ApiError(0, String(error), 'failed');
            this.#enter(this.error.status === 412 ? 'conflict' : 'failed');
        }
    }

    pause(): void {
        this.paused = true;
        this.#gate.shut();
        this.#interrupt();
    }
    resume(): void {
        this.paused = false;
        if (!this.signedOut) this.#gate.open();
        this.changed();
    }
    /** Somebody has signed in again. */
    signedIn(): void {
        this.signedOut = false;
        this.resume();
    }
    /** Does not wait any longer before trying again. */
    tryNow(): void {
        for (const wake of this.#wakers) wake();
    }
    cancel(): void {
        this.#stop.abort();
        this.#flight.abort();
        this.#gate.open();
        this.#hashed.end();
        this.#pieces.end();
        this.tryNow();
    }
    /** Those that failed are tried from their beginning, or left out. */
    retryFailed(): Promise<void> {
        this.items = this.items.map((item) => (item.state === 'failed' ? itemOf(item.path, item.file) : item));
        return this.start();
    }
    leaveOutFailed(): Promise<void> {
        this.items = this.items.filter(({ state }) => state !== 'failed');
        return this.start();
    }
    /** After a conflict: on top of what the other has committed. */
    putOnTop(head: string): Promise<void> {
        this.parent = head;
        return this.start();
    }

    /** Octets to be sent in all, those that are there, and those of them that were there before. */
    get progress(): { sent: number; total: number; found: number } {
        let [sent, total, found] = [0, 0, 0];
        for (const item of this.items) {
            if (item.state === 'ignored' || item.state === 'failed') continue;
            total += item.file.size;
            found += item.found;
            if (item.state === 'done' || (item.large && item.state === 'ready')) sent += item.file.size;
            else if (item.large) sent += sentOf(item);
            else if (this.phase === 'committing') sent += Math.floor(item.file.size * this.committing);
        }
        return { sent, total, found };
    }

    get #anyFailed(): boolean {
        return this.items.some(({ state }) => state === 'failed');
    }

    #enter(phase: Phase): void {
        this.phase = phase;
        this.changed();
    }

    #interrupt(): void {
        this.#flight.abort();
        this.#flight = new AbortController();
        this.tryNow();
        this.changed();
    }

    /** Does a step until it has succeeded, was refused for good, or the upload was given up. */
    async #steady<T>(step: (signal: AbortSignal) => Promise<T>): Promise<T> {
        let renewals = 0;
        for (let attempt = 1; ; attempt += 1) {
            await this.#gate.pass();
            if (this.#stop.signal.aborted) throw new Cancelled();
            const { signal } = this.#flight;
            try {
                const given = await step(signal);
                this.trouble = undefined;
                return given;
            } catch (error) {
                if (this.#stop.signal.aborted) throw new Cancelled();
                if (signal.aborted) attempt = 0;
                else if (isPassing(error)) await this.#wait(attempt, error as ApiError);
                else if (renewals < kRenewals && (await this.#sessionChanged(error))) renewals += 1;
                else throw error;
            }
        }
    }

    async #wait(attempt: number, error: ApiError): Promise<void> {
        const pause = pauseAfter(attempt, this.#options.random);
        this.trouble = { error, until: this.#options.now() + pause };
        this.changed();
        let wake!: () => void;
        const woken = new Promise<void>((resolve) => this.#wakers.add((wake = resolve)));
        await Promise.race([this.#options.sleep(pause), woken]);
        this.#wakers.delete(wake);
    }

    /** A refusal may only mean that the session has ended, or another one has begun in this browser. */
    async #sessionChanged(error: unknown): Promise<boolean> {
        if (!(error instanceof ApiError) || ![401, 403, 404].includes(error.status)) return false;
        const now = await this.transport.session().catch(() => 'same' as const);
        if (now === 'lost' && !this.signedOut) {
            this.signedOut = true;
            this.#gate.shut();
            this.changed();
        }
        return now !== 'same';
    }

    async #plan(): Promise<void> {
        const waiting = this.items.filter(({ state }) => state === 'waiting');
        for (let first = 0; first < waiting.length; first += kPlanned) {
            const group = waiting.slice(first, first + kPlanned);
            const planned = new Map((await this.#steady((signal) => this.transport.plan(group, signal))).map((one) => [one.path, one]));
            for (const item of group) {
                const plan = planned.get(item.path);
                // An empty file cannot be a large one: every client sends it as it is.
                item.large = plan !== undefined && plan.large && item.file.size > 0;
                item.error = plan?.error;
                item.state = plan?.error ? 'failed' : plan?.ignored ? 'ignored' : item.large ? 'waiting' : 'ready';
            }
            this.changed();
        }
    }

    async #sendLarge(): Promise<void> {
        const items = this.items.filter(({ large, state }) => large && state === 'waiting');
        if (items.length === 0) return;
        this.#hashed = new Queue();
        this.#pieces = new Queue();
        this.#twins.clear();
        this.#unsettled = items.length;
        const senders = Array.from({ length: this.#options.senders }, () => this.#sendPieces());
        await Promise.all([this.#hashAll(items), this.#offerAll(), ...senders]);
        if (this.#stop.signal.aborted) throw new Cancelled();
    }

    #settle(item: UploadItem, state: 'ready' | 'failed', error?: ApiError): void {
        item.state = state;
        item.error = error;
        item.flying.clear();
        this.#unsettled -= 1;
        this.#settleTwins(item, state);
        if (this.#unsettled === 0) {
            this.#hashed.end();
            this.#pieces.end();
        }
        this.changed();
    }

    #settleTwins({ sha256 }: UploadItem, state: 'ready' | 'failed'): void {
        const twins = this.#twins.get(sha256 ?? '') ?? [];
        this.#twins.delete(sha256 ?? '');
        if (state === 'ready') for (const twin of twins) this.#settle(twin, 'ready');
        else for (const twin of twins) this.#toSend(twin);
    }

    /** The same octets are sent once, whatever they are called. */
    #toSend(item: UploadItem): void {
        const sha256 = item.sha256!;
        const waiting = this.#twins.get(sha256);
        item.state = 'sending';
        if (waiting) waiting.push(item);
        else {
            this.#twins.set(sha256, []);
            this.#hashed.put(item);
        }
    }

    #fail(item: UploadItem, error: unknown): void {
        this.#pieces.discard((piece) => piece.item === item);
        item.offer = undefined;
        this.#settle(item, 'failed', error instanceof ApiError ? error : unreadable(error));
    }

    async #hashAll(items: UploadItem[]): Promise<void> {
        for (const item of items) {
            await this.#gate.pass();
            if (this.#stop.signal.aborted) return;
            item.state = 'hashing';
            const progress = (octets: number) => {
                item.hashed = octets;
                this.changed();
            };
            try {
                item.sha256 ??= await this.transport.hash(item.file, this.#gate, progress, this.#stop.signal);
                this.#toSend(item);
            } catch (error) {
                if (this.#stop.signal.aborted) return;
                this.#fail(item, error);
            }
        }
    }

    async #offerAll(): Promise<void> {
        for (;;) {
            const first = await this.#hashed.take();
            if (!first) return;
            const { basic, multipart } = byTransfer([first, ...this.#hashed.drain(kOffered - 1)], this.#options.partFrom);
            for (const [transfer, items] of [['basic', basic] as const, ['multipart', multipart] as const])
                if (items.length > 0) await this.#offer(items, transfer);
        }
    }

    async #offer(items: UploadItem[], transfer: 'basic' | 'multipart'): Promise<void> {
        try {
            const offers = await this.#steady((signal) => this.transport.offers(items, transfer, signal));
            items.forEach((item, index) => {
                const offer = offers[index];
                if (offer === null) {
                    if (item.renewed === 0) item.found = item.file.size;
                    this.#settle(item, 'ready');
                } else if (!offer || offer instanceof ApiError) this.#fail(item, offer ?? new ApiError(0, '', 'failed'));
                else this.#begin(item, offer);
            });
        } catch (error) {
            if (!(error instanceof Cancelled)) for (const item of items) this.#fail(item, error);
        }
    }

    #begin(item: UploadItem, offer: Offer): void {
        item.offer = offer;
        item.kept = 0;
        item.parts.clear();
        if ('href' in offer) {
            this.#pieces.put({ item, offer, slice: { number: 1, start: 0, end: item.file.size }, href: offer.href });
        } else {
            for (const slice of slicesOf(item.file.size, offer.partSize)) {
                const etag = offer.arrived.get(slice.number);
                if (etag === undefined) this.#pieces.put({ item, offer, slice, href: offer.partHrefs[slice.number - 1]! });
                else this.#arrived(item, slice, etag);
            }
            if (item.kept === item.file.size) this.#pieces.put({ item, offer, href: offer.completeHref });
        }
        if (item.renewed === 0) item.found = item.kept;
        this.changed();
    }

    #arrived(item: UploadItem, { number, start, end }: Slice, etag: string): void {
        item.kept += end - start;
        item.parts.set(number, etag);
    }

    async #sendPieces(): Promise<void> {
        for (;;) {
            const piece = await this.#pieces.take();
            if (!piece) return;
            try {
                await this.#sendPiece(piece);
            } catch (error) {
                if (error instanceof Cancelled) return;
                this.#refused(piece, error);
            }
        }
    }

    async #sendPiece({ item, offer, slice, href }: Piece & { offer: Offer }): Promise<void> {
        if (slice) {
            const etag = await this.#sendSlice(item, offer, slice, href);
            if (item.offer !== offer) return; // new addresses have been asked for meanwhile
            this.#arrived(item, slice, etag);
            this.changed();
        }
        if (item.kept < item.file.size) return;
        if (!('href' in offer)) await this.#complete(item, offer.completeHref);
        this.#settle(item, 'ready');
    }

    #sendSlice(item: UploadItem, offer: Offer, slice: Slice, href: string): Promise<string> {
        const octets = item.file.slice(slice.start, slice.end);
        return this.#steady(async (signal) => {
            const progress = (sent: number) => {
                if (item.offer === offer) item.flying.set(slice.number, sent);
                this.changed();
            };
            try {
                return await this.transport.put(href, octets, progress, signal);
            } finally {
                item.flying.delete(slice.number);
            }
        });
    }

    async #complete(item: UploadItem, href: string): Promise<void> {
        item.state = 'finishing';
        this.changed();
        await this.#steady(async (signal) => {
            try {
                await this.transport.complete(href, item.sha256!, item.parts, signal);
            } catch (error) {
                // The answer may have been lost after the hub had put the parts together.
                const ambiguous = isPassing(error) || (error instanceof ApiError && error.status === 404);
                if (signal.aborted || !ambiguous) throw error;
                const [held] = await this.transport.offers([item], 'basic', signal).catch(() => [undefined]);
                if (held !== null) throw error;
            }
        });
    }

    /** Addresses end after a day, and an upload that the hub has dropped begins anew; what else is refused stays so. */
    #refused({ item, offer }: { item: UploadItem; offer: Offer }, error: unknown): void {
        if (item.offer !== offer) return;
        const stale = error instanceof ApiError && (error.status === 403 || error.status === 404);
        if (!stale || item.renewed >= kRenewals) return this.#fail(item, error);
        item.renewed += 1;
        item.offer = undefined;
        item.state = 'sending';
        item.kept = 0;
        item.flying.clear();
        this.#pieces.discard((piece) => piece.item === item);
        this.#hashed.put(item);
    }

    async #commit(): Promise<void> {
        const made = this.#groups.filter(([first]) => first!.state === 'done');
        const groups = (this.#groups = [...made, ...groupsOf(this.items.filter(({ state }) => state === 'ready'))]);
        if (groups.length === 0) throw new ApiError(0, '', 'nothing_to_commit');
        for (const [index, items] of groups.entries()) {
            if (items[0]!.state === 'done') continue;
            const progress = (part: number) => {
                this.committing = part;
                this.changed();
            };
            progress(0);
            const step = { items, index, count: groups.length, parent: this.parent };
            const one = await this.#steady((signal) => this.transport.commit(step, progress, signal)).catch((error: unknown) => {
                if (isUnreadable(error)) for (const item of items) if (item.error === error) item.state = 'failed';
                throw error;
            });
            this.made = { ...one, pullRequest: one.pullRequest ?? this.made?.pullRequest };
            this.parent = one.oid;
            for (const item of items) item.state = 'done';
        }
        this.#enter('done');
    }
}
