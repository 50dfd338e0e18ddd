// SPDX-License-Identifier: Apache-2.0

/** What an address compares: `a..b` as they are, `a...b` from where they parted. */
export interface Spec {
    before: string;
    after: string;
    dots: '..' | '...';
}

/** An empty side is main; one revision alone is compared with main. */
export function splitSpec(text: string): Spec {
    const found = /^(.*?)(\.{2,3})(.*)$/.exec(text);
    if (!found) return { before: 'main', after: text || 'main', dots: '...' };
    return { before: found[1] || 'main', after: found[3] || 'main', dots: found[2] as Spec['dots'] };
}
