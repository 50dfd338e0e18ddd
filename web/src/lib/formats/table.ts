// SPDX-License-Identifier: Apache-2.0
// First rows of files of rows, as text in columns.

export interface Table {
    columns: { name: string; type?: string }[];
    rows: string[][];
    /** The file has more rows than these. */
    cut: boolean;
    /** Rows of the whole file, where it says so. */
    total?: number;
    /** Lines that could not be read, counted. */
    faults: number;
}

export interface Bounds {
    rows: number;
    columns: number;
    /** Characters of one cell. */
    cell: number;
}
export const kBounds: Bounds = { rows: 1000, columns: 500, cell: 20_000 };

/** The sign that separates the columns of the first line. */
export function separatorOf(text: string): string {
    const counts = new Map([[',', 0], ['\t', 0], [';', 0], ['|', 0]]);
    let quoted = false;
    for (const sign of text.slice(0, 10_000)) {
        if (sign === '"') quoted = !quoted;
        if (!quoted && sign === '\n') break;
        if (!quoted && counts.has(sign)) counts.set(sign, counts.get(sign)! + 1);
    }
    return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

/** Rows of RFC 4180, whose quotes people also leave open: such a cell ends with the text. */
export function csvRows(text: string, separator: string, complete: boolean, bounds: Bounds): { rows: string[][]; cut: boolean } {
    const rows: string[][] = [];
    let row: string[] = [];
    let at = text.startsWith('\ufeff') ? 1 : 0;
    const push = (cell: string) => void (row.length < bounds.columns && row.push(cell.length > bounds.cell ? cell.slice(0, bounds.cell) + '…' : cell));
    const plain = new RegExp(`[${separator === '|' ? '\\|' : separator}\\n]`, 'g');
    while (at < text.length) {
        if (rows.length > bounds.rows) return { rows: rows.slice(0, bounds.rows), cut: true };
        let ended: boolean;
        if (text[at] === '"') {
            let cell = '';
            for (;;) {
                const close = text.indexOf('"', at + 1);
                if (close < 0) {
                    if (!complete) return { rows, cut: true };
                    cell += text.slice(at + 1);
                    at = text.length;
                    break;
                }
                cell += text.slice(at + 1, close);
                at = close + 1;
                if (text[at] !== '"') break;
                cell += '"';
            }
            plain.lastIndex = at;
            const end = plain.exec(text)?.index ?? text.length;
            push(cell + text.slice(at, end).replace(/\r$/, ''));
            at = end;
        } else {
            plain.lastIndex = at;
            const end = plain.exec(text)?.index ?? text.length;
            push(text.slice(at, end).replace(/\r$/, ''));
            at = end;
        }
        ended = at >= text.length || text[at] === '\n';
        if (at >= text.length && !complete) return { rows, cut: true };
        if (text[at] === separator && at + 1 === text.length) push('');
        at += 1;
        if (ended || at >= text.length) {
            if (row.length > 1 || row[0] !== '') rows.push(row);
            row = [];
        }
    }
    return { rows: rows.slice(0, bounds.rows + 1), cut: !complete };
}

/** The first line names the columns. `complete` false says that the text is only the beginning of the file. */
export function csvTable(text: string, complete: boolean, separator = separatorOf(text), bounds = kBounds): Table {
    const { rows, cut } = csvRows(text, separator, complete, { ...bounds, rows: bounds.rows + 1 });
    const [head = [], ...body] = rows;
    const width = Math.min(bounds.columns, body.reduce((most, row) => Math.max(most, row.length), head.length));
    const columns = Array.from({ length: width }, (_, index) => ({ name: head[index] ?? '' }));
    return { columns, rows: body.slice(0, bounds.rows), cut: cut || body.length > bounds.rows, faults: 0 };
}

/** A value as it is shown in a cell. */
export function cellOf(value: unknown, most = kBounds.cell): string {
    const text =
        value === undefined ? '' : typeof value === 'string' ? value : typeof value === 'bigint' ? String(value) : (JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ?? '');
    return text.length > most ? text.slice(0, most) + '…' : text;
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One JSON value a line; the keys of objects are the columns, other values stand in a column of their own. */
export function jsonlTable(text: string, complete: boolean, bounds = kBounds): Table {
    const names = new Map<string, number>();
    const values: (Record<string, unknown> | undefined)[] = [];
    let [at, faults, cut] = [text.startsWith('\ufeff') ? 1 : 0, 0, !complete];
    while (at < text.length) {
        const end = text.indexOf('\n', at);
        if (end < 0 && !complete) break;
        const line = text.slice(at, end < 0 ? text.length : end).trim();
        at = end < 0 ? text.length : end + 1;
        if (line === '') continue;
        if (values.length >= bounds.rows) {
            cut = true;
            break;
        }
        try {
            const value: unknown = JSON.parse(line);
            const row = isObject(value) ? value : { value };
            for (const name of Object.keys(row)) if (!names.has(name) && names.size < bounds.columns) names.set(name, names.size);
            values.push(row);
        } catch {
            faults += 1;
            values.push(undefined);
        }
    }
    const columns = [...names.keys()].map((name) => ({ name }));
    const rows = values.filter((row) => row !== undefined).map((row) => columns.map(({ name }) => (Object.hasOwn(row, name) ? cellOf(row[name], bounds.cell) : '')));
    return { columns, rows, cut, faults };
}
