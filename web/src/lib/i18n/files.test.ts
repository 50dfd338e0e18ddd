// SPDX-License-Identifier: Apache-2.0
// Both languages are complete, and no key stands twice in a file, where the later one would win unseen.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const kForms: Record<string, string[]> = { en: ['one', 'other'], ar: ['zero', 'one', 'two', 'few', 'many', 'other'] };
const textOf = (language: string): string => readFileSync(new URL(`./${language}.json`, import.meta.url), 'utf8');
const messagesOf = (language: string): Record<string, string | Record<string, string>> => JSON.parse(textOf(language));

it('has the same keys in both languages', () => expect(Object.keys(messagesOf('ar')).sort()).toEqual(Object.keys(messagesOf('en')).sort()));

it.each(['en', 'ar'])('has every key once and all plural forms in %s', (language) => {
    const keys = [...textOf(language).matchAll(/^ {4}"([^"]+)":/gm)].map(([, key]) => key);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
    for (const [key, message] of Object.entries(messagesOf(language)))
        if (typeof message !== 'string') expect([key, Object.keys(message).sort()]).toEqual([key, kForms[language]!.slice().sort()]);
});
