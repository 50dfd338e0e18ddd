// SPDX-License-Identifier: Apache-2.0
import { afterEach, expect, it } from 'vitest';
import type { SignedInUser } from './api/session';
import { session } from './session.svelte';

const nobody = session.info;
afterEach(() => session.take(nobody));

function signIn(isAdmin = false): void {
    const orgs = [{ name: 'Acme', role: 'contributor' }, { name: 'readers', role: 'read' }];
    session.take({ ...nobody, user: { name: 'carol', isAdmin, orgs } as SignedInUser });
}
const rights = (write: boolean, administer: boolean) => ({ rights: { propose: true, write, administer } });

it('offers what the hub said of the repository, whoever owns it', () => {
    signIn();
    expect(session.may('administer', rights(true, true))).toBe(true);
    expect(session.may('write', rights(false, false))).toBe(false);
    expect(session.may('propose', rights(false, false))).toBe(true);
    expect(session.may('write', {})).toBe(false);
    signIn(true);
    expect(session.may('write', rights(false, false))).toBe(false);
});

it('offers nothing any more once nobody is signed in', () => expect(session.may('write', rights(true, true))).toBe(false));

it('offers a new repository to contributors, the settings of the organization not', () => {
    signIn();
    expect([session.creates('acme'), session.creates('readers'), session.creates('CAROL')]).toEqual([true, false, true]);
    expect([session.administers('acme'), session.administers('carol')]).toEqual([false, true]);
});
