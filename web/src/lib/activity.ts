// SPDX-License-Identifier: Apache-2.0
// What an owner has done lately, from what the API tells of repositories and likes.
import type { Like } from './api/owners';
import type { RepoType } from './places';

export interface Activity {
    kind: 'update' | 'like';
    type: RepoType;
    id: string;
    at: string;
}

/** The newest first, at most `most`. */
export function activityOf(lists: { type: RepoType; repos: { id: string; lastModified: string }[] }[], likes: Like[], most = 8): Activity[] {
    const updates = lists.flatMap(({ type, repos }) => repos.map((repo): Activity => ({ kind: 'update', type, id: repo.id, at: repo.lastModified })));
    const liked = likes.map(({ createdAt, repo }): Activity => ({ kind: 'like', type: repo.type, id: repo.name, at: createdAt }));
    return [...updates, ...liked].sort((a, b) => b.at.localeCompare(a.at)).slice(0, most);
}
