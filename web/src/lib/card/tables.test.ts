// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import arabic from '../i18n/ar.json';
import english from '../i18n/en.json';
import { libraries, licences, tasks } from './tables';

const source = readFileSync(new URL('../../../../src/card/tables.cpp', import.meta.url), 'utf8');
const rowsOf = (name: string): string[][] => {
    const first = source.indexOf(name);
    const rows = source.slice(first, source.indexOf('});', first)).matchAll(/\{"([^"]+)", "([^"]+)"/g);
    return [...rows].map(([, id, text]) => [id!, text!]);
};

describe('the tables of the pages are those of the server', () => {
    it.each([
        ['kLicenses', licences],
        ['kTasks', tasks],
        ['kLibraries', libraries],
    ] as const)('%s', (name, ours) => {
        expect(rowsOf(name).length).toBeGreaterThan(20);
        expect(ours.map(({ id, name: text }) => [id, text])).toEqual(rowsOf(name));
    });
});

it('says of each licence what it allows, in both languages', () => {
    const words = [arabic, english] as Record<string, unknown>[];
    const traits = new Set(licences.flatMap((licence) => licence.traits));
    for (const trait of traits) for (const language of words) expect(language, trait).toHaveProperty([`licence_trait_${trait}`]);
    expect(licences.every((licence) => licence.traits.length > 0)).toBe(true);
});

it('names each offered task in Arabic', () => {
    for (const { id, offered } of tasks) if (offered) expect(arabic, id).toHaveProperty([`task.${id}`]);
});
