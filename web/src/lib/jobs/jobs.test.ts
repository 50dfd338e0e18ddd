// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Job } from '../api/jobs';
import { isInOctets, isOpen, pullRequestOf, secondsOf, shareOf, withNews } from './jobs';

const job = (facts: Partial<Job> = {}): Job => ({
    id: '1', kind: 'convert', state: 'running', step: 'reading', done: 0, total: 0, attempts: 1, message: null, input: {}, result: {},
    createdAt: '2026-01-01T00:00:00.000Z', startedAt: null, endedAt: null, ...facts,
});

describe('a job', () => {
    it('is open until it has ended', () =>
        expect((['waiting', 'running', 'done', 'failed', 'cancelled'] as const).filter((state) => isOpen(job({ state })))).toEqual(['waiting', 'running']));

    it('has a share only while it runs and knows how much there is', () => {
        expect(shareOf(job({ done: 3, total: 12 }))).toBe(0.25);
        expect(shareOf(job({ done: 13, total: 12 }))).toBe(1);
        expect(shareOf(job({ done: 3 }))).toBeUndefined();
        expect(shareOf(job({ state: 'done', done: 3, total: 12 }))).toBeUndefined();
    });

    it('counts octets where it reads and writes, and files where it scans', () => {
        expect(isInOctets(job({ step: 'storing' }))).toBe(true);
        expect(isInOctets(job({ step: 'scanning' }))).toBe(false);
    });

    it('ran from its start to its end, or runs till now', () => {
        const startedAt = '2026-01-01T00:00:10.000Z';
        expect(secondsOf(job({ startedAt, endedAt: '2026-01-01T00:01:00.000Z' }), 0)).toBe(50);
        expect(secondsOf(job({ startedAt }), Date.parse('2026-01-01T00:00:12.500Z'))).toBe(2.5);
        expect(secondsOf(job(), 0)).toBeUndefined();
        expect(secondsOf(job({ startedAt }), 0)).toBe(0);
    });

    it('leads to its pull request if that is a number', () => {
        expect(pullRequestOf(job({ result: { pullRequest: 7 } }))).toBe(7);
        expect(pullRequestOf(job({ result: { pullRequest: '7' } }))).toBeUndefined();
        expect(pullRequestOf(job())).toBeUndefined();
    });
});

it('takes news into a list without losing its older rows', () => {
    const rows = [job({ id: '3' }), job({ id: '2' }), job({ id: '1' })];
    const news = withNews(rows, [job({ id: '4' }), job({ id: '3', state: 'done' }), job({ id: '2' })]);
    expect(news.map(({ id, state }) => `${id} ${state}`)).toEqual(['4 running', '3 done', '2 running', '1 running']);
});
