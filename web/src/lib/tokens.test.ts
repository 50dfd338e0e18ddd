// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { expiryIn, faultOfScope, scopesOf, type ScopeRow } from './tokens';

it.each<[ScopeRow, string]>([
    [{ type: 'org', name: 'acme', permissions: ['repo.write'] }, ''],
    [{ type: 'model', name: 'acme/tiny', permissions: ['repo.content.read'] }, ''],
    [{ type: 'model', name: ' ', permissions: ['repo.write'] }, 'field_missing'],
    [{ type: 'model', name: 'tiny', permissions: ['repo.write'] }, 'scope_needs_repo'],
    [{ type: 'dataset', name: 'acme/', permissions: ['repo.write'] }, 'scope_needs_repo'],
    [{ type: 'user', name: 'a/b', permissions: ['repo.write'] }, 'scope_needs_owner'],
    [{ type: 'user', name: 'alice', permissions: [] }, 'scope_needs_permission'],
])('judges the scope %j', (row, fault) => expect(faultOfScope(row)).toBe(fault));

it('writes scopes as whoami shows them', () =>
    expect(scopesOf([{ type: 'model', name: ' acme/tiny ', permissions: ['repo.write'] }])).toEqual({
        scoped: [{ entity: { type: 'model', name: 'acme/tiny' }, permissions: ['repo.write'] }],
    }));

it('writes the end of a token without fractions of a second', () => {
    expect(expiryIn(30, Date.UTC(2030, 0, 1, 0, 0, 0, 123))).toBe('2030-01-31T00:00:00Z');
    expect(expiryIn(0)).toBeUndefined();
});
