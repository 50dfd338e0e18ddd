// SPDX-License-Identifier: Apache-2.0
import { ask, get, query, send, type Answer } from './http';
import { encodePath } from '../base';
import type { ScanReport, SecurityStatus } from '../security';
import { idOf, repoApi, type RepoId, type RepoType } from '../places';

/** What the card's front matter holds; written by people, so that any value may be of any shape. */
export type CardData = Record<string, unknown>;

/** What the caller may do with a repository: the hub's own answer, with `expand=rights`. */
export interface Rights {
    propose: boolean;
    write: boolean;
    administer: boolean;
}
/** What every page of a repository shows of it: R-23, R-24, R-25 with `expand`. */
export interface RepoAbout {
    id: string;
    sha?: string;
    private: boolean;
    gated: false | 'auto' | 'manual';
    likes: number;
    lastModified: string;
    cardData?: CardData;
    rights?: Rights;
}
/** What the card shows beside that. */
export interface RepoInfo extends RepoAbout {
    author: string;
    disabled: boolean;
    downloads: number;
    createdAt: string;
    tags: string[];
    pipeline_tag?: string;
    library_name?: string;
    safetensors?: { parameters: Record<string, number>; total: number };
    gguf?: { total: number; architecture?: string; context_length?: number };
    transformersInfo?: { auto_model: string; pipeline_tag?: string; processor?: string };
    config?: Record<string, unknown>;
    /** Files at the top of the repository; not all, of which there may be a hundred thousand. */
    siblings?: { rfilename: string; size?: number }[];
    'model-index'?: unknown;
    evalResults?: unknown;
    widgetData?: unknown;
    usedStorage?: number;
}

const kKnown = [
    'author', 'sha', 'lastModified', 'createdAt', 'private', 'gated', 'disabled', 'downloads', 'likes', 'usedStorage', 'library_name',
    'pipeline_tag', 'tags', 'cardData', 'model-index', 'widgetData', 'config', 'transformersInfo', 'safetensors', 'gguf', 'rights',
];
/** src/pages/shell_pages.cpp writes the same address. */
export const loadRepo = (repo: RepoId, signal?: AbortSignal): Promise<RepoInfo> => get(repoApi(repo) + query({ expand: kKnown }), signal);

const kAbout = ['sha', 'private', 'gated', 'likes', 'lastModified', 'cardData', 'rights'];
/** src/pages/site.cpp writes the same address. */
export const aboutPath = (repo: RepoId): string => repoApi(repo) + query({ expand: kAbout });
export const loadAbout = (repo: RepoId, signal?: AbortSignal): Promise<RepoAbout> => get(aboutPath(repo), signal);

export interface LastCommit {
    id: string;
    title: string;
    date: string;
}

/** A row of a folder: R-42. */
export interface Entry {
    type: 'file' | 'directory';
    path: string;
    size: number;
    oid: string;
    lfs?: { oid: string; size: number; pointerSize: number };
    xetHash?: string;
    /** With `expand` or `securityStatus`. */
    securityFileStatus?: SecurityStatus;
    lastCommit?: LastCommit;
}

export const treePath = (repo: RepoId, revision: string, path: string): string =>
    `${repoApi(repo)}/tree/${encodeURIComponent(revision)}${path && `/${encodePath(path)}`}${query({ expand: true, limit: 100 })}`;

/** A page of a folder, folders first; `next` of the answer leads on. */
export const loadTree = (repo: RepoId, revision: string, path: string, signal?: AbortSignal): Promise<Answer<Entry[]>> =>
    ask(treePath(repo, revision, path), { signal });

/** What is known of one path, as a list of none or one; src/pages/shell_pages.cpp writes the same address. */
export const loadEntry = (repo: RepoId, revision: string, path: string, signal?: AbortSignal): Promise<Entry[]> =>
    get(`${repoApi(repo)}/paths-info/${encodeURIComponent(revision)}?paths=${encodeURIComponent(path)}&expand=true`, signal);

/** What lies at the top of a repository, up to a thousand files and folders, with what the scan of each file found. */
export const loadTop = (repo: RepoId, signal?: AbortSignal): Promise<Answer<Entry[]>> =>
    ask(`${repoApi(repo)}/tree/main${query({ limit: 1000, securityStatus: true })}`, { signal });

/** What the scan found in all files of main. */
export const loadScan = (repo: RepoId, signal?: AbortSignal): Promise<ScanReport> => get(`${repoApi(repo)}/scan`, signal);

/** All files below a folder, without their commits: for a quick filter. `next` of the answer leads on. */
export const loadAll = (repo: RepoId, revision: string, signal?: AbortSignal): Promise<Answer<Entry[]>> =>
    ask(`${repoApi(repo)}/tree/${encodeURIComponent(revision)}${query({ recursive: true, limit: 10000 })}`, { signal });

/** What lies below one folder, deep, as far as `limit`; `next` of the answer says that there is more. */
export const loadBelow = (repo: RepoId, revision: string, folder: string, limit: number, signal?: AbortSignal): Promise<Answer<Entry[]>> =>
    ask(`${repoApi(repo)}/tree/${encodeURIComponent(revision)}/${encodePath(folder)}${query({ recursive: true, limit })}`, { signal });

/** What is known of single paths: R-43. Those that are not there are left out. */
export const loadPaths = (repo: RepoId, revision: string, paths: string[]): Promise<Entry[]> =>
    send('POST', `${repoApi(repo)}/paths-info/${encodeURIComponent(revision)}`, { paths, expand: true });

export interface Ref {
    name: string;
    ref: string;
    targetCommit: string;
}
export interface Refs {
    branches: Ref[];
    tags: Ref[];
    converts: Ref[];
}
export const loadRefs = (repo: RepoId, signal?: AbortSignal): Promise<Refs> => get(`${repoApi(repo)}/refs`, signal);

export interface Commit {
    id: string;
    title: string;
    message: string;
    date: string;
    authors: { user: string; avatar?: string }[];
    parents?: string[];
}
/** R-40; `next` leads to older ones, `total` counts all. */
export const loadCommits = (repo: RepoId, revision: string, path = '', signal?: AbortSignal): Promise<Answer<Commit[]>> =>
    ask(`${repoApi(repo)}/commits/${encodeURIComponent(revision)}${query({ path, limit: 50 })}`, { signal });

/** Whether the person who is signed in likes it; src/pages/site.cpp writes the same address. */
export const loadLiked = async (repo: RepoId): Promise<boolean> => (await get<{ liked: boolean }>(`${repoApi(repo)}/like`)).liked;
export const like = (repo: RepoId): Promise<unknown> => send('POST', `${repoApi(repo)}/like`);
export const unlike = (repo: RepoId): Promise<unknown> => send('DELETE', `${repoApi(repo)}/like`);

/** R-16 */
export const createRepo = (repo: RepoId, settings: { private: boolean; license?: string; sdk?: string }): Promise<{ url: string }> =>
    send('POST', '/api/repos/create', { type: repo.type, name: repo.name, organization: repo.owner, ...settings });
/** R-17 */
export const deleteRepo = (repo: RepoId): Promise<unknown> =>
    send('DELETE', '/api/repos/delete', { type: repo.type, name: repo.name, organization: repo.owner });
/** R-18 */
export const moveRepo = (from: RepoId, to: { owner: string; name: string }): Promise<unknown> =>
    send('POST', '/api/repos/move', { type: from.type, fromRepo: idOf(from), toRepo: `${to.owner}/${to.name}` });
/** What large files of a repository would take and do take, for those who administer it. */
export interface RepoStorage {
    logical: number;
    stored: number;
    saved: number;
    objects: number;
}
export const loadRepoStorage = (repo: RepoId, signal?: AbortSignal): Promise<RepoStorage> => get(`${repoApi(repo)}/storage`, signal);
export interface RepoSettings {
    private: boolean;
    gated: false | 'auto' | 'manual';
    discussionsDisabled: boolean;
}
export const loadSettings = (repo: RepoId, signal?: AbortSignal): Promise<RepoSettings> => get(`${repoApi(repo)}/settings`, signal);
/** R-19 */
export const changeSettings = (repo: RepoId, settings: Record<string, unknown>): Promise<unknown> =>
    send('PUT', `${repoApi(repo)}/settings`, settings);

export const createBranch = (repo: RepoId, name: string, from: string): Promise<unknown> =>
    send('POST', `${repoApi(repo)}/branch/${encodeURIComponent(name)}`, { startingPoint: from });
export const deleteBranch = (repo: RepoId, name: string): Promise<unknown> => send('DELETE', `${repoApi(repo)}/branch/${encodeURIComponent(name)}`);
export const createTag = (repo: RepoId, name: string, revision: string, message?: string): Promise<unknown> =>
    send('POST', `${repoApi(repo)}/tag/${encodeURIComponent(revision)}`, { tag: name, message });
export const deleteTag = (repo: RepoId, name: string): Promise<unknown> => send('DELETE', `${repoApi(repo)}/tag/${encodeURIComponent(name)}`);

/** Is there already something of this name, and may it be given? */
export const checkRepoName = (type: RepoType, owner: string, name: string, signal?: AbortSignal): Promise<{ available: boolean; reason: string | null }> =>
    get(`/api/names/${encodeURIComponent(owner)}/${encodeURIComponent(name)}${query({ type })}`, signal);
