// SPDX-License-Identifier: Apache-2.0
// Both languages say everything, with the same places, and in all forms their numbers need.
import { expect, it } from 'vitest';
import arabic from './ar.json';
import english from './en.json';

type Messages = Record<string, string | Record<string, string>>;
const placesIn = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort();

it('has every message in both languages', () => expect(Object.keys(arabic).sort()).toEqual(Object.keys(english).sort()));

it.each(Object.keys(english))('%s has the same places and all plural forms', (key) => {
    const [en, ar] = [(english as Messages)[key]!, (arabic as Messages)[key]!];
    expect(typeof ar).toBe(typeof en);
    if (typeof en === 'string' || typeof ar === 'string') return expect(placesIn(ar as string)).toEqual(placesIn(en as string));
    expect(Object.keys(en).sort()).toEqual(['one', 'other']);
    expect(Object.keys(ar).sort()).toEqual(['few', 'many', 'one', 'other', 'two', 'zero']);
    expect(placesIn(ar.other!)).toEqual(placesIn(en.other!));
});
