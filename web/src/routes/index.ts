// SPDX-License-Identifier: Apache-2.0
// The component of each page of lib/places.ts, loaded when it is first shown.
import type { Pages } from '../lib/router.svelte';

export const pages = {
    home: () => import('./Home.svelte'),
    list: () => import('./List.svelte'),
    owner: () => import('./Owner.svelte'),
    login: () => import('./SignIn.svelte'),
    join: () => import('./Join.svelte'),
    setup: () => import('./Setup.svelte'),
    device: () => import('./Device.svelte'),
    settings: () => import('./Settings.svelte'),
    admin: () => import('./Admin.svelte'),
    'organizations/new': () => import('./NewOrganization.svelte'),
    'organization-settings': () => import('./OrganizationSettings.svelte'),
    'repo-settings': () => import('./repo/SettingsPage.svelte'),
    repo: () => import('./repo/CardPage.svelte'),
    'repo-tree': () => import('./repo/TreePage.svelte'),
    'repo-blob': () => import('./repo/BlobPage.svelte'),
    'repo-commits': () => import('./repo/CommitsPage.svelte'),
    'repo-commit': () => import('./repo/CommitPage.svelte'),
    'repo-compare': () => import('./repo/ComparePage.svelte'),
    'repo-branches': () => import('./repo/BranchesPage.svelte'),
    'repo-blame': () => import('./repo/BlamePage.svelte'),
    'repo-discussions': () => import('./repo/DiscussionsPage.svelte'),
    'repo-discussion': () => import('./repo/DiscussionPage.svelte'),
    'repo-discussion-new': () => import('./repo/NewDiscussionPage.svelte'),
    'repo-upload': () => import('./repo/UploadPage.svelte'),
    new: () => import('./NewRepo.svelte'),
    'new-dataset': () => import('./NewRepo.svelte'),
    'new-space': () => import('./NewRepo.svelte'),
} as unknown as Pages;
