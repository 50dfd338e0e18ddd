// SPDX-License-Identifier: Apache-2.0

/** UTF-8 text; undefined when the bytes are something else. The last character may be cut when more would follow. */
export function decodeText(bytes: Uint8Array, complete = true): string | undefined {
    if (bytes.includes(0)) return undefined;
    try {
        return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: !complete });
    } catch {
        return undefined;
    }
}

/** Text up to its last whole line, when more follows. */
export const wholeLines = (text: string): string => text.slice(0, text.lastIndexOf('\n') + 1) || text;

/** Is there a character that changes the direction in which the text around it is shown? */
export const turnsText = (text: string): boolean => /[\u202a-\u202e\u2066-\u2069]/.test(text);

const kNamed: Record<string, string> = {
    '\u202a': 'LRE', '\u202b': 'RLE', '\u202c': 'PDF', '\u202d': 'LRO', '\u202e': 'RLO', '\u2066': 'LRI', '\u2067': 'RLI', '\u2068': 'FSI', '\u2069': 'PDI',
};
/** The same text with those characters written out as ⟦RLO⟧, so that the lines stand as a program reads them. */
export const unturned = (text: string): string => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, (sign) => `⟦${kNamed[sign]}⟧`);

/** `#L10-L20`, `#L7` */
export function linesOf(hash: string): { from: number; to: number } | undefined {
    const found = /^#L(\d{1,9})(?:-L?(\d{1,9}))?$/.exec(hash);
    if (!found) return undefined;
    const [a, b] = [Number(found[1]), Number(found[2] ?? found[1])];
    return a > 0 && b > 0 ? { from: Math.min(a, b), to: Math.max(a, b) } : undefined;
}
export const hashOf = ({ from, to }: { from: number; to: number }): string => (from === to ? `#L${from}` : `#L${from}-L${to}`);

/** HTML of highlight.js line by line: elements that reach over a line's end are closed there and opened again. */
export function htmlLines(html: string): string[] {
    const open: string[] = [];
    return html.split('\n').map((line) => {
        const before = open.join('');
        for (const [tag] of line.matchAll(/<\/?span[^>]*>/g)) {
            if (tag.startsWith('</')) open.pop();
            else open.push(tag);
        }
        return before + line + '</span>'.repeat(open.length);
    });
}

/** Without the colours and movements that programs write for a terminal. */
// eslint-disable-next-line no-control-regex
export const withoutEscapes = (text: string): string => text.replace(/\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g, '');
