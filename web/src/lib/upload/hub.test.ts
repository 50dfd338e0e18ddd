// SPDX-License-Identifier: Apache-2.0
import { expect, it, vi } from 'vitest';

vi.stubGlobal('location', { href: 'http://hub.test/hf/acme/tiny/upload/main' });
const { offerOf } = await import('./hub');
const { lineOf } = await import('../api/commits');

const oid = 'a'.repeat(64);

it('reads what the hub offers', () => {
    expect(offerOf({ oid, size: 1 })).toBeNull();
    expect(offerOf({ oid, size: 1, actions: { upload: { href: 'http://other.test/hf/lfs/objects/aa?seal=x%2F' } } })).toEqual({
        href: '/hf/lfs/objects/aa?seal=x%2F',
    });
    const header = { chunk_size: '64', '00002': 'http://hub.test/hf/p/2', '00010': 'http://hub.test/hf/p/10', '00001': 'http://hub.test/hf/p/1' };
    const parts = { completeHref: '/hf/c', partSize: 64, partHrefs: ['/hf/p/1', '/hf/p/2', '/hf/p/10'] };
    expect(offerOf({ oid, size: 1, actions: { upload: { href: 'http://hub.test/hf/c', header } } })).toEqual({ ...parts, arrived: new Map() });
    const arrived = { '2': 'tag-2', '10': 'tag-10' };
    expect(offerOf({ oid, size: 1, actions: { upload: { href: 'http://hub.test/hf/c', header, arrived } } })).toEqual({
        ...parts,
        arrived: new Map([
            [2, 'tag-2'],
            [10, 'tag-10'],
        ]),
    });
    expect(offerOf({ oid, size: 1, error: { code: 422, message: 'no' } })).toMatchObject({ status: 422, message: 'no' });
    expect(offerOf(undefined)).toMatchObject({ status: 502 });
});

it('writes a line of a commit', () =>
    expect(lineOf({ key: 'deletedFile', value: { path: 'a\n"b"' } })).toBe('{"key":"deletedFile","value":{"path":"a\\n\\"b\\""}}\n'));
