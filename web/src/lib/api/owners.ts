// SPDX-License-Identifier: Apache-2.0
import { ApiError, get, query } from './http';
import type { RepoType } from '../places';

export interface OwnerLink {
    name: string;
    fullname: string;
    avatarUrl: string;
}

export interface Owner {
    kind: 'user' | 'organization';
    name: string;
    fullname: string;
    avatarUrl: string;
    bio: string;
    homepage: string;
    createdAt?: string;
    counts: Record<RepoType, number>;
    /** Of a user. */
    orgs: OwnerLink[];
}

interface Overview {
    user?: string;
    name?: string;
    fullname?: string;
    avatarUrl: string;
    details?: string;
    homepage?: string;
    createdAt?: string;
    numModels?: number;
    numDatasets?: number;
    numSpaces?: number;
    orgs?: OwnerLink[];
}

const orNothing = (error: unknown): undefined => {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
};

const ownerOf = (kind: Owner['kind'], told: Overview): Owner => ({
    kind,
    name: told.user ?? told.name ?? '',
    fullname: told.fullname ?? '',
    avatarUrl: told.avatarUrl,
    bio: told.details ?? '',
    homepage: told.homepage ?? '',
    createdAt: told.createdAt,
    counts: { model: told.numModels ?? 0, dataset: told.numDatasets ?? 0, space: told.numSpaces ?? 0 },
    orgs: told.orgs ?? [],
});

/** A user or an organisation of this name; nothing when there is neither. */
export async function loadOwner(name: string, signal?: AbortSignal): Promise<Owner | undefined> {
    const path = encodeURIComponent(name);
    const user = await get<Overview>(`/api/users/${path}/overview`, signal).catch(orNothing);
    if (user) return ownerOf('user', user);
    const org = await get<Overview>(`/api/organizations/${path}/overview`, signal).catch(orNothing);
    return org && ownerOf('organization', org);
}

export interface Like {
    createdAt: string;
    repo: { name: string; type: RepoType };
}
/** What a user likes, newest first. */
export const loadLikes = (name: string, signal?: AbortSignal): Promise<Like[]> =>
    get(`/api/users/${encodeURIComponent(name)}/likes${query({ limit: 10 })}`, signal);
