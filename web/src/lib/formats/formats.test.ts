// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it, vi } from 'vitest';
import { kindOf } from './kinds';
import { parseNotebook } from './notebook';
import { parseEvents, smoothed, thinned, ticksOf } from './scalars';
import { bytesSource, contentRange, FormatError, httpSource, rangeHeader, type Source } from './source';
import { cellOf, csvTable, jsonlTable, separatorOf } from './table';
import { readGguf, readSafetensors, totalsOf } from './tensors';
import { decodeText, hashOf, htmlLines, linesOf, turnsText, unturned, wholeLines, withoutEscapes } from './text';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
function joined(...parts: Uint8Array[]): Uint8Array {
    const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) whole.set(part, (at += part.length) - part.length);
    return whole;
}
function number(octets: 4 | 8, value: number | bigint): Uint8Array {
    const bytes = new Uint8Array(octets);
    const view = new DataView(bytes.buffer);
    if (octets === 4) view.setUint32(0, Number(value), true);
    else view.setBigUint64(0, BigInt(value), true);
    return bytes;
}
const reasonOf = (made: Promise<unknown>): Promise<string> => made.then(() => 'none', (error: unknown) => (error instanceof FormatError ? error.reason : String(error)));

describe('ranges', () => {
    afterEach(() => vi.unstubAllGlobals());
    const answer = (body: string, status: number, headers: Record<string, string> = {}) => vi.stubGlobal('fetch', vi.fn(async () => new Response(body, { status, headers })));

    it('are written with their last octet', () => {
        expect(rangeHeader(0, 100)).toBe('bytes=0-99');
        expect(contentRange('bytes 0-99/1234')).toEqual({ start: 0, end: 100, size: 1234 });
        for (const wrong of [null, '', 'bytes */12', 'bytes 5-2/10', 'bytes 0-10/10', 'bytes 0-1/*']) expect(contentRange(wrong)).toBeUndefined();
    });
    it('ask for just what is missing and end with the file', async () => {
        answer('def', 206, { 'Content-Range': 'bytes 3-5/6' });
        expect(new TextDecoder().decode(await httpSource('/x', 6).read(3, 100))).toBe('def');
        expect(vi.mocked(fetch).mock.calls[0]![1]).toMatchObject({ headers: { Range: 'bytes=3-5' } });
    });
    it('refuse another part, a short part and the whole of a large file', async () => {
        answer('abc', 206, { 'Content-Range': 'bytes 0-2/6' });
        expect(await reasonOf(httpSource('/x', 6).read(3, 6))).toBe('broken');
        answer('ab', 206, { 'Content-Range': 'bytes 0-2/6' });
        expect(await reasonOf(httpSource('/x', 6).read(0, 3))).toBe('broken');
        answer('abcdef', 200);
        expect(await reasonOf(httpSource('/x', 5e9).read(0, 3))).toBe('unsupported');
        answer('abcdef', 200);
        expect(await httpSource('/x', 6).read(1, 3)).toEqual(utf8('bc'));
        expect(await reasonOf(httpSource('/x', 6e9, undefined, 100).read(0, 101))).toBe('too_large');
    });
    it('give the refusal of the hub', async () => {
        answer('', 403, { 'X-Error-Code': 'GatedRepo', 'X-Error-Message': 'Access is restricted.' });
        await expect(httpSource('/x', 6).read(0, 3)).rejects.toMatchObject({ status: 403, code: 'GatedRepo', message: 'Access is restricted.' });
    });
});

describe('text', () => {
    it('is UTF-8 without NUL', () => {
        expect(decodeText(utf8('مرفأ'))).toBe('مرفأ');
        expect(decodeText(utf8('مرفأ').subarray(0, 3), false)).toBe('م');
        expect(decodeText(utf8('مرفأ').subarray(0, 3))).toBeUndefined();
        expect(decodeText(Uint8Array.of(0x63, 0xe9))).toBeUndefined();
        expect(decodeText(Uint8Array.of(0x63, 0))).toBeUndefined();
        expect(wholeLines('a\nb\nhal')).toBe('a\nb\n');
        expect(wholeLines('one long line')).toBe('one long line');
    });
    it('names what turns it around', () => {
        expect(turnsText('a \u202e b')).toBe(true);
        expect(turnsText('مرفأ \u200f')).toBe(false);
        expect(unturned('a\u202eb\u2066')).toBe('a⟦RLO⟧b⟦LRI⟧');
    });
    it('has anchors of lines', () => {
        expect(linesOf('#L7')).toEqual({ from: 7, to: 7 });
        expect(linesOf('#L20-L10')).toEqual({ from: 10, to: 20 });
        for (const wrong of ['', '#L0', '#L', '#L1-', '#Lx', '#L99999999999']) expect(linesOf(wrong)).toBeUndefined();
        expect(hashOf({ from: 3, to: 3 })).toBe('#L3');
        expect(hashOf({ from: 3, to: 5 })).toBe('#L3-L5');
    });
    it('keeps colours over the ends of lines', () => {
        expect(htmlLines('<span class="a">x\n<span class="b">y</span>\nz</span>w')).toEqual([
            '<span class="a">x</span>', '<span class="a"><span class="b">y</span></span>', '<span class="a">z</span>w',
        ]);
    });
    it('loses the escapes of terminals', () => expect(withoutEscapes('\u001b[1;31mred\u001b[0m \u001b]0;title\u0007plain')).toBe('red plain'));
});

describe('tables', () => {
    it('read quotes, line ends and separators of CSV', () => {
        expect(csvTable('\ufeffa,b\r\n1,"x, ""y""\nz"\r\n\r\n2,\n', true)).toEqual({
            columns: [{ name: 'a' }, { name: 'b' }], rows: [['1', 'x, "y"\nz'], ['2', '']], cut: false, faults: 0,
        });
        expect(separatorOf('"a,b,c"\tb\tc\n,,,,')).toBe('\t');
        expect(csvTable('a;b\n1;2', true).rows).toEqual([['1', '2']]);
        expect(csvTable('a|b\n1|2', true).rows).toEqual([['1', '2']]);
        expect(csvTable('a,b\n1,', true).rows).toEqual([['1', '']]);
        expect(csvTable('', true).columns).toEqual([]);
    });
    it('leave the half row at the end of a part away', () => {
        expect(csvTable('a,b\n1,2\n3,4', false)).toMatchObject({ rows: [['1', '2']], cut: true });
        expect(csvTable('a,b\n1,2\n3,"4\n5', false).rows).toEqual([['1', '2']]);
    });
    it('stay small whatever the file holds', () => {
        const bounds = { rows: 3, columns: 2, cell: 5 };
        const wide = csvTable(`a,b,c,d\n${'xxxxxxxxxx,y,z\n'.repeat(10)}`, true, ',', bounds);
        expect(wide).toMatchObject({ columns: [{ name: 'a' }, { name: 'b' }], cut: true });
        expect(wide.rows).toEqual(Array(3).fill(['xxxxx…', 'y']));
        expect(csvTable('a\n"never closed', true).rows).toEqual([['never closed']]);
        expect(csvTable(','.repeat(100_000), true).columns.length).toBe(500);
    });
    it('make columns of the keys of JSON lines', () => {
        const table = jsonlTable('{"a":1,"b":"x"}\n\nnot json\n{"c":{"d":[1]},"__proto__":5}\n[1,2]\n{"a":', false);
        expect(table.columns.map(({ name }) => name)).toEqual(['a', 'b', 'c', '__proto__', 'value']);
        expect(table.rows).toEqual([['1', 'x', '', '', ''], ['', '', '{"d":[1]}', '5', ''], ['', '', '', '', '[1,2]']]);
        expect(table).toMatchObject({ faults: 1, cut: true });
        expect(jsonlTable('{"a":1}\n'.repeat(5), true, { rows: 2, columns: 5, cell: 9 })).toMatchObject({ rows: [['1'], ['1']], cut: true });
        expect(cellOf({ n: 5n })).toBe('{"n":"5"}');
        expect(cellOf('x'.repeat(10), 3)).toBe('xxx…');
    });
});

describe('safetensors', () => {
    const file = (head: unknown, octets = 0) => {
        const text = utf8(typeof head === 'string' ? head : JSON.stringify(head));
        return bytesSource(joined(number(8, text.length), text, new Uint8Array(octets)));
    };
    it('tell their tensors in the order of the file', async () => {
        const head = {
            __metadata__: { format: 'pt' },
            b: { dtype: 'F32', shape: [2, 2], data_offsets: [4, 20] },
            a: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] },
        };
        const weights = await readSafetensors(file(head, 20));
        expect(weights.metadata).toEqual([{ key: 'format', value: 'pt' }]);
        expect(weights.tensors.map(({ name, parameters, bytes }) => [name, parameters, bytes])).toEqual([['a', 2, 4], ['b', 4, 16]]);
        expect(totalsOf(weights.tensors)).toEqual({
            total: 6, bytes: 20, dtypes: [{ dtype: 'F32', parameters: 4, tensors: 1 }, { dtype: 'BF16', parameters: 2, tensors: 1 }],
        });
    });
    it.each([
        ['a length past the end', bytesSource(joined(number(8, 2n ** 63n), utf8('{}'))), 'broken'],
        ['no JSON', file('{"a"'), 'broken'],
        ['a list', file([]), 'broken'],
        ['no shape', file({ a: { dtype: 'F32', data_offsets: [0, 0] } }), 'broken'],
        ['a negative shape', file({ a: { dtype: 'F32', shape: [-1], data_offsets: [0, 0] } }), 'broken'],
        ['a shape beyond numbers', file({ a: { dtype: 'F32', shape: [2 ** 40, 2 ** 40], data_offsets: [0, 0] } }), 'broken'],
        ['a place outside', file({ a: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 3), 'broken'],
        ['a turned place', file({ a: { dtype: 'F32', shape: [1], data_offsets: [4, 0] } }, 4), 'broken'],
        ['nothing', bytesSource(new Uint8Array(3)), 'broken'],
    ])('with %s are refused', async (_, source, reason) => expect(await reasonOf(readSafetensors(source as Source))).toBe(reason));
    it('with a huge head are not read', async () => {
        const read = vi.fn(async () => number(8, 60_000_000));
        expect(await reasonOf(readSafetensors({ size: 1e10, read }))).toBe('too_large');
        expect(read).toHaveBeenCalledTimes(1);
    });
});

describe('GGUF', () => {
    const text = (value: string) => joined(number(8, utf8(value).length), utf8(value));
    const head = (tensors: number | bigint, metadata: number | bigint, version = 3) => joined(utf8('GGUF'), number(4, version), number(8, tensors), number(8, metadata));
    const tensor = (name: string, shape: (number | bigint)[], type: number) =>
        joined(text(name), number(4, shape.length), ...shape.map((one) => number(8, one)), number(4, type), number(8, 0));
    const words = (count: number) => joined(text('tokenizer.ggml.tokens'), number(4, 9), number(4, 8), number(8, count), ...Array.from({ length: count }, (_, index) => text(`token${index}`)));

    it('tell metadata and tensors, reading on as the head needs', async () => {
        const bytes = joined(head(2, 3), text('general.architecture'), number(4, 8), text('llama'), text('llama.context_length'), number(4, 4), number(4, 4096), words(100_000),
            tensor('output.weight', [256, 32], 12), tensor('norm', [7], 99));
        const source = bytesSource(bytes);
        const read = vi.spyOn(source, 'read');
        const weights = await readGguf(source);
        expect(weights.metadata.slice(0, 2)).toEqual([{ key: 'general.architecture', value: 'llama' }, { key: 'llama.context_length', value: '4096' }]);
        expect(weights.metadata[2]).toMatchObject({ list: 100_000 });
        expect(weights.metadata[2]!.value).toMatch(/^\["token0", .*, …\]$/);
        expect(weights.tensors).toEqual([
            { name: 'output.weight', dtype: 'Q4_K', shape: [256, 32], parameters: 8192, bytes: 4608 },
            { name: 'norm', dtype: 'type 99', shape: [7], parameters: 7, bytes: undefined },
        ]);
        expect(read.mock.calls.length).toBeGreaterThan(1);
    });
    it.each([
        ['another beginning', joined(utf8('GGML'), new Uint8Array(40)), 'broken'],
        ['an unknown version', head(0, 0, 9), 'unsupported'],
        ['more tensors than octets', head(2n ** 60n, 0), 'broken'],
        ['more metadata than octets', head(0, 2n ** 60n), 'broken'],
        ['a text past the end', joined(head(0, 1), number(8, 2n ** 40n)), 'broken'],
        ['an unknown value', joined(head(0, 1), text('a'), number(4, 77), new Uint8Array(20)), 'broken'],
        ['a list past the end', joined(head(0, 1), text('a'), number(4, 9), number(4, 0), number(8, 2n ** 50n)), 'broken'],
        ['lists in lists', joined(head(0, 1), text('a'), number(4, 9), ...Array.from({ length: 9 }, () => joined(number(4, 9), number(8, 1))), new Uint8Array(40)), 'broken'],
        ['too many dimensions', joined(head(1, 0), text('a'), number(4, 4_000_000_000), new Uint8Array(40)), 'broken'],
        ['a shape beyond numbers', joined(head(1, 0), tensor('a', [2n ** 60n, 2n ** 60n], 0)), 'broken'],
        ['its end missing', joined(head(1, 0), text('abc')), 'broken'],
    ])('with %s is refused', async (_, bytes, reason) => expect(await reasonOf(readGguf(bytesSource(bytes)))).toBe(reason));
});

describe('event files', () => {
    const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]);
    const field = (key: number, wire: number, ...bytes: number[]) => [key * 8 + wire, ...bytes];
    const block = (key: number, inner: number[]) => field(key, 2, ...varint(inner.length), ...inner);
    const float = (value: number) => [...new Uint8Array(Float32Array.of(value).buffer)];
    const double = (value: number) => [...new Uint8Array(Float64Array.of(value).buffer)];
    const record = (event: number[]) => joined(number(8, event.length), new Uint8Array(4), Uint8Array.from(event), new Uint8Array(4));
    const scalar = (tag: string, step: number, value: number[]) => record([...field(1, 1, ...double(5)), ...field(2, 0, ...varint(step)), ...block(5, block(1, [...block(1, [...utf8(tag)]), ...value]))]);

    it('give the numbers of both writers', () => {
        const tensor = [...field(1, 0, 1), ...block(4, float(0.5))];
        const picture = block(4, [...block(4, [1, 2, 3])]);
        const bytes = joined(record(block(3, [...utf8('brain.Event:2')])), scalar('loss', 1, field(2, 5, ...float(2))), scalar('loss', 300, block(8, tensor)), scalar('sample', 1, picture));
        expect(parseEvents(bytes, true)).toEqual({ series: [{ tag: 'loss', steps: [1, 300], values: [2, 0.5], times: [5, 5] }], records: 4, cut: false });
        expect(parseEvents(bytes.subarray(0, bytes.length - 3), true)).toMatchObject({ records: 3, cut: true });
    });
    it('end where they are broken', () => {
        const good = scalar('a', 1, field(2, 5, ...float(1)));
        for (const bad of [record([0x0a, 0xff, 0xff, 0xff, 0x7f]), record([0x13]), joined(number(8, 2n ** 63n), new Uint8Array(30)), record(Array<number>(20).fill(0xff))])
            expect(parseEvents(joined(good, bad, good), true)).toMatchObject({ records: 1, cut: true });
        expect(parseEvents(new Uint8Array(5), true)).toMatchObject({ series: [], cut: true });
    });
    it('are thinned without losing peaks, and smoothed', () => {
        const steps = Array.from({ length: 10_000 }, (_, index) => index);
        const values = steps.map((step) => (step === 4321 ? 99 : 0));
        const thin = thinned({ tag: '', steps, values, times: [] }, 200);
        expect(thin.steps.length).toBeLessThanOrEqual(202);
        expect(thin.values).toContain(99);
        expect(smoothed([1, NaN, 1], 0.9)).toEqual([1, NaN, 1]);
        expect(ticksOf(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
        expect(ticksOf(3, 3, 5)).toEqual([3]);
        expect(ticksOf(NaN, 1, 5)).toEqual([]);
        expect(ticksOf(-1e308, 1e308, 5)).toHaveLength(1);
    });
});

describe('notebooks', () => {
    it('give cells and the safest rich form of outputs', () => {
        const notebook = parseNotebook(JSON.stringify({
            metadata: { language_info: { name: 'python' } },
            cells: [
                { cell_type: 'markdown', source: ['# A\n', 'b'] },
                { cell_type: 'code', execution_count: 3, source: 'x', outputs: [
                    { output_type: 'stream', text: '\u001b[31mred' },
                    { output_type: 'display_data', data: { 'image/png': 'aGk=\n', 'text/plain': 'no' } },
                    { output_type: 'display_data', data: { 'image/png': 'x" onerror="y', 'text/html': '<b>t</b>' } },
                    { output_type: 'error', traceback: ['a', 'b'] },
                    { output_type: 'display_data', data: { 'application/javascript': 'alert(1)' } },
                    'nonsense',
                ] },
            ],
        }));
        expect(notebook.cells[0]).toEqual({ kind: 'markdown', source: '# A\nb', count: undefined, outputs: [] });
        expect(notebook.cells[1]).toMatchObject({ kind: 'code', count: 3, outputs: [
            { kind: 'text', text: 'red' }, { kind: 'image', type: 'image/png', data: 'aGk=' }, { kind: 'markup', text: '<b>t</b>' }, { kind: 'error', text: 'a\nb' },
        ] });
        expect(notebook.cells[1]!.outputs).toHaveLength(4);
    });
    it('of the third format and of nonsense', () => {
        const old = { worksheets: [{ cells: [{ cell_type: 'heading', level: 2, source: 'T' }, { cell_type: 'code', input: 'y', prompt_number: 1, outputs: [{ output_type: 'pyout', text: ['z'] }] }] }] };
        expect(parseNotebook(JSON.stringify(old)).cells).toMatchObject([{ kind: 'markdown', source: '## T' }, { source: 'y', count: 1, outputs: [{ kind: 'text', text: 'z' }] }]);
        for (const wrong of ['', '[]', '3', '{']) expect(() => parseNotebook(wrong)).toThrow(FormatError);
        expect(parseNotebook('{"cells":[1,null,{"source":5,"outputs":{}}],"metadata":[]}').cells).toEqual([{ kind: 'raw', source: '', count: undefined, outputs: [] }]);
    });
});

describe('viewers by name', () => {
    it.each([
        ['README.md', 'markdown'], ['a/b.PARQUET', 'parquet'], ['runs/events.out.tfevents.1700.host.1', 'events'], ['x.tsv', 'csv'], ['Makefile', 'text'],
        ['weights.bin', 'binary'], ['.gitattributes', 'text'], ['model-00001-of-2.safetensors', 'safetensors'], ['q4.gguf', 'gguf'], ['a.svg', 'image'],
    ])('%s', (path, kind) => expect(kindOf(path)).toBe(kind));
});
