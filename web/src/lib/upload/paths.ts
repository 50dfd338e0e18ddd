// SPDX-License-Identifier: Apache-2.0
// Names of files in a repository: the rules of src/git/path_rules.h, so that a form can say at once what is wrong.

export type PathFault = 'path_empty' | 'path_absolute' | 'path_too_long' | 'path_empty_part' | 'path_dots' | 'path_dot_git' | 'path_control';

const kLongestPath = 4096; // octets
const kLongestPart = 255;
const octets = (text: string): number => new TextEncoder().encode(text).length;
const isDotGit = (name: string): boolean => {
    const plain = name
        .replace(/[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g, '')
        .toLowerCase()
        .replace(/:.*$/s, '')
        .replace(/[. ]+$/, '');
    return plain === '.git' || plain === 'git~1';
};

/** What is wrong with a path; nothing when the hub will take it. */
export function pathFault(path: string): PathFault | undefined {
    if (path === '') return 'path_empty';
    if (path.startsWith('/')) return 'path_absolute';
    // eslint-disable-next-line no-control-regex -- they are what is sought
    if (/[\u0000-\u001f\u007f]/.test(path)) return 'path_control';
    const parts = path.split('/');
    if (parts.includes('')) return 'path_empty_part';
    if (parts.some((part) => part === '.' || part.split('\\').includes('..'))) return 'path_dots';
    if (parts.some((part) => part.split('\\').some(isDotGit))) return 'path_dot_git';
    if (octets(path) > kLongestPath || parts.some((part) => octets(part) > kLongestPart)) return 'path_too_long';
    return undefined;
}

/** A path below a folder; "" is the root. */
export const below = (folder: string, path: string): string => (folder ? `${folder}/${path}` : path);
/** Folder of a path, "" at the root. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));
export const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
/** What people write as a folder: slashes at its ends do not matter. */
export const tidyFolder = (written: string): string => written.trim().replace(/^\/+|\/+$/g, '');
