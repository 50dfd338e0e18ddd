// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { byTransfer, groupsOf, itemOf, sentOf } from './items';

const sized = (path: string, size: number) => itemOf(path, { size } as Blob);
const paths = (groups: ReturnType<typeof groupsOf>) => groups.map((group) => group.map(({ path }) => path));

it('makes one commit of what fits into one', () => {
    const items = [sized('a', 60), sized('b', 60), sized('c', 1000), sized('d', 10), sized('e', 10)];
    items[2]!.large = true;
    expect(paths(groupsOf(items, 100, 1000))).toEqual([['a', 'b', 'c', 'd', 'e']]);
    expect(paths(groupsOf(items, 100, 100))).toEqual([['a'], ['b', 'c', 'd', 'e']]);
    expect(paths(groupsOf(items, 2, 1000))).toEqual([['a', 'b'], ['c', 'd'], ['e']]);
    expect(groupsOf([])).toEqual([]);
});

it('sends what is longer than a part in parts', () => {
    const { basic, multipart } = byTransfer([sized('a', 64), sized('b', 65)], 64);
    expect([basic[0]!.path, multipart[0]!.path]).toEqual(['a', 'b']);
});

it('counts what is on its way, never more than the file', () => {
    const item = sized('a', 100);
    item.kept = 64;
    item.flying.set(2, 20).set(3, 10);
    expect(sentOf(item)).toBe(94);
    item.flying.set(3, 40);
    expect(sentOf(item)).toBe(100);
});
