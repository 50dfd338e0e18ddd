// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { kLongestText, textOf } from './contents';

const octets = (text: string) => new TextEncoder().encode(text);

it.each(['', 'a\r\nb\n', '\uFEFF---\n', 'سلام\u200f', 'a\rb'])('%j comes back octet for octet', (text) => {
    const got = textOf(octets(text));
    expect(got).toEqual({ text });
    expect(octets((got as { text: string }).text)).toEqual(octets(text));
});

it('refuses what it could not give back', () => {
    expect(textOf(new Uint8Array([0x61, 0xff]))).toEqual({ unfit: 'binary' });
    expect(textOf(new Uint8Array([0x61, 0]))).toEqual({ unfit: 'binary' });
    expect(textOf(new Uint8Array(kLongestText + 1).fill(0x61))).toEqual({ unfit: 'long' });
});
