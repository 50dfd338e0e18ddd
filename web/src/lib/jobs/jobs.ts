// SPDX-License-Identifier: Apache-2.0
// What a job's facts mean for those who look at it.
import type { Job } from '../api/jobs';

/** It waits or runs, so that there is more to come. */
export const isOpen = ({ state }: Job): boolean => state === 'waiting' || state === 'running';

/** How much of its step is done, from 0 to 1; nothing where nobody knows how much there is. */
export function shareOf({ state, done, total }: Job): number | undefined {
    if (state !== 'running' || total <= 0) return undefined;
    return Math.max(0, Math.min(1, done / total));
}

/** Steps whose `done` and `total` are octets; those of others are files. */
const kInOctets = new Set(['reading', 'converting', 'storing', 'comparing']);
export const isInOctets = ({ step }: Job): boolean => kInOctets.has(step);

/** The pull request that it opened. */
export function pullRequestOf({ result }: Job): number | undefined {
    const number = result?.pullRequest;
    return typeof number === 'number' && Number.isInteger(number) && number > 0 ? number : undefined;
}

/** How long it ran or has been running, in seconds; nothing before it began. */
export function secondsOf({ startedAt, endedAt }: Job, now: number): number | undefined {
    if (!startedAt) return undefined;
    const end = endedAt ? Date.parse(endedAt) : now;
    return Math.max(0, (end - Date.parse(startedAt)) / 1000);
}

/** A text of what was asked for, "" where there is none. */
export const textIn = (facts: Record<string, unknown> | null | undefined, key: string): string => {
    const value = facts?.[key];
    return typeof value === 'string' ? value : '';
};
export const numberIn = (facts: Record<string, unknown> | null | undefined, key: string): number => {
    const value = facts?.[key];
    return typeof value === 'number' && Number.isFinite(value) ? value : 0;
};

/** The rows as they stand after another look at the newest: known ones are replaced, new ones stand first. */
export function withNews<Row extends { id: string }>(rows: Row[], newest: Row[]): Row[] {
    const fresh = new Map(newest.map((row) => [row.id, row]));
    const known = new Set(rows.map(({ id }) => id));
    return [...newest.filter(({ id }) => !known.has(id)), ...rows.map((row) => fresh.get(row.id) ?? row)];
}
