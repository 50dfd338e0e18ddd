// SPDX-License-Identifier: Apache-2.0
// A list whose further pages come at a button.
import { ask, type Answer } from './api/http';
import { complain } from './toasts.svelte';

export class Pages<Row> {
    rows = $state.raw<Row[]>([]);
    next = $state<string | undefined>();
    busy = $state(false);

    constructor(first: Answer<Row[]>) {
        this.rows = first.body;
        this.next = first.next;
    }
    more = async (): Promise<void> => {
        if (!this.next) return;
        this.busy = true;
        try {
            const answer = await ask<Row[]>(this.next);
            this.rows = [...this.rows, ...answer.body];
            this.next = answer.next;
        } catch (error) {
            complain(error);
        }
        this.busy = false;
    };
}
