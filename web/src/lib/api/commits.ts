// SPDX-License-Identifier: Apache-2.0
// What the pages write: commits and what goes before them (R-51…R-56).
import { ApiError, ask, get, send } from './http';
import { loadCommits, loadPaths, type Commit, type Entry } from './repos';
import { sendOctets } from './xhr';
import { at } from '../base';
import { repoApi, repoPath, type RepoId } from '../places';

/** Where a commit goes. */
export interface Target {
    repo: RepoId;
    /** A branch, or `refs/pr/N`. */
    revision: string;
    /** To a new pull request against the branch instead. */
    createPr: boolean;
}
export interface Message {
    summary: string;
    description: string;
}
export interface Made {
    oid: string;
    pullRequest?: number;
}

export type Line =
    | { key: 'header'; value: { summary: string; description: string; parentCommit?: string } }
    | { key: 'file'; value: { path: string; content: string; encoding: 'utf-8' | 'base64' } }
    | { key: 'lfsFile'; value: { path: string; algo: 'sha256'; oid: string; size: number } }
    | { key: 'copyFile'; value: { path: string; srcPath: string; srcRevision?: string } }
    | { key: 'deletedFile' | 'deletedFolder'; value: { path: string } };

export const lineOf = (line: Line): string => `${JSON.stringify(line)}\n`;

const revisionPath = (target: Target, section: string): string =>
    `${repoApi(target.repo)}/${section}/${encodeURIComponent(target.revision)}${target.createPr ? '?create_pr=1' : ''}`;

interface CommitAnswer {
    commitOid: string;
    pullRequestUrl?: string;
}

/** Sends the lines of a commit. Throws ApiError; 412 when the branch has moved on from `parentCommit`. */
export async function sendCommit(target: Target, lines: BlobPart[], progress?: (part: number) => void, signal?: AbortSignal): Promise<Made> {
    const body = new Blob(lines);
    const { text } = await sendOctets('POST', at(revisionPath(target, 'commit')), body, {
        headers: { 'Content-Type': 'application/x-ndjson' },
        progress: (octets) => progress?.(body.size ? octets / body.size : 1),
        signal,
    });
    return madeOf(JSON.parse(text) as CommitAnswer);
}

function madeOf({ commitOid: oid, pullRequestUrl = '' }: CommitAnswer): Made {
    const number = /\/discussions\/(\d+)$/.exec(pullRequestUrl)?.[1];
    return { oid, pullRequest: number === undefined ? undefined : Number(number) };
}

/** A few operations and their message as one commit. */
export async function commitLines(target: Target, message: Message, parent: string | undefined, operations: Line[]): Promise<Made> {
    const header: Line = { key: 'header', value: { ...message, ...(parent !== undefined && { parentCommit: parent }) } };
    const raw = new Blob([header, ...operations].map(lineOf));
    const headers = { 'Content-Type': 'application/x-ndjson' };
    return madeOf((await ask<CommitAnswer>(revisionPath(target, 'commit'), { method: 'POST', raw, headers })).body);
}

export interface PlannedFile {
    path: string;
    uploadMode: 'lfs' | 'regular';
    shouldIgnore: boolean;
}
/** */
export const preupload = async (
    target: Target,
    files: { path: string; size: number; sample: string }[],
    rules: { gitAttributes?: string; gitIgnore?: string },
    signal?: AbortSignal,
): Promise<PlannedFile[]> => {
    const asked = ask<{ files: PlannedFile[] }>(revisionPath(target, 'preupload'), { method: 'POST', json: { files, ...rules }, signal });
    return (await asked).body.files;
};

export interface BatchObject {
    oid: string;
    size: number;
    actions?: { upload?: { href: string; header?: Record<string, string>; arrived?: Record<string, string> } };
    error?: { code: number; message: string };
}
/** Uploads for a pull request name no branch. */
export const lfsBatch = async (target: Target, transfers: string[], objects: { oid: string; size: number }[], signal?: AbortSignal): Promise<BatchObject[]> => {
    const ref = target.createPr ? {} : { ref: { name: target.revision } };
    const type = 'application/vnd.git-lfs+json';
    const asked = ask<{ objects: BatchObject[] } | string>(`${repoPath(target.repo)}.git/info/lfs/objects/batch`, {
        method: 'POST',
        raw: JSON.stringify({ operation: 'upload', transfers, hash_algo: 'sha256', ...ref, objects }),
        headers: { 'Content-Type': type, Accept: type },
        signal,
    });
    const { body } = await asked;
    if (typeof body === 'string') throw new ApiError(502, body.slice(0, 200), 'failed');
    return body.objects;
};

/** The hub's own address for an upload, at the origin that this page is from: behind a tunnel it may have another name. */
export function ownAddress(href: string): string {
    const url = new URL(href, location.href);
    return url.pathname + url.search;
}

export interface CardReport {
    errors: { message: string }[];
    warnings: { message: string }[];
}
/** what is wrong with a card. The hub says 400 when there are errors; that is an answer too. */
export async function validateCard(repo: RepoId, content: string, signal?: AbortSignal): Promise<CardReport> {
    const asked = await fetch(at('/api/validate-yaml'), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        credentials: 'omit', // it is the same for everybody
        body: JSON.stringify({ repoType: repo.type, content }),
        signal,
    });
    const report = (await asked.json()) as Partial<CardReport>;
    return { errors: report.errors ?? [], warnings: report.warnings ?? [] };
}

/** Head of a branch, tag or pull request. */
export async function loadHead(repo: RepoId, revision: string, signal?: AbortSignal): Promise<string | undefined> {
    const commits = await get<Commit[]>(`${repoApi(repo)}/commits/${encodeURIComponent(revision)}?limit=1`, signal);
    return commits[0]?.id;
}

export interface Since {
    /** Newest first; at most a page of them. */
    commits: Commit[];
    head: string | undefined;
    /** Those of the given paths that are not what they were. */
    changed: string[];
}

const kAsked = 500; // paths of one question

async function contentsAt(repo: RepoId, revision: string, paths: string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>();
    for (let first = 0; first < paths.length; first += kAsked) {
        const entries: Entry[] = await loadPaths(repo, revision, paths.slice(first, first + kAsked));
        for (const { path, oid } of entries) found.set(path, oid);
    }
    return found;
}

/** What others have committed since `parent`, and whether to the same files. */
export async function loadSince(repo: RepoId, revision: string, parent: string, paths: string[]): Promise<Since> {
    const { body } = await loadCommits(repo, revision);
    const known = body.findIndex(({ id }) => id.startsWith(parent));
    const commits = known < 0 ? body : body.slice(0, known);
    const head = body[0]?.id;
    if (!head) return { commits, head, changed: [] };
    const [before, now] = await Promise.all([contentsAt(repo, parent, paths), contentsAt(repo, head, paths)]);
    return { commits, head, changed: paths.filter((path) => before.get(path) !== now.get(path)) };
}

/** After an answer that never came: has this very commit been made on top of `parent`? */
export async function findMine(target: Target, parent: string, summary: string, user: string): Promise<string | undefined> {
    const { commits } = await loadSince(target.repo, target.revision, parent, []);
    const first = commits.at(-1);
    return first && first.title === summary && first.authors.some((author) => author.user === user) ? first.id : undefined;
}

/** The same for a pull request: the newest one of this title by this person, opened after `since`. */
export async function findMyPullRequest(target: Target, title: string, user: string, since: number): Promise<number | undefined> {
    interface Listed {
        discussions: { num: number; title: string; author: { name: string }; createdAt: string; isPullRequest: boolean }[];
    }
    const path = `${repoApi(target.repo)}/discussions?type=pull_request&author=${encodeURIComponent(user)}`;
    const { discussions } = await get<Listed>(path);
    return discussions.find((one) => one.isPullRequest && one.title === title && one.author.name === user && Date.parse(one.createdAt) >= since)?.num;
}

/** Gives a repository its first files. */
export interface NewRepo {
    repo: RepoId;
    isPrivate: boolean;
    sdk?: string;
    files: { path: string; content: string }[];
}
export const createWithFiles = ({ repo, isPrivate, sdk, files }: NewRepo): Promise<{ url: string }> =>
    send('POST', '/api/repos/create', {
        type: repo.type,
        name: repo.name,
        organization: repo.owner,
        private: isPrivate,
        sdk,
        files: files.map((file) => ({ ...file, encoding: 'utf-8' })),
    });
