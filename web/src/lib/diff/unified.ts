// SPDX-License-Identifier: Apache-2.0
// Reads what `git diff` prints. Lines of a hunk are counted as its head says, so that nothing inside a file can be taken
// for a head. Pointers of large files are read as the files they stand for and never shown as text.

export interface DiffLine {
    kind: 'same' | 'added' | 'gone';
    /** Line numbers, where the line is on that side. */
    old?: number;
    new?: number;
    text: string;
    /** Nothing ends the line: it is the last one of its file. */
    open?: boolean;
}
export interface Hunk {
    oldStart: number;
    newStart: number;
    lines: DiffLine[];
}
export interface LargeSide {
    oid: string;
    size: number;
}
export type Status = 'added' | 'deleted' | 'modified' | 'renamed';
export interface FileDiff {
    path: string;
    oldPath: string;
    status: Status;
    oldMode?: string;
    newMode?: string;
    binary: boolean;
    hunks: Hunk[];
    added: number;
    removed: number;
    large?: { old?: LargeSide; new?: LargeSide };
}
export interface ParsedDiff {
    files: FileDiff[];
    /** What the hub says behind the files: that more differ than it shows. */
    remarks: string[];
}

const kEscapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 };

/** A path as git quotes it, or as it stands. Gives how many characters it took. */
export function unquote(text: string): { path: string; length: number } {
    if (!text.startsWith('"')) return { path: text, length: text.length };
    const octets: number[] = [];
    let at = 1;
    while (at < text.length && text[at] !== '"') {
        if (text[at] !== '\\') {
            const sign = String.fromCodePoint(text.codePointAt(at)!);
            octets.push(...new TextEncoder().encode(sign));
            at += sign.length;
            continue;
        }
        const octal = /^\\([0-7]{3})/.exec(text.slice(at, at + 4));
        octets.push(octal ? parseInt(octal[1]!, 8) : (kEscapes[text[at + 1] ?? ''] ?? 63));
        at += octal ? 4 : 2;
    }
    return { path: new TextDecoder().decode(new Uint8Array(octets)), length: at + 1 };
}

const withoutSide = (path: string): string => path.replace(/^[ab]\//, '');
/** The path of a `---` or `+++` line; nothing for /dev/null. A tab ends names with blanks. */
function pathOfMark(text: string): string | undefined {
    const { path } = unquote(text.startsWith('"') ? text : text.replace(/\t$/, ''));
    return path === '/dev/null' ? undefined : withoutSide(path);
}

/** Both names of `diff --git a/x b/x`. Without quotes they are told apart by being equal. */
function pathsOfHead(text: string): [string, string] {
    if (text.startsWith('"')) {
        const first = unquote(text);
        return [withoutSide(first.path), withoutSide(unquote(text.slice(first.length + 1)).path)];
    }
    if (text.endsWith('"')) {
        const begin = text.indexOf(' "');
        return [withoutSide(text.slice(0, begin)), withoutSide(unquote(text.slice(begin + 1)).path)];
    }
    const half = (text.length - 1) / 2;
    if (Number.isInteger(half) && text[half] === ' ' && text.slice(2, half) === text.slice(half + 3)) return [text.slice(2, half), text.slice(half + 3)];
    const between = text.indexOf(' b/');
    return [withoutSide(text.slice(0, between)), withoutSide(text.slice(between + 1))];
}

/** What a pointer of Git LFS says, when the lines are one. */
export function pointerOf(lines: string[]): LargeSide | undefined {
    if (lines.length < 3 || lines.length > 20 || lines[0] !== 'version https://git-lfs.github.com/spec/v1') return undefined;
    const oid = lines.map((line) => /^oid sha256:([0-9a-f]{64})$/.exec(line)?.[1]).find(Boolean);
    const size = lines.map((line) => /^size (\d{1,16})$/.exec(line)?.[1]).find(Boolean);
    return oid && size ? { oid, size: Number(size) } : undefined;
}

function readLarge(file: FileDiff): void {
    const hunk = file.hunks[0];
    if (!hunk || file.hunks.length > 1 || hunk.oldStart > 1 || hunk.newStart > 1) return;
    const side = (without: DiffLine['kind']) => pointerOf(hunk.lines.filter(({ kind }) => kind !== without).map(({ text }) => text));
    const large = { old: side('added'), new: side('gone') };
    if (!large.old && !large.new) return;
    Object.assign(file, { large, hunks: [], added: 0, removed: 0, binary: true });
}

class Reader {
    #lines: string[];
    #at = 0;
    files: FileDiff[] = [];
    remarks: string[] = [];

    constructor(text: string) {
        this.#lines = text.split('\n');
        if (this.#lines.at(-1) === '') this.#lines.pop();
    }
    read(): ParsedDiff {
        while (this.#at < this.#lines.length) {
            const line = this.#lines[this.#at++]!;
            if (line.startsWith('diff --git ')) this.#file(line.slice(11));
            else if (line !== '') this.remarks.push(line);
        }
        this.files.forEach(readLarge);
        return { files: this.files, remarks: this.remarks };
    }
    #file(head: string): void {
        const [oldPath, path] = pathsOfHead(head);
        const file: FileDiff = { path, oldPath, status: 'modified', binary: false, hunks: [], added: 0, removed: 0 };
        this.files.push(file);
        for (; this.#at < this.#lines.length; this.#at += 1) {
            const line = this.#lines[this.#at]!;
            const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
            if (hunk) {
                this.#at += 1;
                this.#hunk(file, Number(hunk[1]), Number(hunk[2] ?? 1), Number(hunk[3]), Number(hunk[4] ?? 1));
                this.#at -= 1;
            } else if (!this.#fact(file, line)) return;
        }
    }
    /** A line between the head and the hunks; false when it belongs to what follows. */
    #fact(file: FileDiff, line: string): boolean {
        const known = /^(new file mode|deleted file mode|old mode|new mode|rename from|rename to|---|\+\+\+) (.*)$/.exec(line);
        if (!known) {
            if (line.startsWith('Binary files ')) file.binary = true;
            return /^(Binary files |index |similarity index |dissimilarity index )/.test(line);
        }
        const [, what, value = ''] = known;
        if (what === 'new file mode') [file.status, file.newMode] = ['added', value];
        else if (what === 'deleted file mode') [file.status, file.oldMode] = ['deleted', value];
        else if (what === 'old mode') file.oldMode = value;
        else if (what === 'new mode') file.newMode = value;
        else if (what === 'rename from') [file.status, file.oldPath] = ['renamed', unquote(value).path];
        else if (what === 'rename to') [file.status, file.path] = ['renamed', unquote(value).path];
        else if (what === '---') file.oldPath = pathOfMark(value) ?? file.oldPath;
        else file.path = pathOfMark(value) ?? file.path;
        return true;
    }
    #hunk(file: FileDiff, oldStart: number, oldCount: number, newStart: number, newCount: number): void {
        const hunk: Hunk = { oldStart, newStart, lines: [] };
        let [old, now] = [oldStart, newStart];
        let [oldLeft, newLeft] = [oldCount, newCount];
        for (; this.#at < this.#lines.length; this.#at += 1) {
            const line = this.#lines[this.#at]!;
            if (line.startsWith('\\')) {
                const last = hunk.lines.at(-1);
                if (last) last.open = true;
                continue;
            }
            if (oldLeft <= 0 && newLeft <= 0) break;
            const text = line.slice(1);
            if (line[0] === '+') hunk.lines.push({ kind: 'added', new: now++, text });
            else if (line[0] === '-') hunk.lines.push({ kind: 'gone', old: old++, text });
            else hunk.lines.push({ kind: 'same', old: old++, new: now++, text });
            oldLeft -= line[0] === '+' ? 0 : 1;
            newLeft -= line[0] === '-' ? 0 : 1;
            file.added += line[0] === '+' ? 1 : 0;
            file.removed += line[0] === '-' ? 1 : 0;
        }
        file.hunks.push(hunk);
    }
}

export const parseDiff = (text: string): ParsedDiff => new Reader(text).read();

export interface Row {
    left?: DiffLine;
    right?: DiffLine;
}
/** The lines of a hunk side by side: removed ones beside those that took their place. */
export function sideBySide(lines: DiffLine[]): Row[] {
    const rows: Row[] = [];
    for (let at = 0; at < lines.length; ) {
        if (lines[at]!.kind === 'same') {
            rows.push({ left: lines[at], right: lines[at] });
            at += 1;
            continue;
        }
        const { gone, added, next } = blockAt(lines, at);
        for (let i = 0; i < Math.max(gone.length, added.length); i += 1) rows.push({ left: gone[i], right: added[i] });
        at = next;
    }
    return rows;
}

/** A run of changed lines from `at`. */
export function blockAt(lines: DiffLine[], at: number): { gone: DiffLine[]; added: DiffLine[]; next: number } {
    let next = at;
    while (next < lines.length && lines[next]!.kind !== 'same') next += 1;
    const block = lines.slice(at, next);
    return { gone: block.filter(({ kind }) => kind === 'gone'), added: block.filter(({ kind }) => kind === 'added'), next };
}
