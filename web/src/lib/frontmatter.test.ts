// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { bodyOf, listOf } from './frontmatter';

it.each([
    ['---\nlicense: mit\n---\n# Tiny\n', '# Tiny\n'],
    ['---\r\nlicense: mit\r\n---\r\ntext', 'text'],
    ['---\n---\ntext', 'text'],
    ['\uFEFF---\na: 1\n---\ntext', 'text'],
    ['# Tiny\n\n---\nnot front matter\n---\n', '# Tiny\n\n---\nnot front matter\n---\n'],
    ['---\nnever closed', '---\nnever closed'],
])('takes the front matter off %j', (card, body) => expect(bodyOf(card)).toBe(body));

it('reads a value and a list alike', () => {
    expect(listOf('en')).toEqual(['en']);
    expect(listOf(['en', 'ar', { odd: 1 }])).toEqual(['en', 'ar']);
    expect(listOf(undefined)).toEqual([]);
});
