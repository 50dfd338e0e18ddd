// SPDX-License-Identifier: Apache-2.0
// What the heads of safetensors and GGUF files tell: metadata and the tensors. Everything a head says is checked against
// the size of the file before anything is made of it.
import { FormatError, type Source } from './source';

export interface Tensor {
    name: string;
    dtype: string;
    shape: number[];
    /** Product of the shape. */
    parameters: number;
    /** Octets in the file; unknown for types that are not known here. */
    bytes?: number;
}
export interface Weights {
    format: 'safetensors' | 'gguf';
    version?: string;
    metadata: { key: string; value: string; list?: number }[];
    tensors: Tensor[];
}

const kLongestHead = 32_000_000;
const kMostTensors = 200_000;
const kMostDimensions = 16;

const broken = (text: string): FormatError => new FormatError('broken', text);

function productOf(shape: number[], name: string): number {
    const product = shape.reduce((all, one) => all * one, 1);
    if (!Number.isSafeInteger(product)) throw broken(`The shape of the tensor "${name}" is larger than can be.`);
    return product;
}

/** Parameters per type of numbers, the most first, and in all. */
export function totalsOf(tensors: Tensor[]): { total: number; bytes: number; dtypes: { dtype: string; parameters: number; tensors: number }[] } {
    const byType = new Map<string, { parameters: number; tensors: number }>();
    for (const { dtype, parameters } of tensors) {
        const known = byType.get(dtype) ?? { parameters: 0, tensors: 0 };
        byType.set(dtype, { parameters: known.parameters + parameters, tensors: known.tensors + 1 });
    }
    return {
        total: tensors.reduce((sum, one) => sum + one.parameters, 0),
        bytes: tensors.reduce((sum, one) => sum + (one.bytes ?? 0), 0),
        dtypes: [...byType].map(([dtype, counts]) => ({ dtype, ...counts })).sort((a, b) => b.parameters - a.parameters),
    };
}

/** The file's head: eight octets of length, then JSON. */
export async function readSafetensors(source: Source): Promise<Weights> {
    if (source.size < 10) throw broken('The file is too short to be a safetensors file.');
    const start = await source.read(0, 8);
    const told = new DataView(start.buffer, start.byteOffset, 8).getBigUint64(0, true);
    if (told > BigInt(source.size - 8)) throw broken('The head of the file says that it is longer than the file.');
    if (told > BigInt(kLongestHead)) throw new FormatError('too_large', 'The head of the file is larger than a page may read.');
    let head: unknown;
    try {
        head = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await source.read(8, 8 + Number(told))));
    } catch (error) {
        if (error instanceof SyntaxError || error instanceof TypeError) throw broken('The head of the file is not JSON.');
        throw error;
    }
    if (typeof head !== 'object' || head === null || Array.isArray(head)) throw broken('The head of the file is not an object.');
    return safetensorsOf(Object.entries(head), source.size - 8 - Number(told));
}

function safetensorsOf(entries: [string, unknown][], octets: number): Weights {
    if (entries.length > kMostTensors) throw new FormatError('too_large', 'The file has more tensors than a page can show.');
    const metadata: Weights['metadata'] = [];
    const found: { offset: number; tensor: Tensor }[] = [];
    for (const [name, value] of entries) {
        if (typeof value !== 'object' || value === null) throw broken(`What the head says of "${name}" is not an object.`);
        if (name === '__metadata__') {
            for (const [key, text] of Object.entries(value)) metadata.push({ key, value: typeof text === 'string' ? text : JSON.stringify(text) });
            continue;
        }
        const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
        const isSize = (one: unknown): one is number => typeof one === 'number' && Number.isSafeInteger(one) && one >= 0;
        if (typeof dtype !== 'string' || !Array.isArray(shape) || shape.length > kMostDimensions || !shape.every(isSize))
            throw broken(`The head does not say what "${name}" is.`);
        const [from, to] = Array.isArray(offsets) && offsets.length === 2 && offsets.every(isSize) ? (offsets as [number, number]) : [1, 0];
        if (from > to || to > octets) throw broken(`The place of "${name}" lies outside of the file.`);
        found.push({ offset: from, tensor: { name, dtype: dtype.slice(0, 20), shape, parameters: productOf(shape, name), bytes: to - from } });
    }
    found.sort((a, b) => a.offset - b.offset);
    return { format: 'safetensors', metadata, tensors: found.map(({ tensor }) => tensor) };
}

// GGUF -----------------------------------------------------------------------------------------------------------------

/** Name, numbers in a block, octets of a block; by the number of the type. */
const kGgufTypes: Record<number, [string, number, number]> = {
    0: ['F32', 1, 4], 1: ['F16', 1, 2], 2: ['Q4_0', 32, 18], 3: ['Q4_1', 32, 20], 6: ['Q5_0', 32, 22], 7: ['Q5_1', 32, 24], 8: ['Q8_0', 32, 34], 9: ['Q8_1', 32, 36],
    10: ['Q2_K', 256, 84], 11: ['Q3_K', 256, 110], 12: ['Q4_K', 256, 144], 13: ['Q5_K', 256, 176], 14: ['Q6_K', 256, 210], 15: ['Q8_K', 256, 292],
    16: ['IQ2_XXS', 256, 66], 17: ['IQ2_XS', 256, 74], 18: ['IQ3_XXS', 256, 98], 19: ['IQ1_S', 256, 50], 20: ['IQ4_NL', 32, 18], 21: ['IQ3_S', 256, 110],
    22: ['IQ2_S', 256, 82], 23: ['IQ4_XS', 256, 136], 24: ['I8', 1, 1], 25: ['I16', 1, 2], 26: ['I32', 1, 4], 27: ['I64', 1, 8], 28: ['F64', 1, 8],
    29: ['IQ1_M', 256, 56], 30: ['BF16', 1, 2], 34: ['TQ1_0', 256, 54], 35: ['TQ2_0', 256, 66], 39: ['MXFP4', 32, 17],
};
const kMostMetadata = 20_000;
const kShownOfList = 12;
const kDeepestList = 4;
const kScalarSizes: Record<number, number> = { 0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8 };

/** The part of the file that has been read ends here. */
class MoreNeeded extends Error {}

class GgufReader {
    #at = 0;
    #view: DataView;
    #little = true;
    constructor(
        private bytes: Uint8Array,
        private fileSize: number,
    ) {
        this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    take(octets: number): number {
        if (octets > this.fileSize - this.#at) throw broken('The head of the file says more than the file holds.');
        if (octets > this.bytes.length - this.#at) throw new MoreNeeded();
        this.#at += octets;
        return this.#at - octets;
    }
    version(): number {
        const at = this.take(4);
        const little = this.#view.getUint32(at, true);
        // A file for big-endian machines has its version turned around.
        this.#little = (little & 0xffff) !== 0;
        return this.#little ? little : this.#view.getUint32(at, false);
    }
    u32 = (): number => this.#view.getUint32(this.take(4), this.#little);
    u64 = (): bigint => this.#view.getBigUint64(this.take(8), this.#little);
    count(smallest: number, most: number, what: string): number {
        const told = this.u64();
        if (told * BigInt(smallest) > BigInt(this.fileSize)) throw broken(`The head of the file says that it has more ${what} than the file holds.`);
        if (told > BigInt(most)) throw new FormatError('too_large', `The file has more ${what} than a page can show.`);
        return Number(told);
    }
    text(shown = true): string {
        const length = this.count(1, kLongestHead, 'text');
        const at = this.take(length);
        return shown ? new TextDecoder().decode(this.bytes.subarray(at, at + length)) : '';
    }
    scalar(type: number): string {
        const at = this.take(kScalarSizes[type]!);
        const [view, little] = [this.#view, this.#little];
        if (type === 7) return view.getUint8(at) ? 'true' : 'false';
        const number =
            type === 0 ? view.getUint8(at) : type === 1 ? view.getInt8(at) : type === 2 ? view.getUint16(at, little) : type === 3 ? view.getInt16(at, little)
            : type === 4 ? view.getUint32(at, little) : type === 5 ? view.getInt32(at, little) : type === 6 ? Number(view.getFloat32(at, little).toPrecision(7))
            : type === 10 ? view.getBigUint64(at, little) : type === 11 ? view.getBigInt64(at, little) : view.getFloat64(at, little);
        return String(number);
    }
    value(type: number, depth = 0): { text: string; list?: number } {
        if (type === 8) return { text: this.text() };
        if (type !== 9) {
            if (!(type in kScalarSizes)) throw broken(`The metadata has a value of the unknown type ${type}.`);
            return { text: this.scalar(type) };
        }
        if (depth >= kDeepestList) throw broken('Lists stand in lists too deeply.');
        const inner = this.u32();
        const smallest = inner === 8 ? 8 : inner === 9 ? 12 : (kScalarSizes[inner] ?? 0);
        if (!smallest) throw broken(`The metadata has a list of the unknown type ${inner}.`);
        const length = this.count(smallest, kLongestHead, 'values');
        const shown: string[] = [];
        for (let index = 0; index < length; index += 1) {
            if (index < kShownOfList) shown.push(inner === 8 ? JSON.stringify(this.text()) : this.value(inner, depth + 1).text);
            else if (inner === 8) this.text(false);
            else if (inner === 9) this.value(inner, depth + 1);
            else {
                this.take(smallest * (length - index));
                break;
            }
        }
        return { text: `[${shown.join(', ')}${length > kShownOfList ? ', …' : ''}]`, list: length };
    }
    tensor(): Tensor {
        const name = this.text();
        const dimensions = this.u32();
        if (dimensions > kMostDimensions) throw broken(`The tensor "${name.slice(0, 80)}" has too many dimensions.`);
        const shape = Array.from({ length: dimensions }, () => Number(this.u64()));
        const type = this.u32();
        this.u64(); // where it lies
        const [dtype, numbers, octets] = kGgufTypes[type] ?? [`type ${type}`, 0, 0];
        const parameters = productOf(shape, name.slice(0, 80));
        return { name, dtype, shape, parameters, bytes: numbers ? Math.ceil(parameters / numbers) * octets : undefined };
    }
}

function ggufOf(bytes: Uint8Array, fileSize: number): Weights {
    const reader = new GgufReader(bytes, fileSize);
    reader.take(4);
    const version = reader.version();
    if (version < 2 || version > 3) throw new FormatError('unsupported', `Version ${version} of GGUF is not known here.`);
    const tensorCount = reader.count(24, kMostTensors, 'tensors');
    const metadataCount = reader.count(13, kMostMetadata, 'metadata');
    const metadata: Weights['metadata'] = [];
    for (let index = 0; index < metadataCount; index += 1) {
        const key = reader.text();
        const { text, list } = reader.value(reader.u32());
        metadata.push({ key, value: text, list });
    }
    const tensors = Array.from({ length: tensorCount }, () => reader.tensor());
    return { format: 'gguf', version: String(version), metadata, tensors };
}

/** Reads as much of the file as its head needs. */
export async function readGguf(source: Source): Promise<Weights> {
    let bytes = await source.read(0, Math.min(source.size, 1 << 20));
    if (new TextDecoder().decode(bytes.subarray(0, 4)) !== 'GGUF') throw broken('The file does not begin as a GGUF file does.');
    for (;;) {
        try {
            return ggufOf(bytes, source.size);
        } catch (error) {
            if (!(error instanceof MoreNeeded)) throw error;
            if (bytes.length >= Math.min(source.size, kLongestHead)) throw new FormatError('too_large', 'The head of the file is larger than a page may read.');
            const more = await source.read(bytes.length, Math.min(source.size, kLongestHead, bytes.length * 3));
            const both = new Uint8Array(bytes.length + more.length);
            both.set(bytes);
            both.set(more, bytes.length);
            bytes = both;
        }
    }
}
