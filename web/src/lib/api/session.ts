// SPDX-License-Identifier: Apache-2.0
import { ask, send } from './http';

export type Role = 'read' | 'contributor' | 'write' | 'admin';

export interface Membership {
    name: string;
    fullname: string;
    role: Role;
    avatarUrl: string;
}

export interface SignedInUser {
    name: string;
    fullname: string;
    email: string;
    isAdmin: boolean;
    avatarUrl: string;
    orgs: Membership[];
}

export interface SessionInfo {
    user: SignedInUser | null;
    csrf: string | null;
    signUp: 'open' | 'invitation' | 'closed';
    hub: { url: string; version: string };
}

export const loadSession = async (): Promise<SessionInfo> => (await ask<SessionInfo>('/api/session')).body;
export const signIn = (login: string, password: string): Promise<SessionInfo> => send('POST', '/api/session', { login, password });
export const signOut = (): Promise<unknown> => send('DELETE', '/api/session');
