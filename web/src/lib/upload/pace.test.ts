// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { Pace } from './pace';

it('knows nothing at first', () => {
    const pace = new Pace();
    pace.note(0, 0);
    expect([pace.speed, pace.left(10)]).toEqual([0, undefined]);
});

it('goes by the last seconds', () => {
    const pace = new Pace();
    for (let second = 0; second <= 20; second += 1) pace.note(second * 1000, second < 10 ? 0 : (second - 10) * 5_000);
    expect(pace.speed).toBe(5_000);
    expect(pace.left(50_000)).toBe(10);
});

it('begins anew when a part is sent again, and after a pause', () => {
    const pace = new Pace();
    pace.note(0, 0);
    pace.note(1000, 900);
    pace.note(2000, 100);
    expect(pace.speed).toBe(0);
    pace.note(3000, 300);
    expect(pace.speed).toBe(200);
    pace.forget();
    expect(pace.speed).toBe(0);
});
