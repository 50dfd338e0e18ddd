// SPDX-License-Identifier: Apache-2.0
// What has been typed and not committed, kept in this tab: a reload, a crash or a lost session takes nothing away.

export interface Draft {
    text: string;
    path: string;
    /** Commit that the text was taken from. */
    base: string;
    time: number;
}

const kPrefix = 'mirfa-draft:';
const kLongest = 2_000_000; // characters; tabs keep about five million

export function keepDraft(page: string, draft: Draft, store: Storage = sessionStorage): void {
    try {
        if (draft.text.length <= kLongest) store.setItem(kPrefix + page, JSON.stringify(draft));
    } catch {
        // A full store only means that a reload would lose it.
    }
}

export function findDraft(page: string, store: Storage = sessionStorage): Draft | undefined {
    try {
        const draft = JSON.parse(store.getItem(kPrefix + page) ?? 'null') as Partial<Draft> | null;
        const good = draft && typeof draft.text === 'string' && typeof draft.path === 'string' && typeof draft.base === 'string' && typeof draft.time === 'number';
        return good ? (draft as Draft) : undefined;
    } catch {
        return undefined;
    }
}

export const dropDraft = (page: string, store: Storage = sessionStorage): void => store.removeItem(kPrefix + page);
