// SPDX-License-Identifier: Apache-2.0
// Who is signed in with this browser.
import { setCsrf } from './api/http';
import { loadSession, signOut as endSession, type SessionInfo } from './api/session';

class Session {
    info = $state.raw<SessionInfo>({ user: null, csrf: null, signUp: 'closed', hub: { url: '', version: '' } });

    get user() {
        return this.info.user;
    }
    /** The public URL of the hub, as clients must be given it. */
    get url() {
        return this.info.hub.url;
    }
    take(info: SessionInfo): void {
        this.info = info;
        setCsrf(info.csrf);
    }
    async load(): Promise<void> {
        this.take(await loadSession());
    }
    async end(): Promise<void> {
        await endSession();
        await this.load();
    }
    /** Owners that this person may create repositories for: first themselves. */
    get owners(): string[] {
        const user = this.info.user;
        if (!user) return [];
        return [user.name, ...user.orgs.filter((org) => org.role === 'write' || org.role === 'contributor' || org.role === 'admin').map((org) => org.name)];
    }
    /** May this person write to repositories of `owner`? The hub decides in the end; this only chooses what is offered. */
    writesTo(owner: string): boolean {
        const user = this.info.user;
        if (!user) return false;
        const same = (name: string) => name.toLowerCase() === owner.toLowerCase();
        return user.isAdmin || same(user.name) || user.orgs.some((org) => same(org.name) && (org.role === 'write' || org.role === 'admin'));
    }
    administers(owner: string): boolean {
        const user = this.info.user;
        if (!user) return false;
        const same = (name: string) => name.toLowerCase() === owner.toLowerCase();
        return user.isAdmin || same(user.name) || user.orgs.some((org) => same(org.name) && org.role === 'admin');
    }
}

export const session = new Session();
