// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { listFor, type QuickResults } from './search';

const found = (some: Partial<QuickResults>): QuickResults => ({ models: [], datasets: [], spaces: [], users: [], orgs: [], ...some });
const repo = { id: 'acme/clips', likes: 0 };
const person = { name: 'clips', fullname: '', avatarUrl: '' };

it('looks on where something was found', () => {
    expect(listFor(found({ datasets: [repo] }))).toBe('datasets');
    expect(listFor(found({ spaces: [repo], users: [person] }))).toBe('spaces');
    expect(listFor(found({ models: [repo], datasets: [repo], spaces: [repo] }))).toBe('models');
});
it('looks among models where no name was found', () => {
    expect(listFor(found({ orgs: [person] }))).toBe('models');
    expect(listFor(undefined)).toBe('models');
});
