// SPDX-License-Identifier: Apache-2.0
// Front matter that a form edits. The text stays as it is but for the keys that are changed: the YAML library says where
// each key stands, and only those characters are replaced. Comments, order, quotes, spaces and keys that nobody here
// knows keep their bytes.
import { Document, isAlias, isMap, isScalar, isSeq, parseDocument, visit, YAMLMap, type Node, type Pair, type Scalar } from 'yaml';

/** A card in its parts; `yaml` begins after the first fence and ends before the second. */
interface Parts {
    before: string;
    yaml: string;
    after: string;
}

const kFront = /^(\uFEFF?\s*---[ \t]*(?:\r\n|\r|\n))(?:([^]*?(?:\r\n|\r|\n)))??(---[ \t]*(?:\r\n|\n|\r|$))/;
const kWriting = { lineWidth: 0, indentSeq: false, flowCollectionPadding: false } as const;
// Readers of the older YAML take `no`, `on` and `12:30` for other things than text: such texts are written in quotes.
const kReading = { version: '1.2', compat: 'yaml-1.1', keepSourceTokens: false, uniqueKeys: false, prettyErrors: true } as const;

const kAliases = 100;

/** Where new keys go, one after another, as cards usually have them. */
const kOrder = [
    ...['title', 'emoji', 'colorFrom', 'colorTo', 'sdk', 'sdk_version', 'app_file', 'pretty_name', 'license', 'license_name', 'license_link'],
    ...['language', 'library_name', 'pipeline_tag', 'task_categories', 'size_categories', 'base_model', 'base_model_relation', 'new_version'],
    ...['datasets', 'tags', 'metrics', 'co2_eq_emissions', 'widget', 'model-index'],
];

function split(card: string): Parts | undefined {
    const found = kFront.exec(card);
    if (!found) return undefined;
    const [, open, yaml = '', close] = found as unknown as [string, string, string | undefined, string];
    return { before: open, yaml, after: close + card.slice(open.length + yaml.length + close.length) };
}

const eolOf = (card: string): string => /\r\n|\n|\r/.exec(card)?.[0] ?? '\n';
const keyOf = (pair: Pair): string => String(isScalar(pair.key) ? pair.key.value : pair.key);
const pairsOf = (document: Document): Pair[] => (isMap(document.contents) ? document.contents.items : []);

/** The text of one key, ending with a line's end. */
function written(key: unknown, value: unknown): string {
    const alone = new Document({}, kReading);
    (alone.contents as unknown as YAMLMap).add(alone.createPair(key, value));
    return alone.toString(kWriting);
}

function hasAliases(node: unknown): boolean {
    let found = false;
    visit(node as Node, { Alias: () => ((found = true), visit.BREAK) });
    return found;
}

/** Where a pair begins, and where the last line of its value ends: comments and blank lines behind it are not part of it. */
function rangeOf(pair: Pair, yaml: string): [number, number] {
    const key = pair.key as Node;
    const start = yaml.lastIndexOf('\n', key.range![0] - 1) + 1;
    const value = pair.value as Node | null;
    let end = value?.range?.[1] ?? key.range![1];
    if (end < key.range![1]) end = key.range![1];
    // The values of block collections end behind blank lines and comments of the margin: back to the last line of theirs.
    const lines = yaml.slice(start, end).split(/(?<=\n)/);
    while (lines.length > 1 && /^\s*$|^#/.test(lines.at(-1)!)) lines.pop();
    end = start + lines.join('').length;
    if (yaml[end - 1] !== '\n') {
        const next = yaml.indexOf('\n', end);
        end = next < 0 ? yaml.length : next + 1;
    }
    return [start, end];
}

export class CardDocument {
    private constructor(
        /** The whole README. */
        readonly text: string,
        private readonly parts: Parts | undefined,
        private readonly document: Document,
    ) {}

    static of(text: string): CardDocument {
        const parts = split(text);
        return new CardDocument(text, parts, parseDocument(parts?.yaml ?? '', kReading));
    }

    /** What is wrong with the YAML; a form cannot edit it before that is mended in the text. */
    get fault(): string | undefined {
        const [error] = this.document.errors;
        if (error) return error.message;
        const { contents } = this.document;
        if (contents !== null && !isMap(contents) && !(isScalar(contents) && contents.value === null)) return 'must be of type object';
        try {
            this.document.toJS({ maxAliasCount: kAliases });
            return undefined;
        } catch (wrong) {
            return String(wrong); // a name that nothing was given, or too many of them
        }
    }

    /** All that is known, as plain values. */
    get values(): Record<string, unknown> {
        if (this.fault) return {};
        const plain = this.document.toJS({ maxAliasCount: kAliases }) as unknown;
        return typeof plain === 'object' && plain !== null && !Array.isArray(plain) ? (plain as Record<string, unknown>) : {};
    }

    /** With a key set; `undefined`, an empty text and an empty list take it out. */
    set(key: string, value: unknown): CardDocument {
        const empty = value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
        if (this.fault) return this;
        const pair = pairsOf(this.document).findLast((one) => keyOf(one) === key);
        const made = this.#set(pair, key, empty ? undefined : value);
        return made.fault ? this : made; // an anchor that others need, for one: better nothing than what cannot be read
    }

    #set(pair: Pair | undefined, key: string, value: unknown): CardDocument {
        const empty = value === undefined;
        if (!pair) return empty ? this : this.#insert(key, value);
        if (same(this.values[key], value)) return this;
        if (isMap(this.document.contents) && this.document.contents.flow) return this.#whole(key, value);
        return empty ? this.#replace(pair, '') : this.#change(pair, value);
    }

    #with(yaml: string): CardDocument {
        const { before, after } = this.parts!;
        return CardDocument.of(before + yaml + after);
    }

    #replace(pair: Pair, text: string): CardDocument {
        const { yaml } = this.parts!;
        const [start, end] = rangeOf(pair, yaml);
        return this.#with(yaml.slice(0, start) + this.#lines(text) + yaml.slice(end));
    }

    #lines = (text: string): string => text.replace(/\n/g, eolOf(this.text));

    #change(pair: Pair, value: unknown): CardDocument {
        const { yaml } = this.parts!;
        const old = pair.value;
        // A value on the line of its key: what stands behind it, a comment, stays.
        const simple = isScalar(old) && old.range && typeof value !== 'object' && !/\n/.test(yaml.slice(old.range[0], old.range[1]));
        if (simple && old.range![1] > old.range![0]) {
            const text = written('k', scalarLike(old, value)).replace(/^k: /, '').trimEnd();
            if (!text.includes('\n')) return this.#with(yaml.slice(0, old.range![0]) + text + yaml.slice(old.range![1]));
        }
        if (isAlias(old) || hasAliases(old)) return this.#whole(keyOf(pair), value);
        const merged = merge(this.document, old as Node | null, value);
        return this.#replace(pair, written(keyNodeOf(pair), merged));
    }

    /** A new key, behind the last of those that usually stand before it. */
    #insert(key: string, value: unknown): CardDocument {
        if (!this.parts) return CardDocument.of(`---${eolOf(this.text)}${this.#lines(written(key, value))}---${eolOf(this.text)}${this.text}`);
        if (isMap(this.document.contents) && this.document.contents.flow) return this.#whole(key, value);
        const { yaml } = this.parts;
        const own = kOrder.indexOf(key);
        const place = (pair: Pair) => kOrder.indexOf(keyOf(pair));
        const pairs = pairsOf(this.document);
        const before = own < 0 ? pairs.at(-1) : pairs.findLast((pair) => place(pair) >= 0 && place(pair) < own);
        const text = this.#lines(written(key, value));
        if (before) {
            const at = rangeOf(before, yaml)[1];
            return this.#with(yaml.slice(0, at) + text + yaml.slice(at));
        }
        const first = own < 0 ? undefined : pairs.find((pair) => place(pair) > own);
        const at = first ? rangeOf(first, yaml)[0] : yaml.length;
        return this.#with(yaml.slice(0, at) + text + yaml.slice(at));
    }

    /** Front matter in a form that cannot be cut into keys is written anew as a whole; comments stay. */
    #whole(key: string, value: unknown): CardDocument {
        const copy = this.document.clone() as Document;
        if (value === undefined) copy.delete(key);
        else copy.set(key, copy.createNode(value));
        return this.#with(this.#lines(copy.toString(kWriting)));
    }
}

/** A key written as it was, without what stands before it. */
function keyNodeOf(pair: Pair): unknown {
    if (!isScalar(pair.key)) return keyOf(pair);
    const key = pair.key.clone() as Scalar;
    key.commentBefore = undefined;
    key.spaceBefore = undefined;
    return key;
}

/** A scalar written in the manner of the one that it replaces. */
function scalarLike(old: Scalar, value: unknown): Scalar {
    const like = old.clone() as Scalar;
    like.value = value;
    like.comment = undefined;
    like.source = undefined;
    delete like.format;
    delete like.minFractionDigits;
    if (typeof value !== 'string' || like.type === 'BLOCK_FOLDED' || like.type === 'BLOCK_LITERAL') delete like.type;
    return like;
}

const same = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The new value, made of the nodes of the old one where they are alike: their comments and their writing stay. */
function merge(document: Document, old: Node | null, value: unknown): unknown {
    if (old === null) return document.createNode(value);
    if (same(old.toJS(document), value)) return old;
    if (isSeq(old) && Array.isArray(value)) return mergeList(document, old, value);
    if (isMap(old) && typeof value === 'object' && value !== null && !Array.isArray(value)) {
        const copy = old.clone() as YAMLMap;
        const wanted = value as Record<string, unknown>;
        for (const pair of [...copy.items]) if (!(keyOf(pair) in wanted)) copy.delete(pair.key);
        for (const [key, inner] of Object.entries(wanted)) {
            if (inner === undefined) copy.delete(key);
            else if (copy.has(key)) copy.set(key, merge(document, copy.get(key, true) as Node | null, inner));
            else copy.add(document.createPair(key, inner));
        }
        return copy;
    }
    if (isScalar(old) && typeof value !== 'object') {
        const like = scalarLike(old, value);
        like.comment = old.comment;
        return like;
    }
    return document.createNode(value);
}

function mergeList(document: Document, old: Node & { items: unknown[] }, value: unknown[]): unknown {
    const copy = old.clone() as Node & { items: unknown[] };
    const left = [...copy.items] as Node[];
    const take = (index: number): Node => left.splice(index, 1)[0]!;
    const found = value.map((one) => {
        const equal = left.findIndex((node) => same(node.toJS(document), one));
        return equal < 0 ? undefined : take(equal);
    });
    // What has no equal is a change of the one that stood there, when that one has gone.
    copy.items = value.map((one, index) => {
        const node = found[index];
        if (node) return node;
        const own = left.indexOf((old as { items: Node[] }).items[index]!);
        const changed = value.length === old.items.length && left.length > 0 ? take(own < 0 ? 0 : own) : undefined;
        return changed ? merge(document, changed, one) : document.createNode(one);
    });
    return copy;
}
