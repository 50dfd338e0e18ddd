// SPDX-License-Identifier: Apache-2.0
// Who is signed in with this browser.
import { setCsrf } from './api/http';
import type { RepoAbout, Rights } from './api/repos';
import { loadSession, signOut as endSession, type SessionInfo } from './api/session';

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

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
    /** Is `name` an owner that this person may create repositories for? */
    creates(name: string): boolean {
        return this.owners.some((owner) => same(owner, name));
    }
    /** What the hub said with a repository that this person may do there, for as long as they are signed in. It only chooses what is offered. */
    may(what: keyof Rights, about: Pick<RepoAbout, 'rights'>): boolean {
        return this.info.user !== null && about.rights?.[what] === true;
    }
    /** May this person change the settings of an owner, themselves or an organization? */
    administers(owner: string): boolean {
        const user = this.info.user;
        if (!user) return false;
        return user.isAdmin || same(user.name, owner) || user.orgs.some((org) => same(org.name, owner) && org.role === 'admin');
    }
}

export const session = new Session();
