// SPDX-License-Identifier: Apache-2.0
// Looks at jobs again and again until they have ended.
import type { Job } from '../api/jobs';
import { ApiError, ask, type Answer } from '../api/http';
import { Pages } from '../more.svelte';
import { isOpen, withNews } from './jobs';

const kEvery = 1_000; // milliseconds
const kLater = 3_000; // after the first minute: a long job changes slowly
const kEager = 60_000;

/** Calls `look` until it gives false, and until `stop`. What fails is tried again: the hub may be away for a while. */
class Rounds {
    #timer: ReturnType<typeof setTimeout> | undefined;
    #stopped = false;
    #begun = Date.now();

    constructor(private readonly look: () => Promise<boolean>) {}

    start(): void {
        this.#stopped = false;
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => void this.#round(), Date.now() - this.#begun < kEager ? kEvery : kLater);
    }
    stop(): void {
        this.#stopped = true;
        clearTimeout(this.#timer);
    }
    async #round(): Promise<void> {
        const more = await this.look();
        if (more && !this.#stopped) this.start();
    }
}

/** One job. */
export class WatchedJob {
    job = $state.raw() as Job;
    /** The last look failed; the next one may not. */
    trouble = $state.raw<unknown>();
    /** It is gone or hidden now, and nobody looks any more. */
    lost = $state(false);
    readonly #rounds: Rounds;

    /** Begins at once; `stop` when nobody looks any more. */
    constructor(first: Job, load: () => Promise<Job>) {
        this.job = first;
        this.#rounds = new Rounds(async () => {
            try {
                this.job = await load();
                this.trouble = undefined;
            } catch (error) {
                this.trouble = error;
                this.lost = error instanceof ApiError && [401, 403, 404].includes(error.status);
                if (this.lost) return false;
            }
            return isOpen(this.job);
        });
        if (isOpen(first)) this.#rounds.start();
    }
    stop = (): void => this.#rounds.stop();
}

/** A list of jobs, the newest first; those on its first page follow what happens. */
export class LiveJobs extends Pages<Job> {
    /** The hub's time for what runs, as good as this computer's. */
    now = $state(Date.now());
    readonly #rounds: Rounds;

    constructor(first: Answer<Job[]>, address: string) {
        super(first);
        this.#rounds = new Rounds(async () => {
            this.now = Date.now();
            try {
                this.rows = withNews(this.rows, (await ask<Job[]>(address)).body);
            } catch (error) {
                if (error instanceof ApiError && error.status >= 400 && error.status < 500) return false;
            }
            return this.rows.some(isOpen);
        });
        this.follow();
    }
    /** Looks on if there is anything to come. */
    follow(): void {
        if (this.rows.some(isOpen)) this.#rounds.start();
    }
    put(job: Job): void {
        this.rows = this.rows.map((row) => (row.id === job.id ? { ...row, ...job } : row));
    }
    stop = (): void => this.#rounds.stop();
}
