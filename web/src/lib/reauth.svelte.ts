// SPDX-License-Identifier: Apache-2.0
// Sessions end while people type. The dialog of components/SignInAgain.svelte then asks in place, and what was being
// sent is sent again: nothing typed is lost.
import { ApiError } from './api/http';
import { loadSession } from './api/session';
import { session } from './session.svelte';

class Reauth {
    asking = $state(false);
    #answers: ((signedIn: boolean) => void)[] = [];

    /** Opens the dialog. True when somebody has signed in, false when it was closed. */
    ask(): Promise<boolean> {
        this.asking = true;
        return new Promise((resolve) => this.#answers.push(resolve));
    }
    answer(signedIn: boolean): void {
        this.asking = false;
        for (const answer of this.#answers.splice(0)) answer(signedIn);
    }
}

export const reauth = new Reauth();

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

/** Does what needs a session; when it has ended meanwhile, asks for a new one and does it again. */
export async function inSession<T>(act: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
        try {
            return await act();
        } catch (error) {
            const refused = error instanceof ApiError && [401, 403, 404].includes(error.status);
            if (!refused || attempt > 3) throw error;
            const now = await lookAtSession().catch(() => 'same' as const);
            if (now === 'same' || (now === 'lost' && !(await reauth.ask()))) throw error;
        }
    }
}
