// SPDX-License-Identifier: Apache-2.0
// Evaluation results of a card (`model-index`) as rows of a table, and back. What a row does not show stays.

export interface ResultRow {
    task: string;
    dataset: string;
    metric: string;
    value: string;
}
type Plain = Record<string, unknown>;
/** Where a row stands: entry, result, metric. */
export type Position = [number, number, number];

const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && !Array.isArray(value);
const listIn = (value: unknown): Plain[] => (Array.isArray(value) ? value.filter(isPlain) : []);
const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const textIn = (value: unknown, ...keys: string[]): string => (isPlain(value) ? (keys.map((key) => textOf(value[key])).find(Boolean) ?? '') : '');

/** Whether a form can show it all; something of another shape is left to the text. */
export function isEditable(index: unknown): boolean {
    if (index === undefined || index === null) return true;
    if (!Array.isArray(index)) return false;
    const results = (entry: unknown) => isPlain(entry) && (entry.results === undefined || (Array.isArray(entry.results) && entry.results.every((result) => isPlain(result) && Array.isArray(result.metrics) && result.metrics.every(isPlain))));
    return index.every(results);
}

export function rowsOf(index: unknown): { at: Position; row: ResultRow }[] {
    return listIn(index).flatMap((entry, e) =>
        listIn(entry.results).flatMap((result, r) =>
            listIn(result.metrics).map((metric, m) => ({
                at: [e, r, m] as Position,
                row: {
                    task: textIn(result.task, 'type'),
                    dataset: textIn(result.dataset, 'name', 'type'),
                    metric: textIn(metric, 'type', 'name'),
                    value: textOf(metric.value),
                },
            })),
        ),
    );
}

/** A number where it is written as one. */
const valueOf = (written: string): string | number => (/^-?\d+(\.\d+)?([eE][-+]?\d+)?$/.test(written.trim()) ? Number(written) : written);
/** `Wiki Text` → `wiki-text`: a type for a dataset that has only a name. */
const typeOfName = (name: string): string => (/^[\w.-]+(\/[\w.-]+)?$/.test(name) ? name : name.trim().toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, ''));

const resultOf = ({ task, dataset, metric, value }: ResultRow): Plain => ({
    task: { type: task },
    dataset: { name: dataset, type: typeOfName(dataset) },
    metrics: [{ type: metric, value: valueOf(value) }],
});

/** With a row added: to the results of the same task and dataset when there are any. */
export function addRow(index: unknown, name: string, row: ResultRow): Plain[] {
    const made = structuredClone(listIn(index));
    if (made.length === 0) made.push({ name, results: [] });
    const entry = made.at(-1)!;
    const results = (Array.isArray(entry.results) ? entry.results : (entry.results = [])) as Plain[];
    const known = results.find((result) => row.task !== '' && textIn(result.task, 'type') === row.task && textIn(result.dataset, 'name', 'type') === row.dataset);
    if (known) (known.metrics as Plain[]).push({ type: row.metric, value: valueOf(row.value) });
    else results.push(resultOf(row));
    return made;
}

/** With a row changed. Task and dataset are those of all metrics that were measured together. */
export function changeRow(index: unknown, [e, r, m]: Position, row: ResultRow): Plain[] {
    const made = structuredClone(listIn(index));
    const result = (made[e]!.results as Plain[])[r]!;
    const metric = (result.metrics as Plain[])[m]!;
    const was = rowsOf(index).find(({ at }) => at.join() === [e, r, m].join())!.row;
    if (row.task !== was.task) result.task = { ...(isPlain(result.task) ? result.task : {}), type: row.task };
    if (row.dataset !== was.dataset) {
        const before = isPlain(result.dataset) ? result.dataset : {};
        const own = before.type === undefined || before.type === typeOfName(was.dataset);
        result.dataset = { ...before, name: row.dataset, type: own ? typeOfName(row.dataset) : before.type };
    }
    if (row.metric !== was.metric) metric.type = row.metric;
    if (row.value !== was.value) metric.value = valueOf(row.value);
    return made;
}

/** Without a row; what has become empty goes too. */
export function removeRow(index: unknown, [e, r, m]: Position): Plain[] {
    const made = structuredClone(listIn(index));
    const results = made[e]!.results as Plain[];
    (results[r]!.metrics as Plain[]).splice(m, 1);
    if ((results[r]!.metrics as Plain[]).length === 0) results.splice(r, 1);
    return made.filter((entry) => !Array.isArray(entry.results) || entry.results.length > 0);
}
