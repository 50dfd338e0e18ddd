// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { facetsPath, listPath } from './api/search';
import { countFilters, facetsOf, firstOf, labelOf, matching, narrowingOf, orderOf, pathOf, toggled, valuesOf } from './facets';

const read = (address: string) => narrowingOf('model', new URLSearchParams(address));

describe('the address of a list', () => {
    it('is read and written again in one order, without what is none of its own', () => {
        const narrowing = read('license=mit&language=ar&q=tiny+lm&language=en&cursor=4&odd=1&sort=likes');
        expect(narrowing).toEqual({ type: 'model', q: 'tiny lm', sort: 'likes', filters: { language: ['ar', 'en'], license: ['mit'] } });
        expect(pathOf(narrowing)).toBe('/models?q=tiny+lm&sort=likes&language=ar&language=en&license=mit');
    });
    it('is asked of the hub as the shell brings it', () => {
        const narrowing = read('q=a%20~b*&size=%3C100M&updated_within=7');
        expect(listPath(narrowing)).toMatch(/^\/api\/models\?q=a\+%7Eb\*&sort=relevance&limit=30&size=%3C100M&updated_within=7&expand=author&/);
        expect(facetsPath(narrowing)).toBe('/api/facets?type=models&q=a+%7Eb*&size=%3C100M&updated_within=7');
        expect(listPath(read('author=acme'))).toMatch(/^\/api\/models\?sort=trendingScore&limit=30&author=acme&expand=/);
        expect(listPath({ type: 'space', author: 'acme' })).toMatch(/^\/api\/spaces\?author=acme&sort=trendingScore&limit=30&expand=/);
        expect(facetsPath(read(''))).toBe('/api/facets?type=models');
    });
    it('has an order by relevance only where there are words', () => {
        expect([orderOf({}), orderOf({ q: 'x' }), orderOf({ q: 'x', sort: 'likes' })]).toEqual(['trendingScore', 'relevance', 'likes']);
        expect(pathOf(read('q=x&sort=relevance'), { q: undefined })).toBe('/models');
        expect(read('q=&sort=&language=')).toEqual({ type: 'model', q: undefined, sort: undefined, filters: {} });
    });
});

describe('choosing', () => {
    it('adds, takes the place of what there can be one of, and lets go whatever the case', () => {
        expect(toggled({ language: ['ar'] }, 'language', 'en')).toEqual({ language: ['ar', 'en'] });
        expect(toggled({ license: ['mit'] }, 'license', 'apache-2.0', true)).toEqual({ license: ['apache-2.0'] });
        expect(toggled({ license: ['MIT'], dtype: ['BF16'] }, 'license', 'mit', true)).toEqual({ dtype: ['BF16'] });
        expect(countFilters({ language: ['ar', 'en'], dtype: ['BF16'] })).toBe(3);
    });
    it('leaves the filters it was given as they were', () => {
        const before = { language: ['ar'] };
        toggled(before, 'language', 'en');
        expect(before).toEqual({ language: ['ar'] });
    });
});

describe('values', () => {
    const [language, size] = ['language', 'size'].map((kind) => facetsOf('model').find((facet) => facet.kind === kind)!) as [ReturnType<typeof facetsOf>[0], ReturnType<typeof facetsOf>[0]];
    const counted = (...values: string[]) => values.map((value, place) => ({ value, count: 9 - place }));
    it('stay while they are chosen, though nothing has them any more', () =>
        expect(valuesOf(language, counted('en'), { language: ['EN', 'tlh'] })).toEqual([{ value: 'en', count: 9 }, { value: 'tlh', count: 0 }]));
    it('of sizes are in the order of size, unknown ones last', () =>
        expect(valuesOf(size, counted('odd', '>200B', '<100M', '7B-13B'), {}).map(({ value }) => value)).toEqual(['<100M', '7B-13B', '>200B', 'odd']));
    it('are cut after the first few, but for the chosen ones', () =>
        expect(firstOf(counted('a', 'b', 'c', 'd'), 2, (value) => value === 'd').map(({ value }) => value)).toEqual(['a', 'b', 'd']));
    it('are found by their code and by their name, whatever the case and the marks', () => {
        const names: Record<string, string> = { pt: 'Português', ar: 'العَرَبية' };
        const found = (sought: string) => matching(counted('pt', 'ar'), sought, (value) => names[value]!).map(({ value }) => value);
        expect([found('PORTUGUES'), found('العربية'), found(' ar '), found(''), found('zz')]).toEqual([['pt'], ['ar'], ['ar'], ['pt', 'ar'], []]);
    });
    it('that are no codes of languages are shown as they stand', () => {
        expect([labelOf('language', 'ar'), labelOf('language', '???'), labelOf('license', 'mit'), labelOf('updated_within', 'x')]).toEqual(['Arabic', '???', 'mit', 'x']);
    });
});

it('asks only for what a kind of repository has', () => {
    expect(facetsOf('dataset').map(({ kind }) => kind)).toEqual(['task', 'size', 'language', 'license', 'format']);
    expect(facetsOf('space').map(({ kind }) => kind)).toEqual(['library', 'language', 'license']);
});
