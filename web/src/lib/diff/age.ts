// SPDX-License-Identifier: Apache-2.0

/** How old a time is among others: 0 (the newest quarter of them) to 3. */
export function ageOf(times: number[]): (time: number) => number {
    const sorted = [...new Set(times)].sort((a, b) => b - a);
    return (time) => Math.min(3, Math.floor((Math.max(0, sorted.indexOf(time)) * 4) / Math.max(1, sorted.length)));
}
