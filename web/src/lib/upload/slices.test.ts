// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { slicesOf } from './slices';

const kMiB = 1 << 20;

describe('slices', () => {
    it('cover a file of 50 GB without a gap, each in its place', () => {
        const size = 50 * 1024 ** 3 + 12_345;
        const slices = slicesOf(size, 64 * kMiB);
        expect(slices).toHaveLength(801);
        expect(slices[0]).toEqual({ number: 1, start: 0, end: 64 * kMiB });
        expect(slices[800]).toEqual({ number: 801, start: 50 * 1024 ** 3, end: size });
        slices.forEach((slice, index) => {
            expect(slice.number).toBe(index + 1);
            expect(slice.start).toBe(index === 0 ? 0 : slices[index - 1]!.end);
        });
        expect(slices.every(({ start, end }) => end > start && end - start <= 64 * kMiB)).toBe(true);
    });
    it.each([
        [0, 10, 0],
        [1, 10, 1],
        [10, 10, 1],
        [11, 10, 2],
    ])('%i octets in parts of %i are %i', (size, part, count) => expect(slicesOf(size, part)).toHaveLength(count));
    it('refuse what is no number of octets', () => {
        expect(() => slicesOf(-1, 10)).toThrow(RangeError);
        expect(() => slicesOf(10, 0)).toThrow(RangeError);
        expect(() => slicesOf(2 ** 60, 10)).toThrow(RangeError);
    });
});
