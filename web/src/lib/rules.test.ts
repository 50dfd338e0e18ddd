// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import * as rules from './rules';

describe('rules of forms', () => {
    it.each(['alice', 'a', 'A-b_c.d', '_x_', 'a'.repeat(96)])('takes the name %j', (name) => expect(rules.faultOfName(name)).toBe(''));
    it.each(['a b', '-a', 'a-', '.a', 'a.', 'a--b', 'a..b', 'x.git', 'x.IPYNB', 'é', 'a/b', 'a'.repeat(97)])('refuses the name %j', (name) =>
        expect(rules.faultOfName(name)).toBe('name_invalid'),
    );
    it.each(['a@b', 'name+tag@example.org', 'محمد@example.org'])('takes the address %j', (email) => expect(rules.faultOfEmail(email)).toBe(''));
    it.each(['a', '@b', 'a@', 'a@b@c', 'a b@c', 'a@b\n', `${'a'.repeat(250)}@b.cd`])('refuses the address %j', (email) =>
        expect(rules.faultOfEmail(email)).toBe('email_invalid'),
    );
    it('counts octets of passwords, as the hub does', () => {
        expect(rules.faultOfPassword('')).toBe('field_missing');
        expect(rules.faultOfPassword('1234567')).toBe('password_too_short');
        expect(rules.faultOfPassword('سلام')).toBe('');
        expect(rules.faultOfPassword('x'.repeat(1025))).toBe('password_too_long');
    });
    it.each(['', 'https://example.org', 'HTTP://a.b/c?d#e@f'])('takes the homepage %j', (page) => expect(rules.faultOfHomepage(page)).toBe(''));
    it.each(['example.org', 'javascript:alert(1)', 'https://', 'https:///x', 'https://user@host', 'https://a b'])('refuses the homepage %j', (page) =>
        expect(rules.faultOfHomepage(page)).toBe('homepage_invalid'),
    );
    it('takes lines in a bio, no other control characters', () => {
        expect(rules.faultOfBio('one\ntwo')).toBe('');
        expect(rules.faultOfBio('one\u0007')).toBe('bio_invalid');
        expect(rules.faultOfBio('س'.repeat(501))).toBe('bio_invalid');
    });
    it('takes pictures by kind and size', () => {
        expect(rules.faultOfPicture({ type: 'image/png', size: 1 << 20 })).toBe('');
        expect(rules.faultOfPicture({ type: 'image/svg+xml', size: 10 })).toBe('picture_invalid');
        expect(rules.faultOfPicture({ type: 'image/png', size: (1 << 20) + 1 })).toBe('picture_too_large');
    });
    it('reads a device code however it was typed', () => {
        expect(rules.deviceCodeOf(' bcdf ghjk')).toBe('BCDF-GHJK');
        expect(rules.deviceCodeOf('BCDF-GHJK')).toBe('BCDF-GHJK');
        expect(rules.deviceCodeOf('bc')).toBe('BC');
    });
    it('goes on only to paths of the hub', () => {
        expect(rules.safeNext('/a?b')).toBe('/a?b');
        for (const bad of ['//evil.test', '/\\evil.test', 'https://evil.test', '', null]) expect(rules.safeNext(bad)).toBe('/');
    });
});
