// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { dropDraft, findDraft, keepDraft } from './drafts';

const storeOf = (room = Infinity) => {
    const kept = new Map<string, string>();
    return {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem(key: string, text: string) {
            if (text.length > room) throw new DOMException('full', 'QuotaExceededError');
            kept.set(key, text);
        },
        removeItem: (key: string) => void kept.delete(key),
    } as unknown as Storage;
};
const draft = { text: 'سلام', path: 'a.md', base: 'c0', time: 1 };

it('gives back what it was given, for that page only', () => {
    const store = storeOf();
    keepDraft('/a', draft, store);
    expect([findDraft('/a', store), findDraft('/b', store)]).toEqual([draft, undefined]);
    dropDraft('/a', store);
    expect(findDraft('/a', store)).toBeUndefined();
});

it('lives with a full store and with what others have put there', () => {
    const full = storeOf(3);
    keepDraft('/a', draft, full);
    expect(findDraft('/a', full)).toBeUndefined();
    const odd = storeOf();
    for (const text of ['{', '1', 'null', '{"text":1}']) {
        odd.setItem('mirfa-draft:/a', text);
        expect(findDraft('/a', odd)).toBeUndefined();
    }
});
