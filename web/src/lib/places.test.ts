// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { pages } from '../routes';
import { kFixed, placeOf, repoPage, resolvePath } from './places';

const clips = { type: 'dataset' as const, owner: 'acme', name: 'clips' };

describe('addresses of pages', () => {
    it.each([
        ['/', { page: 'home' }],
        ['/models', { page: 'list', type: 'model' }],
        ['/acme', { page: 'owner', owner: 'acme' }],
        ['/acme/tiny', { page: 'repo', repo: { type: 'model', owner: 'acme', name: 'tiny' } }],
        ['/datasets/acme/clips', { page: 'repo', repo: clips }],
        ['/datasets/acme/clips/tree/feature%2Fx/a%20b/c', { page: 'repo-tree', repo: clips, revision: 'feature/x', path: 'a b/c' }],
        ['/datasets/acme/clips/discussions', { page: 'repo-discussions', repo: clips }],
        ['/datasets/acme/clips/discussions/new', { page: 'repo-discussion-new', repo: clips }],
        ['/datasets/acme/clips/discussions/3', { page: 'repo-discussion', repo: clips, rest: '3', path: '' }],
        ['/datasets/acme/clips/discussions/3/files', { page: 'repo-discussion', repo: clips, rest: '3', path: 'files' }],
        ['/datasets/acme/clips/compare/a%2Fb...main', { page: 'repo-compare', repo: clips, rest: 'a/b...main' }],
        ['/settings/tokens', { page: 'settings', rest: 'tokens' }],
        ['/settings/tokens/new', { page: 'settings', rest: 'tokens/new' }],
        ['/admin/sign-up', { page: 'admin', rest: 'sign-up' }],
        ['/organizations/acme/settings', { page: 'organization-settings', owner: 'acme', rest: '' }],
        ['/organizations/acme/settings/members', { page: 'organization-settings', owner: 'acme', rest: 'members' }],
        ['/acme/tiny/settings', { page: 'repo-settings', repo: { type: 'model', owner: 'acme', name: 'tiny' }, rest: '' }],
        ['/datasets/acme/clips/jobs', { page: 'repo-jobs', repo: clips, rest: '' }],
        ['/setup/abc', { page: 'setup', rest: 'abc' }],
    ])('%s', (path, place) => expect(placeOf(path)).toEqual(place));

    it.each(kFixed)('/%s has a component', (path) => expect(pages).toHaveProperty([placeOf(`/${path}`)!.page]));

    it('leaves downloads and the API to the browser', () => {
        for (const path of ['/acme/tiny/resolve/main/a.bin', '/acme/tiny/raw/main/a', '/datasets/acme', '/settings/a/b', '/acme/tiny/discussions/x', '/acme/tiny/discussions/3/odd'])
            expect(placeOf(path)).toBeUndefined();
    });

    it('reads back what it writes', () => {
        const path = repoPage(clips, 'blob', 'refs/pr/1', 'a?b#c/%41 d');
        expect(placeOf(path)).toEqual({ page: 'repo-blob', repo: clips, revision: 'refs/pr/1', path: 'a?b#c/%41 d' });
        expect(resolvePath(clips, 'main', "it's.txt")).toBe("/datasets/acme/clips/resolve/main/it's.txt");
    });

    it('shows a badly encoded path as it stands', () => expect(placeOf('/%zz')).toEqual({ page: 'owner', owner: '%zz' }));
});
