// SPDX-License-Identifier: Apache-2.0
// Sessions end while people type. A write that is refused for that asks for the password in place
// (components/SignInDialog.svelte) and is then sent once more, so that nothing typed is lost.
import type { Component } from 'svelte';
import { ApiError, onRefusal } from './api/http';
import { loadSession } from './api/session';
import { session } from './session.svelte';

class LostSession {
    /** The dialog is to be open. */
    asking = $state(false);
    dialog = $state.raw<Component | undefined>();
    #waiting: ((signedIn: boolean) => void)[] = [];

    /** Opens the dialog; several that ask at once share it. True when the same person has signed in again. */
    async ask(): Promise<boolean> {
        try {
            this.dialog ??= (await import('./components/SignInDialog.svelte')).default;
        } catch {
            return false; // the hub cannot be reached: the refusal stands as it is
        }
        this.asking = true;
        return new Promise((resolve) => this.#waiting.push(resolve));
    }
    answer(signedIn: boolean): void {
        this.asking = false;
        for (const resolve of this.#waiting.splice(0)) resolve(signedIn);
    }
}

export const lostSession = new LostSession();

/** Whether a refused write is worth sending again. */
async function mend(error: ApiError): Promise<boolean> {
    const before = session.user?.name;
    if (!before || error.reason === 'wrong_password') return false;
    if (error.status === 401) return lostSession.ask();
    if (error.reason !== 'page_outdated') return false;
    // Signed in again in another tab: the token of this page's writes is another one now.
    const now = await loadSession();
    if (now.user === null) return lostSession.ask();
    if (now.user.name !== before) return false;
    session.take(now);
    return true;
}

/** What has become of the session since the page last heard of it. */
export async function lookAtSession(): Promise<'same' | 'renewed' | 'lost'> {
    const before = session.info;
    if (!before.user) return 'same';
    const now = await loadSession();
    if (!now.user || now.user.name !== before.user.name) return 'lost';
    const renewed = now.csrf !== before.csrf;
    if (renewed) session.take(now);
    return renewed ? 'renewed' : 'same';
}

/** Does what needs a session. Who has lost it is told of a private repository that it is not there: then the dialog opens as
 * well, and it is done again. */
export async function inSession<T>(act: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
        try {
            return await act();
        } catch (error) {
            const refused = error instanceof ApiError && (error.status === 403 || error.status === 404);
            if (!refused || attempt > 3) throw error;
            const now = await lookAtSession().catch(() => 'same' as const);
            if (now === 'same' || (now === 'lost' && !(await lostSession.ask()))) throw error;
        }
    }
}

/** Called once at the start. */
export const watchSession = (): void => onRefusal(mend);
