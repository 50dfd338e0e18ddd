// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { ApiError } from '../api/http';
import { isPassing, isUnreadable, pauseAfter, unreadable } from './retry';

it('doubles the pause up to half a minute', () => {
    const whole = [1, 2, 3, 4, 5, 6, 7, 100].map((attempt) => pauseAfter(attempt, () => 1));
    expect(whole).toEqual([1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    expect(pauseAfter(1, () => 0)).toBe(750);
});

it('tells what passes from what stays', () => {
    const passing = [0, 429, 500, 502, 503, 504, 200, 400, 401, 403, 404, 412, 413, 422, 507].filter((status) => isPassing(new ApiError(status, '')));
    expect(passing).toEqual([0, 429, 500, 502, 503, 504]);
    expect(isPassing(new TypeError('ours'))).toBe(false);
    expect([isPassing(unreadable('gone')), isUnreadable(unreadable('gone')), isUnreadable(new ApiError(0, ''))]).toEqual([false, true, false]);
});
