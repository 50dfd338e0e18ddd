// SPDX-License-Identifier: Apache-2.0
import { ask, get, getText, query, type Answer } from './http';
import type { Commit } from './repos';
import { encodePath } from '../base';
import type { LargeSide, Status } from '../diff/unified';
import { repoApi, type RepoId } from '../places';

/** R-40; `next` leads to older ones. `total` counts all of a repository, and is not known of one path. */
export const loadHistory = (repo: RepoId, revision: string, path = '', signal?: AbortSignal): Promise<Answer<Commit[]>> =>
    ask(`${repoApi(repo)}/commits/${encodeURIComponent(revision)}${query({ path, limit: 50 })}`, { signal });

export interface ChangedFile {
    path: string;
    oldPath?: string;
    status: Status;
    binary: boolean;
    additions?: number;
    deletions?: number;
    lfs?: { old?: LargeSide; new?: LargeSide };
}
export interface CommitDetails extends Commit {
    parents: string[];
    fileCount: number;
    files: ChangedFile[];
    /** Nothing for readers who may not see contents. */
    diff: string | null;
    truncated: boolean;
}
export const loadCommit = (repo: RepoId, revision: string, signal?: AbortSignal): Promise<CommitDetails> =>
    get(`${repoApi(repo)}/commit/${encodeURIComponent(revision)}`, signal);

/** `a..b`, `a...b` */
export const loadComparison = (repo: RepoId, spec: string, signal?: AbortSignal): Promise<string> =>
    getText(`${repoApi(repo)}/compare/${encodeURIComponent(spec)}`, signal);

export interface Blame {
    commit: string;
    path: string;
    text: string;
    truncated: boolean;
    hunks: { commit: string; line: number; count: number; path?: string }[];
    commits: Commit[];
}
export const loadBlame = (repo: RepoId, revision: string, path: string, signal?: AbortSignal): Promise<Blame> =>
    get(`${repoApi(repo)}/blame/${encodeURIComponent(revision)}/${encodePath(path)}`, signal);
