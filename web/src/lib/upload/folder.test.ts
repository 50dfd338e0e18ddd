// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { isLeftOut, picksOf, walk } from './folder';

const file = (name: string) => ({ isFile: true, isDirectory: false, name, file: (give: (file: File) => void) => give(new File(['x'], name)) });
/** Gives its entries in portions of two, as browsers give a hundred. */
const folder = (name: string, inside: unknown[]) => ({
    isFile: false,
    isDirectory: true,
    name,
    createReader() {
        let at = 0;
        return { readEntries: (give: (entries: unknown[]) => void) => give(inside.slice(at, (at += 2))) };
    },
});

it('walks folders to their ends, in the order of names', async () => {
    const tree = folder('data', [file('c'), file('b'), file('a'), folder('.git', [file('config')]), folder('deep', [folder('er', [file('x')])]), file('.DS_Store')]);
    const counts: number[] = [];
    const picked = await walk([file('first'), tree] as unknown as FileSystemEntry[], (count) => counts.push(count));
    expect(picked.map(({ path }) => path)).toEqual(['first', 'data/a', 'data/b', 'data/c', 'data/deep/er/x']);
    expect(counts).toEqual([1, 2, 3, 4, 5]);
});

it('keeps the folders of an input', () => {
    const chosen = new File(['x'], 'a.txt');
    Object.defineProperty(chosen, 'webkitRelativePath', { value: 'folder/sub/a.txt' });
    expect(picksOf([chosen, new File(['y'], 'b.txt')]).map(({ path }) => path)).toEqual(['folder/sub/a.txt', 'b.txt']);
});

it('leaves out what nobody means', () => {
    expect(['a/.git/HEAD', '.git', 'a/.DS_Store', 'Thumbs.db'].every(isLeftOut)).toBe(true);
    expect(['.gitignore', 'a/.DS_Store/x', 'git'].some(isLeftOut)).toBe(false);
});
