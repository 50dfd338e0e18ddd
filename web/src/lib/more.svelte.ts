// SPDX-License-Identifier: Apache-2.0
// A list whose further pages come at a button, or as its end comes near.
import { ask, type Answer } from './api/http';
import { complain } from './toasts.svelte';

export class Pages<Row> {
    rows = $state.raw<Row[]>([]);
    next = $state<string | undefined>();
    busy = $state(false);
    /** The last page did not come: it is for the reader to ask again. */
    failed = $state(false);
    readonly #limit: number | undefined;

    /** `limit`: rows of each further page, where it is to be another number than that of the first. */
    constructor(first: Answer<Row[]>, { limit }: { limit?: number } = {}) {
        this.rows = first.body;
        this.next = first.next;
        this.#limit = limit;
    }
    more = async (): Promise<void> => {
        if (!this.next || this.busy) return;
        this.busy = true;
        this.failed = false;
        try {
            const answer = await ask<Row[]>(this.#limit ? this.next.replace(/\blimit=\d+/, `limit=${this.#limit}`) : this.next);
            this.rows = [...this.rows, ...answer.body];
            this.next = answer.next;
        } catch (error) {
            this.failed = true;
            complain(error);
        }
        this.busy = false;
    };
}
