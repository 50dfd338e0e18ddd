// SPDX-License-Identifier: Apache-2.0
// What exactly differs within two lines: words, blanks and single signs are compared.
import { blockAt, type DiffLine, type Hunk } from './unified';

export interface Part {
    text: string;
    /** The other line does not have it. */
    changed: boolean;
}

const kMost = 400; // words of a line; longer ones are compared by their ends only
const kLeast = 0.3; // share of the line that must be common, so that marks help

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{M}\p{N}_]+|\s+|[^]/gu) ?? [];

/** Which words of both lists belong together, by the longest common subsequence. */
function commonWords(a: string[], b: string[]): { a: boolean[]; b: boolean[] } {
    const kept = { a: a.map(() => false), b: b.map(() => false) };
    let first = 0;
    while (first < a.length && first < b.length && a[first] === b[first]) first += 1;
    let last = 0;
    while (last < a.length - first && last < b.length - first && a[a.length - 1 - last] === b[b.length - 1 - last]) last += 1;
    const keep = (i: number, j: number) => (kept.a[i] = kept.b[j] = true);
    for (let i = 0; i < first; i += 1) keep(i, i);
    for (let i = 0; i < last; i += 1) keep(a.length - 1 - i, b.length - 1 - i);
    const [rows, columns] = [a.length - first - last, b.length - first - last];
    if (rows > kMost || columns > kMost || rows === 0 || columns === 0) return kept;
    const width = columns + 1;
    const lengths = new Uint16Array((rows + 1) * width);
    for (let i = rows - 1; i >= 0; i -= 1)
        for (let j = columns - 1; j >= 0; j -= 1)
            lengths[i * width + j] =
                a[first + i] === b[first + j]
                    ? lengths[(i + 1) * width + j + 1]! + 1
                    : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!);
    for (let i = 0, j = 0; i < rows && j < columns; ) {
        if (a[first + i] === b[first + j]) keep(first + i++, first + j++);
        else if (lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!) i += 1;
        else j += 1;
    }
    return kept;
}

function partsOf(words: string[], kept: boolean[]): Part[] {
    const parts: Part[] = [];
    words.forEach((text, i) => {
        const last = parts.at(-1);
        if (last && last.changed === !kept[i]) last.text += text;
        else parts.push({ text, changed: !kept[i] });
    });
    return parts;
}

/** Both lines with what differs marked; nothing when they have too little in common. */
export function compareWords(before: string, after: string): { before: Part[]; after: Part[] } | undefined {
    const [a, b] = [wordsOf(before), wordsOf(after)];
    const kept = commonWords(a, b);
    const common = a.filter((word, i) => kept.a[i] && word.trim()).join('').length;
    const whole = Math.max(before.replace(/\s/g, '').length, after.replace(/\s/g, '').length);
    if (common < whole * kLeast || common === 0) return undefined;
    return { before: partsOf(a, kept.a), after: partsOf(b, kept.b) };
}

/** Marks for the lines of a hunk that took each other's place. */
export function markWords(hunk: Hunk): Map<DiffLine, Part[]> {
    const marks = new Map<DiffLine, Part[]>();
    for (let at = 0; at < hunk.lines.length; ) {
        if (hunk.lines[at]!.kind === 'same') {
            at += 1;
            continue;
        }
        const { gone, added, next } = blockAt(hunk.lines, at);
        for (let i = 0; i < Math.min(gone.length, added.length); i += 1) {
            const compared = compareWords(gone[i]!.text, added[i]!.text);
            if (!compared) continue;
            marks.set(gone[i]!, compared.before);
            marks.set(added[i]!, compared.after);
        }
        at = next;
    }
    return marks;
}
