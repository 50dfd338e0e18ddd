// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ApiError } from '../api/http';
import { itemOf, type Offer, type UploadItem } from './items';
import { unreadable } from './retry';
import { UploadRun, type CommitStep, type Transport } from './run';

const broken = () => new ApiError(0, 'cut', 'no_connection');

/** A hub in memory. Each hook may throw once in the place of an answer. */
class Hub implements Transport {
    puts: string[] = [];
    commits: CommitStep[] = [];
    held = new Set<string>();
    arrived = new Map<string, number>();
    batches: [string, number][] = [];
    state: 'same' | 'renewed' | 'lost' = 'same';
    before: Partial<Record<'plan' | 'hash' | 'offers' | 'put' | 'complete' | 'commit', (what: string) => Promise<void> | void>> = {};
    uploads = 0;
    head = 'head';
    /** Numbers of the parts that a page closed since has sent. */
    earlier: number[] = [];
    /** Parts that the last completion named. */
    named: [number, string][] = [];

    async plan(items: UploadItem[]) {
        await this.before.plan?.('');
        return items.map(({ path, file }) => ({ path, large: file.size >= 10, ignored: path.endsWith('.tmp') }));
    }
    async hash(file: Blob, _gate: unknown, progress: (octets: number) => void) {
        await this.before.hash?.('');
        progress(file.size);
        return `sha-${await file.text()}`;
    }
    async offers(items: UploadItem[], transfer: 'basic' | 'multipart'): Promise<(Offer | null)[]> {
        await this.before.offers?.(transfer);
        this.batches.push([transfer, items.length]);
        return items.map(({ sha256, file }) => {
            if (this.held.has(sha256!)) return null;
            const id = (this.uploads += 1);
            if (transfer === 'basic') return { href: `/o/${id}/${sha256}` };
            const count = Math.ceil(file.size / 8);
            const partHrefs = Array.from({ length: count }, (_, n) => `/p/${id}/${n + 1}`);
            const arrived = new Map(this.earlier.map((number) => [number, `old-${number}`]));
            return { completeHref: `/c/${id}/${sha256}`, partSize: 8, partHrefs, arrived };
        });
    }
    async put(href: string, octets: Blob, progress: (octets: number) => void, signal: AbortSignal) {
        progress(1);
        await this.before.put?.(href);
        if (signal.aborted) throw broken();
        this.puts.push(href);
        this.arrived.set(href, octets.size);
        if (href.startsWith('/o/')) this.held.add(href.split('/')[3]!);
        return `tag-${href}`;
    }
    async complete(href: string, sha256: string, parts: Map<number, string>) {
        await this.before.complete?.(href);
        this.named = [...parts].sort(([one], [other]) => one - other);
        this.held.add(sha256);
    }
    async commit(step: CommitStep) {
        await this.before.commit?.('');
        if (step.parent !== undefined && step.parent !== this.head) throw new ApiError(412, 'moved');
        this.commits.push(step);
        this.head = `commit-${this.commits.length}`;
        return { oid: this.head };
    }
    async session() {
        return this.state;
    }
}

const once = (error: () => unknown, when: (what: string) => boolean = () => true) => {
    let done = false;
    return (what: string) => {
        if (done || !when(what)) return;
        done = true;
        throw error();
    };
};
const item = (path: string, text: string) => itemOf(path, new Blob([text]));
const runOf = (hub: Hub, items: UploadItem[], parent?: string) =>
    new UploadRun(items, parent, hub, () => {}, { partFrom: 20, senders: 2, sleep: () => Promise.resolve(), random: () => 0 });
const kBig = 'abcdefghijklmnopqrstuvwxyz0123456789'; // 36 octets: five parts of eight

describe('an upload', () => {
    it('sends large files before the commit, small ones in it, and leaves ignored ones out', async () => {
        const hub = new Hub();
        const run = runOf(hub, [item('a', 'small'), item('b', 'large enough'), item('c', kBig), item('d.tmp', 'x'), item('e', '')], 'head');
        await run.start();
        expect([run.phase, run.error]).toEqual(['done', undefined]);
        expect(hub.commits.map(({ items }) => items.map(({ path }) => path))).toEqual([['a', 'b', 'c', 'e']]);
        expect(run.items.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'ignored', 'done']);
        expect([...hub.arrived.values()].reduce((sum, size) => sum + size)).toBe(12 + 36);
        expect(run.progress).toEqual({ sent: 53, total: 53, found: 0 });
        expect(run.parent).toBe('commit-1');
    });

    it.each(['plan', 'offers', 'put', 'complete', 'commit'] as const)('survives a cut connection at %s', async (where) => {
        const hub = new Hub();
        hub.before[where] = once(broken);
        const run = runOf(hub, [item('c', kBig)], 'head');
        await run.start();
        expect(run.phase).toBe('done');
        expect(run.trouble).toBeUndefined();
        expect(new Set(hub.puts).size).toBe(5);
        expect(hub.puts).toHaveLength(5);
    });

    it('sends only the parts that are missing after the hub was away', async () => {
        const hub = new Hub();
        let away = 3;
        hub.before.put = (href) => {
            if (href.endsWith('/4') && away > 0) {
                away -= 1;
                throw new ApiError(503, 'starting');
            }
        };
        const run = runOf(hub, [item('c', kBig)]);
        await run.start();
        expect(run.phase).toBe('done');
        expect([...hub.puts].sort()).toEqual(['/p/1/1', '/p/1/2', '/p/1/3', '/p/1/4', '/p/1/5']);
        expect(hub.batches).toEqual([['multipart', 1]]);
    });

    it('goes on where a page that was closed has stopped', async () => {
        const hub = new Hub();
        hub.earlier = [1, 2, 5];
        const run = runOf(hub, [item('c', kBig)]);
        await run.start();
        expect([run.phase, [...hub.puts].sort()]).toEqual(['done', ['/p/1/3', '/p/1/4']]);
        expect(run.progress).toEqual({ sent: 36, total: 36, found: 20 });
        expect(hub.named.map(([number, etag]) => `${number} ${etag}`)).toEqual(['1 old-1', '2 old-2', '3 tag-/p/1/3', '4 tag-/p/1/4', '5 old-5']);
    });

    it('only puts together what has arrived whole', async () => {
        const hub = new Hub();
        hub.earlier = [1, 2, 3, 4, 5];
        const run = runOf(hub, [item('c', kBig)]);
        await run.start();
        expect([run.phase, hub.puts, hub.named.length]).toEqual(['done', [], 5]);
    });

    it('believes that an object is whole when only the answer was lost', async () => {
        const hub = new Hub();
        hub.before.complete = (href) => {
            hub.held.add(href.split('/')[3]!);
            throw broken();
        };
        const run = runOf(hub, [item('c', kBig)]);
        await run.start();
        expect(run.phase).toBe('done');
    });

    it('asks for new addresses when the old ones are refused', async () => {
        const hub = new Hub();
        hub.before.put = once(() => new ApiError(403, 'expired'), (href) => href === '/p/1/3');
        const run = runOf(hub, [item('c', kBig)]);
        await run.start();
        expect(run.phase).toBe('done');
        expect(hub.puts.filter((href) => href.startsWith('/p/2/'))).toHaveLength(5);
    });

    it('does not send what the hub has', async () => {
        const hub = new Hub();
        hub.held.add(`sha-${kBig}`);
        const run = runOf(hub, [item('c', kBig), item('d', kBig)]);
        await run.start();
        expect([run.phase, hub.puts.length]).toEqual(['done', 0]);
    });

    it('sends the same octets once, and by the other name when the first is refused', async () => {
        const hub = new Hub();
        hub.before.put = once(() => new ApiError(422, 'changed meanwhile'));
        const run = runOf(hub, [item('one', 'the same octets'), item('two', 'the same octets'), item('three', 'the same octets')]);
        await run.start();
        expect(run.items.map(({ state }) => state)).toEqual(['failed', 'ready', 'ready']);
        expect(hub.puts).toHaveLength(1);
    });

    it('stops before the commit when a file is refused, and goes on without it or with it', async () => {
        const hub = new Hub();
        hub.before.put = (href) => {
            if (href.includes('bad')) throw new ApiError(422, 'not these octets');
        };
        const run = runOf(hub, [item('good', 'good enough text'), item('bad', 'bad as can be')]);
        await run.start();
        expect([run.phase, hub.commits.length, run.items[1]!.error?.status]).toEqual(['failed', 0, 422]);
        await run.retryFailed();
        expect([run.phase, hub.puts.length]).toEqual(['failed', 1]);
        await run.leaveOutFailed();
        expect(run.phase).toBe('done');
        expect(hub.commits[0]!.items.map(({ path }) => path)).toEqual(['good']);
    });

    it('does not overwrite what somebody else has committed, and can be put on top', async () => {
        const hub = new Hub();
        hub.head = 'theirs';
        const run = runOf(hub, [item('a', 'small'), item('c', kBig)], 'head');
        await run.start();
        expect([run.phase, hub.commits.length]).toEqual(['conflict', 0]);
        await run.putOnTop('theirs');
        expect([run.phase, hub.commits[0]!.parent, hub.puts.length]).toEqual(['done', 'theirs', 5]);
    });

    it('waits during a pause and goes on with the same parts', async () => {
        const hub = new Hub();
        let reached!: () => void;
        const atThird = new Promise<void>((resolve) => (reached = resolve));
        let held: (() => void) | undefined;
        hub.before.put = (href) => {
            if (!href.endsWith('/3') || held) return;
            reached();
            return new Promise((resolve) => (held = resolve));
        };
        const run = runOf(hub, [item('c', kBig)]);
        const whole = run.start();
        await atThird;
        run.pause();
        held!();
        expect([run.paused, run.phase]).toEqual([true, 'sending']);
        run.resume();
        await whole;
        expect(run.phase).toBe('done');
        expect(new Set(hub.puts).size).toBe(5);
        expect(hub.batches).toHaveLength(1);
    });

    it('waits for somebody to sign in again', async () => {
        const hub = new Hub();
        hub.state = 'lost';
        hub.before.commit = once(() => new ApiError(401, 'sign in'));
        const run = runOf(hub, [item('a', 'small')]);
        const asked = new Promise<void>((resolve) => {
            Object.assign(run, { changed: () => run.signedOut && resolve() });
        });
        const whole = run.start();
        await asked;
        expect(run.phase).toBe('committing');
        run.signedIn();
        await whole;
        expect(run.phase).toBe('done');
    });

    it('ends when it is given up', async () => {
        const hub = new Hub();
        let reached!: () => void;
        const begun = new Promise<void>((resolve) => (reached = resolve));
        hub.before.put = () => {
            reached();
            throw broken();
        };
        const run = new UploadRun([item('c', kBig)], undefined, hub, () => {}, { partFrom: 20, sleep: () => new Promise(() => {}) });
        const whole = run.start();
        await begun;
        run.cancel();
        await whole;
        expect([run.phase, hub.commits.length]).toEqual(['cancelled', 0]);
    });

    it('names the file that cannot be read any more, and goes on without it', async () => {
        const hub = new Hub();
        const [good, gone] = [item('good', 'small'), item('gone', 'text')];
        hub.before.commit = () => {
            if (hub.commits.length > 0 || gone.state === 'failed') return;
            throw (gone.error = unreadable('gone'));
        };
        const run = runOf(hub, [good, gone], 'head');
        await run.start();
        expect([run.phase, run.error, gone.state, good.state]).toEqual(['failed', undefined, 'failed', 'ready']);
        await run.leaveOutFailed();
        expect([run.phase, hub.commits.map(({ items }) => items.map(({ path }) => path))]).toEqual(['done', [['good']]]);
    });

    it('says so when there is nothing to commit', async () => {
        const run = runOf(new Hub(), [item('a.tmp', 'x')]);
        await run.start();
        expect([run.phase, run.error?.reason]).toEqual(['failed', 'nothing_to_commit']);
    });
});
