// SPDX-License-Identifier: Apache-2.0
import { get, send } from './http';
import type { Role } from './session';

export interface Organization {
    name: string;
    fullname: string;
    bio: string;
    homepage: string;
    avatarUrl: string;
}
export interface Member {
    user: string;
    fullname: string;
    avatarUrl: string;
    role: Role;
}

const path = (name: string): string => `/api/organizations/${encodeURIComponent(name)}`;

export const createOrganization = (name: string, fullname: string): Promise<Organization> =>
    send('POST', '/api/organizations/create', { name, fullname });
export const changeOrganization = (name: string, change: Partial<Pick<Organization, 'fullname' | 'bio' | 'homepage'>>): Promise<Organization> =>
    send('PATCH', `${path(name)}/settings`, change);
export const deleteOrganization = (name: string, confirm: string): Promise<unknown> => send('DELETE', path(name), { confirm });
export const avatarPath = (name: string): string => `${path(name)}/avatar`;

export const loadMembers = (name: string, signal?: AbortSignal): Promise<Member[]> => get(`${path(name)}/members`, signal);
/** Adds somebody, or gives them another role. */
export const setMember = (name: string, user: string, role: Role): Promise<Member> =>
    send('PUT', `${path(name)}/members/${encodeURIComponent(user)}`, { role });
export const removeMember = (name: string, user: string): Promise<unknown> => send('DELETE', `${path(name)}/members/${encodeURIComponent(user)}`);
