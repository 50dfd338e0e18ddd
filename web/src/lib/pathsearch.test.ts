// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { searchPaths } from './pathsearch';

const paths = ['src/model.py', 'model.safetensors', 'docs/models/readme.md', 'data/a/Mod_el.txt', 'x.bin'];
const search = (typed: string, most = 10) => searchPaths(paths, paths.map((path) => path.toLowerCase()), typed, most);

describe('going to a file', () => {
    it('puts names before folders and whole parts before scattered letters', () =>
        expect(search('model')).toEqual(['src/model.py', 'model.safetensors', 'docs/models/readme.md', 'data/a/Mod_el.txt']));
    it('takes letters in their order', () => expect(search('smdlpy')).toEqual(['src/model.py']));
    it('gives all for nothing and nothing for what is not there', () => {
        expect(search(' ', 2)).toEqual(paths.slice(0, 2));
        expect(search('zzz')).toEqual([]);
    });
});
