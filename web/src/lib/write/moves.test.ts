// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { movesOf } from './moves';

const gone = (path: string) => ({ key: 'deletedFile', value: { path } });
const copy = (path: string, srcPath: string) => ({ key: 'copyFile', value: { path, srcPath, srcRevision: 'c0ffee' } });

it('moves a file', () => {
    expect(movesOf('a/w.bin', 'b.bin', ['a/w.bin'], 'c0ffee')).toEqual([gone('a/w.bin'), copy('b.bin', 'a/w.bin')]);
});

it('moves the files of a folder that were seen, and deletes no other', () => {
    const files = ['a/x', 'a/a/x'];
    expect(movesOf('a', 'b/c', files, 'c0ffee')).toEqual([gone('a/x'), gone('a/a/x'), copy('b/c/x', 'a/x'), copy('b/c/a/x', 'a/a/x')]);
});

it('moves a folder into itself: what is deleted comes first', () => {
    expect(movesOf('a', 'a/b', ['a/b'], 'c0ffee')).toEqual([gone('a/b'), copy('a/b/b', 'a/b')]);
});
