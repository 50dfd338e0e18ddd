// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { CardDocument } from './document';

const kCard = `---
# who made this
license:   mit   # asked the lawyers
language:
- en
-   "ar"      # and Arabic

odd_key: { b: 1,   a: [ 2,3 ] }
tags:
  - one
  # about two
  - two
version: 1.10
# the end is near

'quoted key': 'it''s'   
model-index:
- name: Tiny   # the name
  results:
  - task: {type: text-generation}
    dataset:
      name: D
      type: d
    metrics:
    - type: accuracy
      value: 0.90
# last words
---
# Tiny

---
text   
`;

const set = (text: string, ...changes: [string, unknown][]): string => changes.reduce((card, [key, value]) => card.set(key, value), CardDocument.of(text)).text;
/** The card with one stretch of text replaced: everything else must have kept its bytes. */
const swapped = (old: string, made: string): string => {
    expect(kCard.split(old)).toHaveLength(2);
    return kCard.replace(old, () => made);
};

describe('an edit leaves every other byte as it was', () => {
    it('a value, with the comment behind it', () => {
        expect(set(kCard, ['license', 'apache-2.0'])).toBe(swapped('license:   mit   #', 'license:   apache-2.0   #'));
    });
    it('the same value changes nothing', () => {
        const { values } = CardDocument.of(kCard);
        expect(Object.keys(values)).toHaveLength(7);
        expect(set(kCard, ...Object.entries(values))).toBe(kCard);
    });
    it('one more in a list', () => {
        expect(set(kCard, ['tags', ['one', 'two', 'three']])).toBe(swapped('tags:\n  - one\n  # about two\n  - two\n', 'tags:\n- one\n# about two\n- two\n- three\n'));
    });
    it('one less in a list', () => {
        expect(set(kCard, ['language', ['ar']])).toBe(swapped('- en\n-   "ar"      # and Arabic\n', '- "ar" # and Arabic\n'));
    });
    it('a key taken out', () => {
        expect(set(kCard, ['license', ''])).toBe(swapped('license:   mit   # asked the lawyers\n', ''));
        expect(set(kCard, ['tags', []])).toBe(swapped('tags:\n  - one\n  # about two\n  - two\n', ''));
        expect(set(kCard, ['never there', undefined])).toBe(kCard);
    });
    it('a key in quotes', () => expect(set(kCard, ['quoted key', "that's"])).toBe(swapped("'it''s'", "'that''s'")));
    it('a new key, in its usual place', () => {
        expect(set(kCard, ['library_name', 'peft'])).toBe(swapped('# and Arabic\n', '# and Arabic\nlibrary_name: peft\n'));
        expect(set(kCard, ['pretty_name', 'T'])).toBe(swapped('license:   mit', 'pretty_name: T\nlicense:   mit'));
        expect(set(kCard, ['zzz', 1])).toBe(swapped('value: 0.90\n', 'value: 0.90\nzzz: 1\n'));
    });
    it('a number deep inside', () => {
        const index = structuredClone(CardDocument.of(kCard).values['model-index']) as { results: { metrics: { value: number }[] }[] }[];
        index[0]!.results[0]!.metrics[0]!.value = 0.95;
        const made = set(kCard, ['model-index', index]);
        expect(made.slice(0, made.indexOf('model-index'))).toBe(kCard.slice(0, kCard.indexOf('model-index')));
        expect(made.slice(made.indexOf('# last words'))).toBe(kCard.slice(kCard.indexOf('# last words')));
        expect(made).toContain('- name: Tiny # the name\n');
        expect(made).toContain('task: {type: text-generation}\n');
        expect(CardDocument.of(made).values['model-index']).toEqual(index);
    });
});

describe('line ends and fences', () => {
    it('keeps those of Windows', () => {
        const windows = kCard.replace(/\n/g, '\r\n');
        const made = set(windows, ['license', 'apache-2.0'], ['tags', ['one', 'two', 'three']], ['library_name', 'peft']);
        expect(made).toBe(set(kCard, ['license', 'apache-2.0'], ['tags', ['one', 'two', 'three']], ['library_name', 'peft']).replace(/\n/g, '\r\n'));
    });
    it.each([
        ['# Only text\n', '---\nlicense: mit\n---\n# Only text\n'],
        ['', '---\nlicense: mit\n---\n'],
        ['---\n---\ntext', '---\nlicense: mit\n---\ntext'],
        ['---\n# a comment\n---\ntext', '---\n# a comment\nlicense: mit\n---\ntext'],
        ['\uFEFF---\ntags: [a]\n---', '\uFEFF---\nlicense: mit\ntags: [a]\n---'],
        ['text\n---\na: 1\n---\n', '---\nlicense: mit\n---\ntext\n---\na: 1\n---\n'],
        ['---\n{tags: [a]}\n---\nx', '---\n{tags: [a], license: mit}\n---\nx'],
    ])('%j', (before, after) => expect(set(before, ['license', 'mit'])).toBe(after));
    it('takes in and out again without a trace', () => expect(set(kCard, ['library_name', 'peft'], ['library_name', ''])).toBe(kCard));
});

describe('values', () => {
    it('writes what older readers would misread in quotes', () => {
        expect(set('---\n---\n', ['language', ['no', 'en']])).toBe('---\nlanguage:\n- "no"\n- en\n---\n');
        expect(CardDocument.of('---\nlanguage: no\n---\n').values).toEqual({ language: 'no' });
    });
    it('writes texts that look like something else as texts', () => {
        for (const text of ['1.10', 'a: b', '# x', '- x', 'two\nlines', ' x ', '@x', 'عربي', "it's", '"', '{', 'null'])
            expect(CardDocument.of(set('---\na: x\n---\n', ['a', text])).values, text).toEqual({ a: text });
    });
    it('does not touch what it cannot read', () => {
        for (const broken of ['---\na: [1\n---\n', '---\n- a\n---\n', '---\ntext\n---\n']) {
            expect(CardDocument.of(broken).fault).toBeTypeOf('string');
            expect(set(broken, ['license', 'mit'])).toBe(broken);
        }
    });
    it('leaves an anchor that is needed elsewhere', () => {
        const card = '---\nbase: &b [x, y]\ndatasets: *b\n---\n';
        expect(set(card, ['base', undefined])).toBe(card);
    });
    it('keeps aliases that are used', () => {
        const card = '---\nbase: &b [x, y]\ndatasets: *b\n---\n';
        const made = CardDocument.of(set(card, ['datasets', ['z']]));
        expect(made.values).toEqual({ base: ['x', 'y'], datasets: ['z'] });
        expect(set(card, ['license', 'mit'])).toContain('base: &b [x, y]\n');
    });
});
