// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { activityOf } from './activity';

it('mixes updates and likes, the newest first', () => {
    const lists = [
        { type: 'model' as const, repos: [{ id: 'a/m', lastModified: '2030-01-03T00:00:00.000Z' }] },
        { type: 'dataset' as const, repos: [{ id: 'a/d', lastModified: '2030-01-01T00:00:00.000Z' }] },
    ];
    const likes = [{ createdAt: '2030-01-02T00:00:00.000Z', repo: { name: 'b/m', type: 'model' as const } }];
    expect(activityOf(lists, likes).map(({ kind, id }) => `${kind} ${id}`)).toEqual(['update a/m', 'like b/m', 'update a/d']);
    expect(activityOf(lists, likes, 1)).toHaveLength(1);
});
