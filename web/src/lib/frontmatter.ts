// SPDX-License-Identifier: Apache-2.0

/** The text of a card without the front matter at its head. */
export function bodyOf(card: string): string {
    const text = card.replace(/^\uFEFF/, '');
    const found = /^---[ \t]*\r?\n(?:[\s\S]*?\r?\n)?---[ \t]*(?:\r?\n|$)/.exec(text);
    return found ? text.slice(found[0].length) : text;
}

/** What people write as one value or as a list. */
export function listOf(value: unknown): string[] {
    if (Array.isArray(value)) return value.filter((one) => typeof one === 'string' || typeof one === 'number').map(String);
    return typeof value === 'string' || typeof value === 'number' ? [String(value)] : [];
}
