// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../api/http';
import type { Job } from '../api/jobs';
import { WatchedJob } from './watch.svelte';

const job = (state: Job['state'], done = 0): Job => ({
    id: '1', kind: 'convert', state, step: '', done, total: 10, attempts: 1, message: null, input: {}, result: {},
    createdAt: '2026-01-01T00:00:00.000Z', startedAt: null, endedAt: null,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('looks at a job until it has ended', async () => {
    const answers = [job('running', 4), job('done', 10), job('failed')];
    const load = vi.fn(async () => answers.shift()!);
    const watched = new WatchedJob(job('waiting'), load);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(watched.job.state).toBe('done');
    expect(load).toHaveBeenCalledTimes(2);
});

it('does not look at one that has ended', async () => {
    const load = vi.fn(async () => job('done'));
    new WatchedJob(job('failed'), load);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(load).not.toHaveBeenCalled();
});

it('goes on after the hub was away, and tells that it was', async () => {
    let away = true;
    const watched = new WatchedJob(job('running'), async () => {
        if (away) throw new ApiError(0, '', 'no_connection');
        return job('done');
    });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(watched.trouble).toBeInstanceOf(ApiError);
    expect(watched.job.state).toBe('running');
    away = false;
    await vi.advanceTimersByTimeAsync(5_000);
    expect(watched.trouble).toBeUndefined();
    expect(watched.job.state).toBe('done');
});

it('gives up on what is hidden now, and when nobody looks', async () => {
    const hidden = vi.fn(async (): Promise<Job> => Promise.reject(new ApiError(404, '')));
    const unwatched = vi.fn(async () => job('running'));
    const gone = new WatchedJob(job('running'), hidden);
    new WatchedJob(job('running'), unwatched).stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(hidden).toHaveBeenCalledTimes(1);
    expect(gone.lost).toBe(true);
    expect(unwatched).not.toHaveBeenCalled();
});
