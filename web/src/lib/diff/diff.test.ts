// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseDiff, pointerOf, sideBySide, unquote } from './unified';
import { compareWords, markWords } from './words';

const oid = (digit: string) => digit.repeat(64);
const edit = `diff --git a/a b.txt b/a b.txt
index 1111111..2222222 100644
--- a/a b.txt\t
+++ b/a b.txt\t
@@ -1,4 +1,4 @@ fn main
 one
--- two
+++ 2
 three
-four
\\ No newline at end of file
+four
`;

describe('what git prints', () => {
    it('counts lines as the head of a hunk says', () => {
        const [file] = parseDiff(edit).files;
        expect(file).toMatchObject({ path: 'a b.txt', oldPath: 'a b.txt', status: 'modified', added: 2, removed: 2, binary: false });
        expect(file!.hunks[0]!.lines.map(({ kind, old, new: now, text }) => [kind, old, now, text])).toEqual([
            ['same', 1, 1, 'one'],
            ['gone', 2, undefined, '-- two'],
            ['added', undefined, 2, '++ 2'],
            ['same', 3, 3, 'three'],
            ['gone', 4, undefined, 'four'],
            ['added', undefined, 4, 'four'],
        ]);
        expect(file!.hunks[0]!.lines[4]!.open).toBe(true);
        expect(file!.hunks[0]!.lines[5]!.open).toBeUndefined();
    });

    it('knows what happened to each file', () => {
        const { files, remarks } = parseDiff(
            `diff --git a/new b/new
new file mode 100644
index 0000000..1111111
--- /dev/null
+++ b/new
@@ -0,0 +1 @@
+x
diff --git a/empty b/empty
deleted file mode 100644
index e69de29..0000000
diff --git a/was here b/is here
similarity index 100%
rename from was here
rename to is here
diff --git a/pic.png b/pic.png
index 1111111..2222222 100644
Binary files a/pic.png and b/pic.png differ
diff --git a/run b/run
old mode 100644
new mode 100755
diff --git "a/q\\"uote\\t" "b/q\\"uote\\t"
index 1..2 100644
--- "a/q\\"uote\\t"
+++ "b/q\\"uote\\t"
@@ -1 +1 @@
-1
+2
3 more files differ; they are not shown here.
`,
        );
        expect(files.map(({ path, status, binary }) => [path, status, binary])).toEqual([
            ['new', 'added', false],
            ['empty', 'deleted', false],
            ['is here', 'renamed', false],
            ['pic.png', 'modified', true],
            ['run', 'modified', false],
            ['q"uote\t', 'modified', false],
        ]);
        expect(files[2]!.oldPath).toBe('was here');
        expect([files[4]!.oldMode, files[4]!.newMode]).toEqual(['100644', '100755']);
        expect(remarks).toEqual(['3 more files differ; they are not shown here.']);
    });

    it('reads quoted names', () => {
        expect(unquote('"\\331\\205 x" rest')).toEqual({ path: 'م x', length: 12 });
        expect(unquote('"مل\\\\ف"').path).toBe('مل\\ف');
        expect(unquote('plain').path).toBe('plain');
    });

    it('shows pointers as the files they stand for', () => {
        const pointer = (mark: string, digit: string, size: number) => `${mark}oid sha256:${oid(digit)}\n${mark}size ${size}\n`;
        const text = `diff --git a/w.bin b/w.bin
index 1..2 100644
--- a/w.bin
+++ b/w.bin
@@ -1,3 +1,3 @@
 version https://git-lfs.github.com/spec/v1
${pointer('-', 'a', 12)}${pointer('+', 'b', 34)}`;
        const [file] = parseDiff(text).files;
        expect(file!.large).toEqual({ old: { oid: oid('a'), size: 12 }, new: { oid: oid('b'), size: 34 } });
        expect(file!.hunks).toEqual([]);
        const [fresh] = parseDiff(
            `diff --git a/w b/w\nnew file mode 100644\nindex 0..1\n--- /dev/null\n+++ b/w\n@@ -0,0 +1,3 @@\n+version https://git-lfs.github.com/spec/v1\n${pointer('+', 'c', 5)}`,
        ).files;
        expect(fresh!.large).toEqual({ old: undefined, new: { oid: oid('c'), size: 5 } });
        expect(pointerOf(['version https://git-lfs.github.com/spec/v1', 'oid sha256:zz', 'size 3'])).toBeUndefined();
    });

    it('bears what is cut or no diff at all', () => {
        expect(parseDiff('')).toEqual({ files: [], remarks: [] });
        expect(parseDiff('nonsense').files).toEqual([]);
        expect(parseDiff('diff --git a/x b/x\n@@ -1,9 +1,9 @@\n-a').files[0]!.hunks[0]!.lines).toHaveLength(1);
    });
});

it('puts replaced lines beside each other', () => {
    const rows = sideBySide(parseDiff(edit).files[0]!.hunks[0]!.lines);
    expect(rows.map(({ left, right }) => [left?.text, right?.text])).toEqual([
        ['one', 'one'],
        ['-- two', '++ 2'],
        ['three', 'three'],
        ['four', 'four'],
    ]);
    const uneven = sideBySide(parseDiff('diff --git a/x b/x\n@@ -1,1 +1,3 @@\n-a\n+b\n+c\n+d').files[0]!.hunks[0]!.lines);
    expect(uneven.map(({ left, right }) => [left?.text, right?.text])).toEqual([
        ['a', 'b'],
        [undefined, 'c'],
        [undefined, 'd'],
    ]);
});

describe('words', () => {
    const show = (before: string, after: string) => {
        const compared = compareWords(before, after);
        const side = (parts: { text: string; changed: boolean }[]) => parts.map(({ text, changed }) => (changed ? `[${text}]` : text)).join('');
        return compared && [side(compared.before), side(compared.after)];
    };
    it.each([
        ['lr = 0.1', 'lr = 0.2', ['lr = 0.[1]', 'lr = 0.[2]']],
        ['return a', 'return a + b', ['return a', 'return a[ + b]']],
        ['النموذج الأول هنا', 'النموذج الثاني هنا', ['النموذج [الأول] هنا', 'النموذج [الثاني] هنا']],
    ])('%s → %s', (before, after, marked) => expect(show(before, after)).toEqual(marked));

    it('marks nothing where a line was written anew', () => expect(show('completely other words', 'nothing alike: 12')).toBeUndefined());
    it('compares very long lines by their ends', () => {
        const middle = (word: string) => `begin ${Array.from({ length: 2000 }, (_, i) => word + i).join(' ')} end`;
        expect(compareWords(middle('a'), middle('b'))).toBeUndefined();
        const compared = compareWords('x '.repeat(3000) + 'a', 'x '.repeat(3000) + 'b');
        expect(compared!.before.at(-1)).toEqual({ text: 'a', changed: true });
    });
    it('marks pairs of a hunk', () => {
        const hunk = parseDiff('diff --git a/x b/x\n@@ -1,2 +1,2 @@\n-size: 1\n+size: 2\n same').files[0]!.hunks[0]!;
        expect(markWords(hunk).size).toBe(2);
    });
});
