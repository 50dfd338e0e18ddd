// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { mentionAt, nextMark, numberAt, typedMention, withMention } from './mentions';

it.each([
    ['@bob said', 'bob'],
    ['@bob.', 'bob'],
    ['@a.b-c_d, ', 'a.b-c_d'],
    ['@bob@host', undefined],
    ['@bob/x', undefined],
    ['@-bob', undefined],
    ['@', undefined],
    ['bob', undefined],
])('finds who is meant by %j', (text, name) => expect(mentionAt(text)).toBe(name));

it.each([
    ['#12 ', 12],
    ['#12.', 12],
    ['#12ab', undefined],
    ['#0', undefined],
    ['#', undefined],
])('finds the number in %j', (text, number) => expect(numberAt(text)).toBe(number));

it('stops at marks that stand alone', () => {
    expect(nextMark('hello @bob')).toBe(6);
    expect(nextMark('(@bob)')).toBe(1);
    expect(nextMark('@bob')).toBe(0);
    expect(nextMark('bob@host.org and a#1')).toBeUndefined();
    expect(nextMark('مرحبا@bob')).toBeUndefined();
    expect(nextMark('see #3')).toBe(4);
});

it('completes the name before the caret', () => {
    expect(typedMention('hi @al', 6)).toEqual({ from: 3, text: 'al' });
    expect(typedMention('hi @', 4)).toEqual({ from: 3, text: '' });
    expect(typedMention('mail a@al', 9)).toBeUndefined();
    expect(typedMention('@al done', 8)).toBeUndefined();
    expect(withMention('hi @al you', 6, { from: 3, text: 'al' }, 'alice')).toEqual({ text: 'hi @alice you', caret: 9 });
    expect(withMention('@al', 3, { from: 0, text: 'al' }, 'alice')).toEqual({ text: '@alice ', caret: 7 });
});
