// SPDX-License-Identifier: Apache-2.0
// Files in slices. Sizes are numbers: exact up to 9 PB, far beyond what one file may have.

export interface Slice {
    /** From 1, as the hub counts parts. */
    number: number;
    /** Half-open range of octets. */
    start: number;
    end: number;
}

/** Part n holds the octets [(n-1) * partSize, n * partSize); the last one holds what is left. */
export function slicesOf(size: number, partSize: number): Slice[] {
    if (!Number.isSafeInteger(size) || size < 0 || !Number.isSafeInteger(partSize) || partSize <= 0)
        throw new RangeError(`no slices of ${partSize} in ${size}`);
    const count = Math.ceil(size / partSize);
    return Array.from({ length: count }, (_, index) => ({
        number: index + 1,
        start: index * partSize,
        end: Math.min(size, (index + 1) * partSize),
    }));
}
