// SPDX-License-Identifier: Apache-2.0
// What is worth trying again, and after how long.
import { ApiError } from '../api/http';

const kFirst = 1_000; // milliseconds
const kLongest = 30_000;
const kPassing = new Set([0, 408, 425, 429, 500, 502, 503, 504]);

/** A connection that failed, a hub that restarts or has too much to do: the same request may succeed later. */
export const isPassing = (error: unknown): boolean => error instanceof ApiError && kPassing.has(error.status) && !isUnreadable(error);

/** A file that was changed or removed on this computer while its upload went on: no try reads it again. */
export const isUnreadable = (error: unknown): error is ApiError => error instanceof ApiError && error.reason === 'file_unreadable';
export const unreadable = (why: unknown): ApiError => new ApiError(0, String(why), 'file_unreadable');

/** Milliseconds before the try after `attempt` failed ones: doubling, with chance so that many do not come back together. */
export function pauseAfter(attempt: number, random: () => number = Math.random): number {
    const whole = Math.min(kLongest, kFirst * 2 ** Math.min(attempt - 1, 10));
    return Math.round(whole * (0.75 + random() / 4));
}
