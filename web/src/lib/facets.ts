// SPDX-License-Identifier: Apache-2.0
// What a list of repositories is narrowed by: the parameters of its address, what the hub counts of them, and how each
// change of them is written into the address again.
import { query } from './api/http';
import { find, language, t, type Key } from './i18n/index.svelte';
import { plural, type RepoType } from './places';

/** Parameters that narrow a list, in the order in which requests have them; src/pages/shell_pages.cpp has the same. */
export const kFilters = ['author', 'pipeline_tag', 'library', 'language', 'license', 'dtype', 'format', 'size', 'base_model', 'dataset', 'updated_within', 'filter'] as const;
export type Filter = (typeof kFilters)[number];
export type Filters = Partial<Record<Filter, string[]>>;

export interface Narrowing {
    type: RepoType;
    q?: string;
    sort?: string;
    filters: Filters;
}

export interface FacetValue {
    value: string;
    count: number;
}
/** Kinds as `/api/facets` names them. */
export type FacetKind = 'task' | 'library' | 'language' | 'license' | 'dtype' | 'format' | 'size';
export type FacetCounts = Record<FacetKind, FacetValue[]>;

export interface Facet {
    kind: FacetKind;
    filter: Filter;
    label: Key;
    /** A repository has one of them at most, so that choosing another one takes the place of the first. */
    single?: boolean;
}
const kTask: Facet = { kind: 'task', filter: 'pipeline_tag', label: 'facet_task', single: true };
const kRest: Facet[] = [
    { kind: 'library', filter: 'library', label: 'facet_library' },
    { kind: 'size', filter: 'size', label: 'facet_size_model', single: true },
    { kind: 'language', filter: 'language', label: 'facet_language' },
    { kind: 'license', filter: 'license', label: 'licence', single: true },
    { kind: 'dtype', filter: 'dtype', label: 'facet_dtype' },
    { kind: 'format', filter: 'format', label: 'facet_format' },
];
const kOfType: Record<RepoType, Facet[]> = {
    model: [kTask, ...kRest],
    // Data may be made for several tasks and licensed part by part.
    dataset: [kTask, ...kRest]
        .filter(({ kind }) => kind !== 'library' && kind !== 'dtype')
        .map((facet) => (facet.kind === 'size' ? { ...facet, label: 'facet_size_dataset' as const, single: false } : facet.kind === 'task' ? { ...facet, single: false } : facet)),
    space: [{ ...kRest[0]!, label: 'facet_sdk', single: true }, ...kRest.filter(({ kind }) => kind === 'language' || kind === 'license')],
};
export const facetsOf = (type: RepoType): Facet[] => kOfType[type];

/** Days of `updated_within`. */
export const kAges = ['1', '7', '30', '365'];

const kSizes = ['<100M', '100M-1B', '1B-3B', '3B-7B', '7B-13B', '13B-34B', '34B-70B', '70B-200B', '>200B', 'n<1K', '1K<n<10K', '10K<n<100K', '100K<n<1M', '1M<n<10M', '10M<n<100M', '100M<n<1B', '1B<n<10B', '10B<n<100B', '100B<n<1T', 'n>1T'];
const placeOfSize = (value: string): number => (kSizes.indexOf(value) + kSizes.length + 1) % (kSizes.length + 1);

/** What an address asks for. */
export function narrowingOf(type: RepoType, address: URLSearchParams): Narrowing {
    const given = Object.fromEntries(kFilters.map((name) => [name, address.getAll(name).filter((value) => value !== '')]));
    return { type, q: address.get('q') || undefined, sort: address.get('sort') || undefined, filters: inOrder(given) };
}

/** The order that a list is asked for in. */
export const orderOf = ({ q, sort }: Pick<Narrowing, 'q' | 'sort'>): string => sort ?? (q ? 'relevance' : 'trendingScore');

/** Filters in the order of requests, those that are empty left out. */
export function inOrder(filters: Filters): Filters {
    const kept = kFilters.map((name) => [name, filters[name] ?? []] as const).filter(([, values]) => values.length > 0);
    return Object.fromEntries(kept);
}

/** The address of the page with some of it changed. An order by relevance means nothing without words. */
export function pathOf(narrowing: Narrowing, changes: Partial<Narrowing> = {}): string {
    const { type, q, sort, filters } = { ...narrowing, ...changes };
    return `/${plural[type]}${query({ q, sort: !q && sort === 'relevance' ? undefined : sort, ...inOrder(filters) })}`;
}

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
export const isChosen = (filters: Filters, filter: Filter, value: string): boolean => (filters[filter] ?? []).some((one) => same(one, value));

/** The filters with a value chosen, or let go when it was. */
export function toggled(filters: Filters, filter: Filter, value: string, single = false): Filters {
    const before = filters[filter] ?? [];
    if (isChosen(filters, filter, value)) return inOrder({ ...filters, [filter]: before.filter((one) => !same(one, value)) });
    return inOrder({ ...filters, [filter]: single ? [value] : [...before, value] });
}

/** The values of a facet as they are shown: sizes by size, others as often as they are; a chosen one that is no longer counted stays to be let go. */
export function valuesOf(facet: Facet, counted: FacetValue[], filters: Filters): FacetValue[] {
    const gone = (filters[facet.filter] ?? []).filter((value) => !counted.some((one) => same(one.value, value)));
    const values = [...counted, ...gone.map((value) => ({ value, count: 0 }))];
    return facet.kind === 'size' ? values.sort((one, other) => placeOfSize(one.value) - placeOfSize(other.value)) : values;
}

/** The first few, the chosen ones among them whatever their place. */
export const firstOf = (values: FacetValue[], most: number, chosen: (value: string) => boolean): FacetValue[] =>
    values.filter(({ value }, place) => place < most || chosen(value));

const plain = (text: string): string => text.toLocaleLowerCase().normalize('NFKD').replace(/\p{M}/gu, '');
export function matching(values: FacetValue[], sought: string, label: (value: string) => string): FacetValue[] {
    const wanted = plain(sought.trim());
    return wanted ? values.filter(({ value }) => plain(value).includes(wanted) || plain(label(value)).includes(wanted)) : values;
}

let names: { of: string; table: Intl.DisplayNames } | undefined;
function languageName(code: string): string | undefined {
    if (names?.of !== language()) names = { of: language(), table: new Intl.DisplayNames([language()], { type: 'language' }) };
    return names.table.of(code);
}

/** How a value is called by readers of the page. */
export function labelOf(filter: Filter, value: string): string {
    if (filter === 'pipeline_tag') return find(`task.${value}`) ?? value;
    if (filter === 'updated_within') return find(`updated_within_${value}`) ?? (/^[1-9]\d*$/.test(value) ? t('updated_within_days', { count: Number(value) }) : value);
    if (filter !== 'language') return value;
    try {
        return find(`language_${value}`) ?? languageName(value) ?? value;
    } catch {
        return value; // no code of a language
    }
}

export const countFilters = (filters: Filters): number => Object.values(filters).reduce((sum, values) => sum + values.length, 0);
