// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { ageOf } from './age';

it('tells new from old', () => {
    const age = ageOf([10, 40, 20, 30, 40]);
    expect([40, 30, 20, 10].map(age)).toEqual([0, 1, 2, 3]);
    expect(ageOf([5])(5)).toBe(0);
    expect(ageOf([])(5)).toBe(0);
});
