// SPDX-License-Identifier: Apache-2.0

/** What those who work pass through: open at first, shut during a pause. */
export class Gate {
    #open: Promise<void> = Promise.resolve();
    #let: (() => void) | undefined;

    get isShut(): boolean {
        return this.#let !== undefined;
    }
    shut(): void {
        this.#let ??= (() => {
            let letThrough!: () => void;
            this.#open = new Promise((resolve) => (letThrough = resolve));
            return letThrough;
        })();
    }
    open(): void {
        this.#let?.();
        this.#let = undefined;
    }
    async pass(): Promise<void> {
        while (this.#let) await this.#open;
    }
}

/** What some put in and others take out, in order; `end` lets the takers go. */
export class Queue<T> {
    #items: T[] = [];
    #takers: ((item: T | undefined) => void)[] = [];
    #ended = false;

    put(item: T): void {
        const taker = this.#takers.shift();
        if (taker) taker(item);
        else this.#items.push(item);
    }
    /** The next one, when there is one; undefined after the end. */
    take(): Promise<T | undefined> {
        if (this.#items.length || this.#ended) return Promise.resolve(this.#items.shift());
        return new Promise((resolve) => this.#takers.push(resolve));
    }
    /** Up to `most` of those that are there now. */
    drain(most: number): T[] {
        return this.#items.splice(0, most);
    }
    /** Drops those that are not wanted any more. */
    discard(unwanted: (item: T) => boolean): void {
        this.#items = this.#items.filter((item) => !unwanted(item));
    }
    end(): void {
        this.#ended = true;
        for (const taker of this.#takers.splice(0)) taker(undefined);
    }
}
