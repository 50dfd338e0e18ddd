// SPDX-License-Identifier: Apache-2.0
// The addresses of the pages, both ways: what a path names, and the path of a thing. They are those of the hosted hub,
// so that links in cards and documents lead to the same place here.
import { decode, encodePath } from './base';

export type RepoType = 'model' | 'dataset' | 'space';
export type Plural = 'models' | 'datasets' | 'spaces';

export const plural: Record<RepoType, Plural> = { model: 'models', dataset: 'datasets', space: 'spaces' };
const singular: Record<string, RepoType> = { models: 'model', datasets: 'dataset', spaces: 'space' };

export interface RepoId {
    type: RepoType;
    owner: string;
    name: string;
}

/** What the path of a page names. `revision` and `path` are decoded. */
export interface Place {
    page: string;
    repo?: RepoId;
    owner?: string;
    type?: RepoType;
    revision?: string;
    path?: string;
    /** Number of a discussion, secret of a link, section of the settings. */
    rest?: string;
}

const kRepoPages = new Set(['tree', 'blob', 'commits', 'commit', 'compare', 'blame', 'branches', 'jobs', 'discussions', 'settings', 'edit', 'new', 'upload', 'delete']);
const kRevisionPages = new Set(['tree', 'blob', 'commits', 'commit', 'blame', 'edit', 'new', 'upload', 'delete']);
/** Pages whose name is their whole address. */
export const kFixed = ['login', 'join', 'device', 'new', 'new-dataset', 'new-space', 'organizations/new'];

/** `/discussions`, `/discussions/new`, `/discussions/3` and its tabs. */
function discussionPlace(repo: RepoId, rest: string[]): Place | undefined {
    const [first, tab, more] = rest;
    if (first === undefined) return { page: 'repo-discussions', repo };
    if (first === 'new' && tab === undefined) return { page: 'repo-discussion-new', repo };
    if (!/^[1-9]\d*$/.test(first) || more !== undefined) return undefined;
    if (tab !== undefined && tab !== 'commits' && tab !== 'files') return undefined;
    return { page: 'repo-discussion', repo, rest: first, path: tab ?? '' };
}

function placeInRepository(repo: RepoId, below: string[]): Place | undefined {
    const [section, ...rest] = below;
    if (section === undefined) return { page: 'repo', repo };
    if (!kRepoPages.has(section)) return undefined;
    if (section === 'discussions') return discussionPlace(repo, rest.map(decode));
    if (!kRevisionPages.has(section)) return { page: `repo-${section}`, repo, rest: rest.map(decode).join('/') };
    const [revision = 'main', ...path] = rest.map(decode);
    return { page: `repo-${section}`, repo, revision, path: path.join('/') };
}

/** The page at a path of the hub; undefined when the address is not a page (a download, the API) or nothing at all. */
export function placeOf(path: string): Place | undefined {
    const segments = path.split('/').filter((segment) => segment !== '');
    const [first, second, third] = segments;
    if (first === undefined) return { page: 'home' };
    if (kFixed.includes(segments.join('/'))) return { page: segments.join('/') };
    if (first === 'setup' && segments.length === 2) return { page: 'setup', rest: decode(second!) };
    if (segments.join('/') === 'settings/tokens/new') return { page: 'settings', rest: 'tokens/new' };
    if (first === 'settings' || first === 'admin') return segments.length <= 2 ? { page: first, rest: second ?? '' } : undefined;
    if (first === 'organizations' && third === 'settings' && segments.length <= 4)
        return { page: 'organization-settings', owner: decode(second!), rest: decode(segments[3] ?? '') };
    const type = singular[first];
    if (type && second === undefined) return { page: 'list', type };
    const at = type ? 1 : 0;
    const [owner, name, ...below] = segments.slice(at);
    if (owner === undefined) return undefined;
    if (name === undefined) return type ? undefined : { page: 'owner', owner: decode(owner) };
    return placeInRepository({ type: type ?? 'model', owner: decode(owner), name: decode(name) }, below);
}

/** `acme/tiny` */
export const idOf = (repo: RepoId): string => `${repo.owner}/${repo.name}`;
/** `/datasets/acme/clips` */
export const repoPath = (repo: RepoId): string => (repo.type === 'model' ? '' : `/${plural[repo.type]}`) + `/${encodePath(idOf(repo))}`;
/** `/api/datasets/acme/clips` */
export const repoApi = (repo: RepoId): string => `/api/${plural[repo.type]}/${encodePath(idOf(repo))}`;

/** Path of a page of a repository at a revision; slashes inside the revision are encoded. */
export function repoPage(repo: RepoId, section: string, revision?: string, path = ''): string {
    const parts = [repoPath(repo), section];
    if (revision !== undefined) parts.push(encodeURIComponent(revision));
    if (path) parts.push(encodePath(path));
    return parts.join('/');
}

/** `acme/tiny/discussions/3`, `…/discussions/3/files` */
export const discussionPage = (repo: RepoId, number: number | string, tab = ''): string =>
    `${repoPath(repo)}/discussions/${number}${tab && `/${tab}`}`;
/** Two revisions beside each other; `...` begins where they parted. */
export const comparePage = (repo: RepoId, before: string, after: string, dots: '..' | '...' = '...'): string =>
    `${repoPath(repo)}/compare/${encodeURIComponent(`${before}${dots}${after}`)}`;

/** Address of the bytes of a file. */
export const resolvePath = (repo: RepoId, revision: string, path: string): string => repoPage(repo, 'resolve', revision, path);
export const rawPath = (repo: RepoId, revision: string, path: string): string => repoPage(repo, 'raw', revision, path);
