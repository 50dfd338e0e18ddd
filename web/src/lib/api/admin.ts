// SPDX-License-Identifier: Apache-2.0
// What administrators of the hub see and do.
import { ask, get, query, send, type Answer } from './http';
import type { SessionInfo } from './session';

export interface HubUser {
    name: string;
    fullname: string;
    email: string;
    isAdmin: boolean;
    disabled: boolean;
    createdAt: string;
    avatarUrl: string;
}
export const loadUsers = (search: string, signal?: AbortSignal): Promise<Answer<HubUser[]>> =>
    ask(`/api/admin/users${query({ search, limit: 50 })}`, { signal });
export const createUser = (user: { name: string; email: string; password: string; fullname: string; isAdmin: boolean }): Promise<HubUser> =>
    send('POST', '/api/admin/users', user);
export const changeUser = (name: string, change: { isAdmin?: boolean; disabled?: boolean; password?: string }): Promise<HubUser> =>
    send('PATCH', `/api/admin/users/${encodeURIComponent(name)}`, change);
export const deleteUser = (name: string): Promise<unknown> => send('DELETE', `/api/admin/users/${encodeURIComponent(name)}`);

export interface HubOrganization {
    name: string;
    fullname: string;
    createdAt: string;
    avatarUrl: string;
}
export const loadOrganizations = (signal?: AbortSignal): Promise<Answer<HubOrganization[]>> =>
    ask(`/api/admin/organizations${query({ limit: 50 })}`, { signal });

export interface Storage {
    logical: number;
    stored: number;
    objects: number;
    xorbs: number;
    freeDisk: number | null;
}
export const loadStorage = (signal?: AbortSignal): Promise<Storage> => get('/api/admin/storage', signal);

export type Policy = SessionInfo['signUp'];
export const loadPolicy = async (signal?: AbortSignal): Promise<Policy> => (await get<{ policy: Policy }>('/api/admin/sign-up', signal)).policy;
export const changePolicy = async (policy: Policy): Promise<Policy> => (await send<{ policy: Policy }>('PUT', '/api/admin/sign-up', { policy })).policy;

export interface Invitation {
    id: string;
    note: string;
    createdBy: string;
    createdAt: string;
    expiresAt: string;
    uses: number;
    maxUses: number;
    open: boolean;
}
export const loadInvitations = (signal?: AbortSignal): Promise<Invitation[]> => get('/api/admin/invitations', signal);
/** `url` is what the invited person opens: it is told this once. */
export const createInvitation = (wanted: { note: string; days: number; uses: number }): Promise<Invitation & { url: string; secret: string }> =>
    send('POST', '/api/admin/invitations', wanted);
export const deleteInvitation = (id: string): Promise<unknown> => send('DELETE', `/api/admin/invitations/${encodeURIComponent(id)}`);

export interface AuditEvent {
    id: string;
    at: string;
    actor: string;
    action: string;
    target: string;
    address: string;
}
export const loadAudit = (signal?: AbortSignal): Promise<Answer<AuditEvent[]>> => ask(`/api/admin/audit${query({ limit: 50 })}`, { signal });
