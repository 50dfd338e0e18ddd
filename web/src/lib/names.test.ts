// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { repoNameFault } from './names';

it.each([
    ['', 'name_empty'],
    ['my model', 'name_characters'],
    ['نموذج', 'name_characters'],
    ['a/b', 'name_characters'],
    ['-a', 'name_edges'],
    ['a.', 'name_edges'],
    ['a--b', 'name_doubled'],
    ['a..b', 'name_doubled'],
    ['a.GIT', 'name_ending'],
    ['a.ipynb', 'name_ending'],
    ['x'.repeat(97), 'name_too_long'],
])('%j is refused', (name, fault) => expect(repoNameFault(name)).toBe(fault));

it.each(['a', 'tiny-llama_2.0', 'A1', 'x'.repeat(96), 'a.git.b'])('%j is a name', (name) => expect(repoNameFault(name)).toBeUndefined());
