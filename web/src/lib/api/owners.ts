// SPDX-License-Identifier: Apache-2.0
import { ApiError, get } from './http';

export interface Owner {
    kind: 'user' | 'organization';
    name: string;
    fullname: string;
    avatarUrl: string;
}

const orNothing = (error: unknown): undefined => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
};

/** A user or an organisation of this name; nothing when there is neither. */
export async function loadOwner(name: string, signal?: AbortSignal): Promise<Owner | undefined> {
    const path = encodeURIComponent(name);
    type User = { user: string; fullname?: string; avatarUrl: string };
    const user = await get<User>(`/api/users/${path}/overview`, signal).catch(orNothing);
    if (user) return { kind: 'user', name: user.user, fullname: user.fullname ?? '', avatarUrl: user.avatarUrl };
    type Organization = { name: string; fullname?: string; avatarUrl: string };
    const org = await get<Organization>(`/api/organizations/${path}/overview`, signal).catch(orNothing);
    return org && { kind: 'organization', name: org.name, fullname: org.fullname ?? '', avatarUrl: org.avatarUrl };
}
