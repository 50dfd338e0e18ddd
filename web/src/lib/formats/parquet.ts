// SPDX-License-Identifier: Apache-2.0
// First rows of a Parquet file. Only the footer and the beginnings of the columns are read; a column whose first page is
// larger than that stays out of sight, the others are shown.
import { parquetMetadataAsync, parquetReadObjects, parquetSchema, snappyUncompress, type AsyncBuffer, type ColumnChunk, type Compressors, type FileMetaData } from 'hyparquet';
import { parquetHeader } from 'hyparquet/src/column.js';
import { decompressBrotli } from 'hyparquet-compressors/src/brotli.js';
import { gunzip } from 'hyparquet-compressors/src/gzip.js';
import { decompressLz4, decompressLz4Raw } from 'hyparquet-compressors/src/lz4.js';
import { decompress as decompressZstd } from 'fzstd';
import { FormatError, type Source } from './source';
import { cellOf, type Table } from './table';

const kMostRows = 200;
const kMostColumns = 200;
const kColumnOctets = 3_000_000; // of a column chunk
const kMostPage = 64_000_000; // octets of a page without its compression

type Inflate = NonNullable<Compressors[keyof Compressors]>;
const bounded =
    (inflate: Inflate): Inflate =>
    (input, length) => {
        if (!(length >= 0 && length <= kMostPage)) throw new FormatError('too_large', 'A page of the file is too large.');
        return inflate(input, length);
    };
const compressors: Compressors = {
    SNAPPY: bounded((input, length) => {
        const output = new Uint8Array(length);
        snappyUncompress(input, output);
        return output;
    }),
    GZIP: bounded((input, length) => gunzip(input, new Uint8Array(length))),
    BROTLI: bounded((input, length) => decompressBrotli(input, length)),
    ZSTD: bounded((input, length) => decompressZstd(input, new Uint8Array(length))),
    LZ4: bounded((input, length) => decompressLz4(input, length)),
    LZ4_RAW: bounded((input, length) => decompressLz4Raw(input, length)),
};

/** Keeps what has been read: the reader asks for overlapping parts. */
function bufferOf(source: Source): AsyncBuffer {
    const parts: { start: number; bytes: Uint8Array }[] = [];
    return {
        byteLength: source.size,
        async slice(start, end = source.size) {
            const known = parts.find((part) => part.start <= start && end <= part.start + part.bytes.length);
            if (known) return known.bytes.slice(start - known.start, end - known.start).buffer as ArrayBuffer;
            const bytes = await source.read(start, end);
            parts.push({ start, bytes });
            return bytes.slice().buffer as ArrayBuffer;
        },
    };
}

/** Octets of the whole pages among the first of a chunk. */
function wholePages(bytes: Uint8Array): number {
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    let end = 0;
    try {
        while (reader.offset < bytes.length) {
            const { compressed_page_size: size } = parquetHeader(reader);
            if (!(size >= 0) || reader.offset + size > bytes.length) break;
            end = reader.offset += size;
        }
    } catch {
        return end; // a head that is cut off
    }
    return end;
}

/** The chunk as if it ended with the last page that may be read. */
async function shortened(file: AsyncBuffer, chunk: ColumnChunk): Promise<ColumnChunk> {
    const meta = chunk.meta_data;
    if (!meta || meta.total_compressed_size <= BigInt(kColumnOctets)) return chunk;
    const dictionary = meta.dictionary_page_offset;
    const start = Number(dictionary && dictionary < meta.data_page_offset ? dictionary : meta.data_page_offset);
    const end = wholePages(new Uint8Array(await file.slice(start, start + kColumnOctets)));
    return { ...chunk, offset_index_offset: undefined, column_index_offset: undefined, meta_data: { ...meta, total_compressed_size: BigInt(end) } };
}

async function columnOf(file: AsyncBuffer, metadata: FileMetaData, name: string, wanted: number): Promise<unknown[]> {
    const groups: FileMetaData['row_groups'] = [];
    let rows = 0;
    for (const group of metadata.row_groups) {
        if (rows >= wanted) break;
        const own = group.columns.map((chunk) => (chunk.meta_data?.path_in_schema[0] === name ? shortened(file, chunk) : chunk));
        groups.push({ ...group, columns: await Promise.all(own) });
        rows += Number(group.num_rows);
    }
    const rowsRead = await parquetReadObjects({ file, metadata: { ...metadata, row_groups: groups }, columns: [name], rowStart: 0, rowEnd: wanted, compressors, utf8: false });
    return rowsRead.map((row) => (row as Record<string, unknown>)[name]);
}

/** Octets as text where they are text. */
function shown(value: unknown, depth = 0): unknown {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString();
    if (value instanceof Uint8Array) return `⟨${value.length} B⟩`;
    if (typeof value === 'bigint') return String(value);
    if (depth > 20) return '…';
    if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as unknown[]).slice(0, 1000).map((one) => shown(one, depth + 1));
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, shown(one, depth + 1)]));
    return value;
}

function typeOf(element: { type?: string; converted_type?: string; logical_type?: { type?: string } }, children: number): string {
    if (element.converted_type === 'LIST' || element.logical_type?.type === 'LIST') return 'list';
    if (children) return element.converted_type === 'MAP' ? 'map' : 'struct';
    return (element.logical_type?.type ?? element.converted_type ?? element.type ?? '').toLowerCase().replace('utf8', 'string').replace('byte_array', 'bytes');
}

export interface ParquetTable extends Table {
    /** Columns whose first page is too large, or which cannot be read. */
    hidden: string[];
    rowGroups: number;
    createdBy?: string;
}

export async function readParquet(source: Source): Promise<ParquetTable> {
    const file = bufferOf(source);
    let metadata: FileMetaData;
    try {
        metadata = await parquetMetadataAsync(file);
    } catch (error) {
        if (error instanceof RangeError || (error instanceof Error && error.constructor === Error)) throw new FormatError('broken', `This is no Parquet file that can be read: ${error.message}`);
        throw error;
    }
    const total = Number(metadata.num_rows);
    const fields = parquetSchema(metadata).children;
    const columns = fields.slice(0, kMostColumns).map(({ element, children }) => ({ name: element.name, type: typeOf(element, children.length) }));
    const hidden: string[] = fields.slice(kMostColumns).map(({ element }) => element.name);
    const wanted = Math.min(kMostRows, total);
    const cells: string[][] = [];
    for (const { name } of columns) {
        try {
            const values = wanted ? await columnOf(file, metadata, name, wanted) : [];
            cells.push(wanted && values.length === 0 ? [] : values.map((value) => (value === null ? '' : cellOf(shown(value)))));
            if (wanted && values.length === 0) hidden.push(name);
        } catch (error) {
            if (error instanceof FormatError && error.reason !== 'too_large') throw error;
            if (error instanceof Error && error.name === 'ApiError') throw error;
            cells.push([]);
            hidden.push(name);
        }
    }
    const seen = columns.map((column, index) => ({ column, cells: cells[index]! })).filter(({ column }) => !hidden.includes(column.name));
    const height = seen.reduce((least, { cells: one }) => Math.min(least, one.length), seen.length ? wanted : 0);
    const rows = Array.from({ length: height }, (_, row) => seen.map(({ cells: one }) => one[row]!));
    return { columns: seen.map(({ column }) => column), rows, cut: total > height, total, faults: 0, hidden, rowGroups: metadata.row_groups.length, createdBy: metadata.created_by };
}
