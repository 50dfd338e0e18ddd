// SPDX-License-Identifier: Apache-2.0
// R-69…R-78
import { get, query, send } from './http';
import { repoApi, type RepoId } from '../places';

export type DiscussionStatus = 'draft' | 'open' | 'closed' | 'merged';

export interface Person {
    name: string;
    fullname?: string;
}
export interface DiscussionFacts {
    num: number;
    title: string;
    status: DiscussionStatus;
    isPullRequest: boolean;
    pinned: boolean;
    createdAt: string;
    updatedAt?: string;
    numComments: number;
    /** Nothing when the account is gone. */
    author?: Person;
}

interface EventBase {
    id: string;
    createdAt: string;
    author?: Person;
}
export interface CommentEvent extends EventBase {
    type: 'comment';
    data: { edited: boolean; hidden: boolean; numEdits?: number; latest: { raw: string; updatedAt?: string }; history?: { raw: string; updatedAt: string }[] };
}
export type DiscussionEvent =
    | CommentEvent
    | (EventBase & { type: 'status-change'; data: { status: DiscussionStatus } })
    | (EventBase & { type: 'commit'; data: { subject: string; oid: string } })
    | (EventBase & { type: 'title-change'; data: { from: string; to: string } })
    | (EventBase & { type: 'pinning-change'; data: { pinned: boolean } });

export interface Discussion extends DiscussionFacts {
    events: DiscussionEvent[];
    changes?: { base: string; head?: string; mergeCommitId?: string; refDeleted?: boolean };
    /** True: the base is gone, or the commits are. A list: what cannot be merged. */
    filesWithConflicts?: boolean | string[];
    diff?: string;
}

export interface DiscussionList {
    count: number;
    start: number;
    numOpenDiscussions: number;
    numClosedDiscussions: number;
    numMergedDiscussions: number;
    discussions: DiscussionFacts[];
}
export interface DiscussionQuery {
    status?: string;
    type?: string;
    search?: string;
    sort?: string;
    author?: string;
    p?: number;
}

const root = (repo: RepoId): string => `${repoApi(repo)}/discussions`;
const one = (repo: RepoId, number: number | string): string => `${root(repo)}/${number}`;

export const loadDiscussions = (repo: RepoId, wanted: DiscussionQuery, signal?: AbortSignal): Promise<DiscussionList> =>
    get(`${root(repo)}${query({ ...wanted, p: wanted.p || undefined, sort: wanted.sort ?? 'recently-created' })}`, signal);
export const loadDiscussion = (repo: RepoId, number: number | string, signal?: AbortSignal): Promise<Discussion> => get(one(repo, number), signal);
export const loadProposedDiff = async (repo: RepoId, number: number): Promise<string> => (await get<Discussion>(`${one(repo, number)}?diff=1`)).diff ?? '';

export const createDiscussion = (repo: RepoId, wanted: { title: string; description: string; pullRequest: boolean }): Promise<{ num: number }> =>
    send('POST', root(repo), wanted);
export const addComment = async (repo: RepoId, number: number, comment: string): Promise<CommentEvent> =>
    (await send<{ newMessage: CommentEvent }>('POST', `${one(repo, number)}/comment`, { comment })).newMessage;
export const changeTitle = async (repo: RepoId, number: number, title: string): Promise<DiscussionEvent> =>
    (await send<{ newTitle: DiscussionEvent }>('POST', `${one(repo, number)}/title`, { title })).newTitle;
export const changeStatus = (repo: RepoId, number: number, status: 'open' | 'closed', comment = ''): Promise<unknown> =>
    send('POST', `${one(repo, number)}/status`, { status, comment });
export const mergeProposal = (repo: RepoId, number: number, comment = ''): Promise<{ mergeCommitId: string }> =>
    send('POST', `${one(repo, number)}/merge`, { comment });
export const pin = (repo: RepoId, number: number, pinned: boolean): Promise<unknown> => send('POST', `${one(repo, number)}/pin`, { pinned });
export const deleteDiscussion = (repo: RepoId, number: number): Promise<unknown> => send('DELETE', one(repo, number));
export const deleteProposalRef = (repo: RepoId, number: number): Promise<unknown> => send('DELETE', `${one(repo, number)}/ref`);
export const editComment = async (repo: RepoId, number: number, event: string, content: string): Promise<CommentEvent> =>
    (await send<{ updatedComment: CommentEvent }>('POST', `${one(repo, number)}/comment/${event}/edit`, { content })).updatedComment;
export const hideComment = async (repo: RepoId, number: number, event: string): Promise<CommentEvent> =>
    (await send<{ updatedComment: CommentEvent }>('POST', `${one(repo, number)}/comment/${event}/hide`)).updatedComment;
