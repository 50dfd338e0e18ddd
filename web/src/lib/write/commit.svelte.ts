// SPDX-License-Identifier: Apache-2.0
// One commit of a page: sent, and when somebody else was quicker, put on top or left alone.
import { commitLines, findMine, findMyPullRequest, loadSince, type Line, type Made, type Message, type Since, type Target } from '../api/commits';
import { ApiError } from '../api/http';
import { inSession } from '../lost-session.svelte';
import { session } from '../session.svelte';
import { messageOf } from '../toasts.svelte';

export class Committer {
    busy = $state(false);
    fault = $state('');
    /** What others have committed meanwhile. */
    since = $state.raw<Since | undefined>();
    #parent: string | undefined;
    /** When the commit was sent whose answer never came. */
    #uncertain: number | undefined;

    constructor(parent: string | undefined) {
        this.#parent = parent;
    }

    /** Gives what was made, or nothing: then `fault` or `since` says why. */
    async commit(target: Target, message: Message, operations: Line[], paths: string[]): Promise<Made | undefined> {
        this.busy = true;
        this.fault = '';
        try {
            const parent = target.createPr ? undefined : this.#parent;
            return (await this.#findMade(target, message.summary)) ?? (await inSession(() => commitLines(target, message, parent, operations)));
        } catch (error) {
            if (error instanceof ApiError && error.status === 412) await this.#lookAround(target, paths);
            else this.fault = messageOf(error);
            if (error instanceof ApiError && (error.status === 0 || error.status >= 500)) this.#uncertain ??= Date.now();
            return undefined;
        } finally {
            this.busy = false;
        }
    }

    /** From now on the change is one of this commit. */
    standOn(commit: string | undefined): void {
        this.#parent = commit;
        this.since = undefined;
    }
    /** From now on the change stands on what is there. */
    putOnTop(): void {
        this.standOn(this.since?.head ?? this.#parent);
    }
    stop(): void {
        this.since = undefined;
    }

    async #lookAround(target: Target, paths: string[]): Promise<void> {
        try {
            this.since = await loadSince(target.repo, target.revision, this.#parent!, paths);
        } catch (error) {
            this.fault = messageOf(error);
        }
    }

    async #findMade(target: Target, summary: string): Promise<Made | undefined> {
        const [since, user] = [this.#uncertain, session.user?.name];
        if (since === undefined || !user) return undefined;
        if (target.createPr) {
            const pullRequest = await findMyPullRequest(target, summary, user, since - 120_000);
            return pullRequest === undefined ? undefined : { oid: '', pullRequest };
        }
        const oid = this.#parent && (await findMine(target, this.#parent, summary, user));
        return oid ? { oid } : undefined;
    }
}
