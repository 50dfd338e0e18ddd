// SPDX-License-Identifier: Apache-2.0
import { ask, get, query, type Answer } from './http';
import { orderOf, type FacetCounts, type Filters, type Narrowing } from '../facets';
import { plural, type Plural, type RepoType } from '../places';

export interface QuickResults {
    models: { id: string; task?: string; likes: number }[];
    datasets: { id: string; likes: number }[];
    spaces: { id: string; likes: number }[];
    users: { name: string; fullname: string; avatarUrl: string }[];
    orgs: { name: string; fullname: string; avatarUrl: string }[];
}

/** Names that begin with what is typed: a few of each kind. */
export const quickSearch = (text: string, signal: AbortSignal): Promise<QuickResults> =>
    get(`/api/quicksearch${query({ q: text, limit: 6 })}`, signal);

/** The list in which Enter looks on: of the first kind that something was found of. Lists know more than names: models, when nothing was. */
export const listFor = (found?: QuickResults): Plural => (['models', 'datasets', 'spaces'] as const).find((kind) => found && found[kind].length > 0) ?? 'models';

/** A row of a list. */
export interface Listed {
    id: string;
    author?: string;
    private: boolean;
    gated?: false | 'auto' | 'manual';
    likes: number;
    downloads: number;
    lastModified: string;
    createdAt: string;
    pipeline_tag?: string;
    library_name?: string;
    tags?: string[];
    safetensors?: { total: number };
    sdk?: string;
}

export interface ListQuery {
    type: RepoType;
    q?: string;
    author?: string;
    sort?: string;
    filters?: Filters;
}

const kExpand: Record<RepoType, string[]> = {
    model: ['author', 'private', 'gated', 'likes', 'downloads', 'lastModified', 'createdAt', 'pipeline_tag', 'library_name', 'safetensors'],
    dataset: ['author', 'private', 'gated', 'likes', 'downloads', 'lastModified', 'createdAt', 'tags'],
    space: ['author', 'private', 'likes', 'lastModified', 'createdAt', 'sdk'],
};

/** Repositories that the reader may see. `next` of the answer leads to the following ones. */
export function listRepositories(list: ListQuery, signal?: AbortSignal): Promise<Answer<Listed[]>> {
    return ask(listPath(list), { signal });
}

/** The address of a list: src/pages/shell_pages.cpp writes the same one to bring its answer along, letter by letter. */
export const listPath = ({ type, q, author, sort, filters = {} }: ListQuery): string =>
    `/api/${plural[type]}${query({ q, ...(author ? { author } : {}), sort: orderOf({ q, sort }), limit: 30, ...filters, expand: kExpand[type] })}`;

/** Counts of what a list can be narrowed by; src/pages/shell_pages.cpp writes the same address. */
export const facetsPath = ({ type, q, filters }: Narrowing): string => `/api/facets${query({ type: plural[type], q, ...filters })}`;
export const loadFacets = (narrowing: Narrowing, signal?: AbortSignal): Promise<FacetCounts> => get(facetsPath(narrowing), signal);
