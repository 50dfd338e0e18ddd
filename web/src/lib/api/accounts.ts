// SPDX-License-Identifier: Apache-2.0
// One's own account: sign-up, the one-time link, settings, tokens, programs that ask to be let in.
import { ask, get, send } from './http';
import type { SessionInfo } from './session';

export interface NewAccount {
    name: string;
    email: string;
    password: string;
    fullname?: string;
    invitation?: string;
}
export const signUp = (account: NewAccount): Promise<SessionInfo> => send('POST', '/api/signup', account);

const setupPath = (secret: string): string => `/api/setup/${encodeURIComponent(secret)}`;
export const loadSetup = (secret: string, signal?: AbortSignal): Promise<{ open: boolean }> => get(setupPath(secret), signal);
export const completeSetup = (secret: string, account: NewAccount): Promise<SessionInfo> => send('POST', setupPath(secret), account);

/** May this be the name of a new user or organisation? */
export const checkOwnerName = (name: string, signal?: AbortSignal): Promise<{ available: boolean; reason: string | null }> =>
    get(`/api/names/${encodeURIComponent(name)}`, signal);

export interface Profile {
    name: string;
    fullname: string;
    email: string;
    bio: string;
    homepage: string;
    avatarUrl: string;
    hasAvatar: boolean;
}
export const loadProfile = (signal?: AbortSignal): Promise<Profile> => get('/api/settings/profile', signal);
export const changeProfile = (change: Partial<Pick<Profile, 'fullname' | 'bio' | 'homepage' | 'email'>> & { password?: string }): Promise<Profile> =>
    send('PATCH', '/api/settings/profile', change);
export const changePassword = (old: string, next: string): Promise<SessionInfo> => send('PUT', '/api/settings/password', { old, new: next });

/** Puts a picture at `/api/settings/avatar` or the one of an organisation. */
export const putAvatar = async (path: string, picture: Blob): Promise<{ avatarUrl: string }> =>
    (await ask<{ avatarUrl: string }>(path, { method: 'PUT', raw: picture, headers: { 'Content-Type': picture.type || 'application/octet-stream' } })).body;
export const deleteAvatar = (path: string): Promise<{ avatarUrl: string }> => send('DELETE', path);

export interface BrowserSession {
    id: string;
    agent: string;
    createdAt: string;
    expiresAt: string;
    current: boolean;
}
export const loadSessions = (signal?: AbortSignal): Promise<BrowserSession[]> => get('/api/settings/sessions', signal);
export const endSession = (id: string): Promise<unknown> => send('DELETE', `/api/settings/sessions/${encodeURIComponent(id)}`);

export type TokenRole = 'read' | 'write' | 'fineGrained';
export type Permission = 'repo.content.read' | 'discussion.write' | 'repo.write' | 'repo.admin';
export type EntityType = 'user' | 'org' | 'model' | 'dataset' | 'space';
export interface Scope {
    entity: { type: EntityType; name: string };
    permissions: Permission[];
}
export interface Token {
    id: string;
    name: string;
    role: TokenRole;
    createdAt: string;
    lastUsedAt: string | null;
    expiresAt: string | null;
    fineGrained?: { scoped: Scope[] };
}
export interface NewToken {
    name: string;
    role: TokenRole;
    expiresAt?: string;
    fineGrained?: { scoped: Scope[] };
}
export const loadTokens = (signal?: AbortSignal): Promise<Token[]> => get('/api/settings/tokens', signal);
/** `token` is the text of the new one: it is told this once. */
export const createToken = (token: NewToken): Promise<Token & { token: string }> => send('POST', '/api/settings/tokens', token);
export const deleteToken = (id: string): Promise<unknown> => send('DELETE', `/api/settings/tokens/${encodeURIComponent(id)}`);

export interface DeviceRequest {
    userCode: string;
    clientName: string;
    createdAt: string;
}
export const loadDevice = (code: string, signal?: AbortSignal): Promise<DeviceRequest> => get(`/api/device/${encodeURIComponent(code)}`, signal);
export const decideDevice = (code: string, decision: 'approve' | 'deny'): Promise<unknown> =>
    send('POST', `/api/device/${encodeURIComponent(code)}`, { decision });
