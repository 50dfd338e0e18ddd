// SPDX-License-Identifier: Apache-2.0
// Scopes of fine-grained tokens: from the rows of the form to what the API takes.
import type { EntityType, Permission, Scope } from './api/accounts';

export const permissions: Permission[] = ['repo.content.read', 'discussion.write', 'repo.write', 'repo.admin'];

/** A row of the form: an owner's name, or `owner/name` of a repository. */
export interface ScopeRow {
    type: EntityType;
    name: string;
    permissions: Permission[];
}

/** What is wrong with a row; "" when nothing is. */
export function faultOfScope({ type, name, permissions }: ScopeRow): string {
    if (name.trim() === '') return 'field_missing';
    const parts = name.trim().split('/');
    const wanted = type === 'user' || type === 'org' ? 1 : 2;
    if (parts.length !== wanted || parts.some((part) => part === '')) return wanted === 1 ? 'scope_needs_owner' : 'scope_needs_repo';
    return permissions.length > 0 ? '' : 'scope_needs_permission';
}

export const scopesOf = (rows: ScopeRow[]): { scoped: Scope[] } => ({
    scoped: rows.map(({ type, name, permissions }) => ({ entity: { type, name: name.trim() }, permissions: [...permissions] })),
});

/** The time so many days from now, as the API takes it; nothing for 0. */
export const expiryIn = (days: number, now = Date.now()): string | undefined =>
    days > 0 ? new Date(now + days * 86_400_000).toISOString().replace(/\.\d+Z$/, 'Z') : undefined;
