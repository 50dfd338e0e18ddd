// SPDX-License-Identifier: Apache-2.0
// No key stands twice in a file, where the later one would win unseen: merges make such pairs.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

it.each(['en', 'ar'])('has every key once in %s', (language) => {
    const text = readFileSync(new URL(`./${language}.json`, import.meta.url), 'utf8');
    const keys = [...text.matchAll(/^ {4}"([^"]+)":/gm)].map(([, key]) => key);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
});
