// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { below, folderOf, nameOf, pathFault, tidyFolder } from './paths';

it.each([
    ['', 'path_empty'],
    ['/etc/passwd', 'path_absolute'],
    ['a//b', 'path_empty_part'],
    ['a/', 'path_empty_part'],
    ['a/../b', 'path_dots'],
    ['..\\b', 'path_dots'],
    ['.git/config', 'path_dot_git'],
    ['a/.GIT. /x', 'path_dot_git'],
    ['git~1', 'path_dot_git'],
    ['a\nb', 'path_control'],
    ['x'.repeat(256), 'path_too_long'],
    ['ن'.repeat(128), 'path_too_long'],
    [Array(60).fill('x'.repeat(80)).join('/'), 'path_too_long'],
])('%j is refused', (path, fault) => expect(pathFault(path)).toBe(fault));

it.each(['config.json', 'a b/c#?%.txt', '.gitattributes', '...', 'بيانات/ملف.txt', 'a\\b'])('%j is a path', (path) =>
    expect(pathFault(path)).toBeUndefined(),
);

it('takes paths apart', () => {
    expect([folderOf('a/b/c'), folderOf('c'), nameOf('a/b/c'), nameOf('c')]).toEqual(['a/b', '', 'c', 'c']);
    expect([below('', 'c'), below('a/b', 'c'), tidyFolder(' /a/b/ ')]).toEqual(['c', 'a/b/c', 'a/b']);
});
