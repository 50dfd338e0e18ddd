// SPDX-License-Identifier: Apache-2.0
// What repositories may be called: the rules of src/hub/access/names.h, so that a form says at once what is wrong.

export type NameFault = 'name_empty' | 'name_characters' | 'name_edges' | 'name_doubled' | 'name_ending' | 'name_too_long';

export function repoNameFault(name: string): NameFault | undefined {
    if (name === '') return 'name_empty';
    if (name.length > 96) return 'name_too_long';
    if (!/^[A-Za-z0-9._-]+$/.test(name)) return 'name_characters';
    if (/^[-.]|[-.]$/.test(name)) return 'name_edges';
    if (/--|\.\./.test(name)) return 'name_doubled';
    if (/\.(git|ipynb)$/i.test(name)) return 'name_ending';
    return undefined;
}
