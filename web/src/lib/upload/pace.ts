// SPDX-License-Identifier: Apache-2.0
// How fast an upload goes, from what was sent in the last seconds.

const kWindow = 8_000; // milliseconds

export class Pace {
    #points: { time: number; sent: number }[] = [];

    /** `sent` octets in all have been sent by `time` (milliseconds). */
    note(time: number, sent: number): void {
        const last = this.#points.at(-1);
        if (last && sent < last.sent) this.#points = []; // a part had to be sent again
        this.#points.push({ time, sent });
        while (this.#points.length > 2 && this.#points[1]!.time <= time - kWindow) this.#points.shift();
    }
    /** After a pause the time before it does not count. */
    forget(): void {
        this.#points = [];
    }
    /** Octets a second; 0 while nothing is known. */
    get speed(): number {
        const [first, last] = [this.#points[0], this.#points.at(-1)];
        if (!first || !last || last.time <= first.time) return 0;
        return ((last.sent - first.sent) / (last.time - first.time)) * 1000;
    }
    /** Seconds for `rest` octets; undefined while nobody can tell. */
    left(rest: number): number | undefined {
        const speed = this.speed;
        return speed > 0 ? rest / speed : undefined;
    }
}
