// SPDX-License-Identifier: Apache-2.0
// Long work of the hub: conversions, scans, comparisons.
import { ask, get, send, type Answer } from './http';
import { repoApi, type RepoId } from '../places';

export type JobState = 'waiting' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Job {
    id: string;
    /** `convert`, `scan`, `tensor-diff`, or one that these pages do not know. */
    kind: string;
    state: JobState;
    /** A word for what it does just now; "" before it runs. */
    step: string;
    done: number;
    /** 0: not known. */
    total: number;
    attempts: number;
    /** Why it failed. */
    message: string | null;
    /** What was asked for, by kind. */
    input: Record<string, unknown>;
    /** What came of it, by kind; in lists null where it is long. */
    result: Record<string, unknown> | null;
    createdAt: string;
    startedAt: string | null;
    endedAt: string | null;
    /** In lists: who asked for it; "" for the hub itself. */
    user?: string;
    /** In the list of the whole hub: where; "" for nowhere. */
    repo?: string;
    repoType?: RepoId['type'] | '';
}

export type Target = 'safetensors' | 'pt' | 'tf' | 'flax' | 'gguf';
/** q8_0: for gguf alone. */
export type FloatType = 'keep' | 'f32' | 'f16' | 'bf16' | 'q8_0';

/** What could be made of the weights at the top of a revision. */
export interface Offer {
    to: Target;
    /** The first file of such weights that are there already. */
    there?: string;
    /** The first file that would be read; none when there is nothing to convert. */
    source?: string;
}
/** One for each target; src/pages/shell_pages.cpp writes the same address. */
export const loadOffers = (repo: RepoId, revision: string): Promise<Offer[]> => get(`${repoApi(repo)}/convert/${encodeURIComponent(revision)}`);

export interface Conversion {
    to: Target;
    revision: string;
    dtype: FloatType;
    generalRules: boolean;
}
export const beginConversion = (repo: RepoId, wanted: Conversion): Promise<Job> => send('POST', `${repoApi(repo)}/convert`, wanted);

/** Compares the weights of two revisions tensor by tensor. */
export const beginTensorDiff = (repo: RepoId, base: string, head: string): Promise<Job> => send('POST', `${repoApi(repo)}/tensor-diff`, { base, head });

/** The newest first; src/pages/shell_pages.cpp writes the same address. */
export const jobsPath = (repo: RepoId): string => `${repoApi(repo)}/jobs?limit=50`;
export const loadJobs = (repo: RepoId, signal?: AbortSignal): Promise<Answer<Job[]>> => ask(jobsPath(repo), { signal });
export const loadJob = (repo: RepoId, id: string): Promise<Job> => get(`${repoApi(repo)}/jobs/${encodeURIComponent(id)}`);
export const cancelJob = (repo: RepoId, id: string): Promise<Job> => send('POST', `${repoApi(repo)}/jobs/${encodeURIComponent(id)}/cancel`);
/** What a conversion did with every tensor, as JSON; where the job's result says `report`. */
export const reportPath = (repo: RepoId, id: string): string => `${repoApi(repo)}/jobs/${encodeURIComponent(id)}/report`;

/** Of the whole hub; src/pages/account_pages.cpp writes the same address. */
export const kHubJobs = '/api/admin/jobs?limit=50';
export const loadHubJobs = (signal?: AbortSignal): Promise<Answer<Job[]>> => ask(kHubJobs, { signal });
