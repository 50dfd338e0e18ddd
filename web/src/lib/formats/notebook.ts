// SPDX-License-Identifier: Apache-2.0
// Cells of a Jupyter notebook and the one form of each output that a page can show safely.
import { FormatError } from './source';
import { withoutEscapes } from './text';

export type Output =
    | { kind: 'text' | 'error'; text: string }
    | { kind: 'markup'; text: string }
    | { kind: 'image'; type: string; data: string };
export interface Cell {
    kind: 'markdown' | 'code' | 'raw';
    source: string;
    /** Number of the run. */
    count?: number;
    outputs: Output[];
}
export interface Notebook {
    language: string;
    cells: Cell[];
    cut: boolean;
}

type Loose = Record<string, unknown>;
const kMostCells = 1000;
const kMostOutputs = 100;
const kLongestText = 100_000;
const kPictures = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

const isObject = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value);
const listIn = (value: unknown): Loose[] => (Array.isArray(value) ? value.filter(isObject) : []);

/** Notebooks write text as one string or as a list of lines. */
function textOf(value: unknown): string {
    const text = Array.isArray(value) ? value.filter((line) => typeof line === 'string').join('') : typeof value === 'string' ? value : '';
    return text.length > kLongestText ? text.slice(0, kLongestText) + '…' : text;
}

function pictureOf(type: string, value: unknown): Output | undefined {
    const data = (Array.isArray(value) ? value.join('') : typeof value === 'string' ? value : '').replace(/\s/g, '');
    return /^[A-Za-z0-9+/]+=*$/.test(data) ? { kind: 'image', type, data } : undefined;
}

function richest(data: Loose): Output | undefined {
    for (const type of kPictures) {
        const picture = type in data ? pictureOf(type, data[type]) : undefined;
        if (picture) return picture;
    }
    if ('text/html' in data) return { kind: 'markup', text: textOf(data['text/html']).replace(/\n\s*\n/g, '\n') };
    for (const type of ['text/markdown', 'text/latex']) if (type in data) return { kind: 'markup', text: textOf(data[type]) };
    const text = textOf(data['text/plain']);
    return text ? { kind: 'text', text: withoutEscapes(text) } : undefined;
}

function outputOf(output: Loose): Output | undefined {
    const type = output.output_type;
    if (type === 'stream') return { kind: 'text', text: withoutEscapes(textOf(output.text)) };
    if (type === 'error' || type === 'pyerr') {
        const trace = Array.isArray(output.traceback) ? output.traceback.filter((line) => typeof line === 'string').join('\n') : '';
        return { kind: 'error', text: withoutEscapes(trace || `${String(output.ename)}: ${String(output.evalue)}`).slice(0, kLongestText) };
    }
    if (isObject(output.data)) return richest(output.data);
    // Notebooks of the third format name the forms beside each other.
    const old: Loose = {};
    for (const [short, long] of [['png', 'image/png'], ['jpeg', 'image/jpeg'], ['html', 'text/html'], ['text', 'text/plain']] as const) if (short in output) old[long] = output[short];
    return richest(old);
}

function cellOf(cell: Loose): Cell {
    const type = cell.cell_type;
    const count = cell.execution_count ?? cell.prompt_number;
    const heading = type === 'heading' ? '#'.repeat(Math.min(6, Math.max(1, Number(cell.level) || 1))) + ' ' : '';
    return {
        kind: type === 'code' ? 'code' : type === 'markdown' || type === 'heading' ? 'markdown' : 'raw',
        source: heading + textOf(cell.source ?? cell.input),
        count: typeof count === 'number' ? count : undefined,
        outputs: listIn(cell.outputs).slice(0, kMostOutputs).map(outputOf).filter((output) => output !== undefined),
    };
}

export function parseNotebook(text: string): Notebook {
    let whole: unknown;
    try {
        whole = JSON.parse(text);
    } catch {
        throw new FormatError('broken', 'The notebook is not JSON.');
    }
    if (!isObject(whole)) throw new FormatError('broken', 'The notebook is not an object.');
    const cells = Array.isArray(whole.cells) ? listIn(whole.cells) : listIn(whole.worksheets).flatMap((sheet) => listIn(sheet.cells));
    const metadata = isObject(whole.metadata) ? whole.metadata : {};
    const info = isObject(metadata.language_info) ? metadata.language_info : isObject(metadata.kernelspec) ? metadata.kernelspec : {};
    const language = typeof info.name === 'string' ? info.name : 'python';
    return { language: language.startsWith('python') ? 'python' : language, cells: cells.slice(0, kMostCells).map(cellOf), cut: cells.length > kMostCells };
}
