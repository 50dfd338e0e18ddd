// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it, vi } from 'vitest';
import { Pages } from './more.svelte';

const first = { body: [1, 2], next: '/api/things?limit=2&cursor=2', headers: new Headers() };
const answer = (rows: number[], next = '') => new Response(JSON.stringify(rows), { headers: next ? { Link: `<http://hub.test${next}>; rel="next"` } : {} });
afterEach(() => vi.unstubAllGlobals());

it('adds the pages that follow, one at a time and as large as was wanted', async () => {
    const hub = vi.fn().mockResolvedValueOnce(answer([3, 4], '/api/things?limit=500&cursor=4')).mockResolvedValueOnce(answer([5]));
    vi.stubGlobal('fetch', hub);
    const pages = new Pages<number>(first, { limit: 500 });
    await Promise.all([pages.more(), pages.more()]);
    expect(pages.rows).toEqual([1, 2, 3, 4]);
    await pages.more();
    await pages.more();
    expect([pages.rows, pages.next, pages.busy]).toEqual([[1, 2, 3, 4, 5], undefined, false]);
    expect(hub.mock.calls.map(([path]) => path)).toEqual(['/api/things?limit=500&cursor=2', '/api/things?limit=500&cursor=4']);
});

it('keeps its place after a page that did not come', async () => {
    vi.stubGlobal('fetch', vi.fn().mockResolvedValueOnce(new Response('{"error":"full"}', { status: 503 })).mockResolvedValueOnce(answer([3])));
    const pages = new Pages<number>(first);
    await pages.more();
    expect([pages.rows, pages.failed, pages.busy, pages.next]).toEqual([[1, 2], true, false, first.next]);
    await pages.more();
    expect([pages.rows, pages.failed]).toEqual([[1, 2, 3], false]);
});
