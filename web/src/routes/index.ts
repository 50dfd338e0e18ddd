// SPDX-License-Identifier: Apache-2.0
// The component of each page of lib/places.ts, loaded when it is first shown.
import type { Pages } from '../lib/router.svelte';

export const pages = {
    home: () => import('./Home.svelte'),
    list: () => import('./List.svelte'),
    owner: () => import('./Owner.svelte'),
    login: () => import('./SignIn.svelte'),
    repo: () => import('./repo/CardPage.svelte'),
    'repo-tree': () => import('./repo/TreePage.svelte'),
} as unknown as Pages;
