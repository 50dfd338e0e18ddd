// SPDX-License-Identifier: Apache-2.0
import { ApiError } from './api/http';
import { local } from './base';
import { router } from './router.svelte';
import { session } from './session.svelte';

/** For `load` of pages that need somebody: leads others to the sign-in page, and from there back here. */
export async function needUser(): Promise<void> {
    if (session.user) return;
    await router.go(`/login?next=${encodeURIComponent(local(location.pathname) + location.search)}`, { replace: true });
    throw new ApiError(401, '', 'unauthenticated'); // the visit that asked is over; nobody sees this
}

/** The same for administrators of the hub. */
export async function needAdmin(): Promise<void> {
    await needUser();
    if (!session.user?.isAdmin) throw new ApiError(403, '', 'administrators_only');
}
