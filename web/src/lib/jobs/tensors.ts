// SPDX-License-Identifier: Apache-2.0
// How the weights of two revisions differ, tensor by tensor, as docs/api/README.md "Long work" says it.

export type Change = 'changed' | 'reshaped' | 'added' | 'removed';
/** Of base and of head; null on the side that has no such tensor. */
export type Pair<T> = [T | null, T | null];

export interface TensorChange {
    name: string;
    change: Change;
    dtype: Pair<string>;
    shape: Pair<number[]>;
    /** null: no numbers were compared. */
    elements: number | null;
    differing: number | null;
    maxAbs: number | null;
    meanAbs: number | null;
    norm: number | null;
    relative: number | null;
}
export interface TensorTotals {
    tensors: number;
    same: number;
    changed: number;
    reshaped: number;
    added: number;
    removed: number;
    elements: number;
    differing: number;
    maxAbs: number | null;
    norm: number | null;
    relative: number | null;
    /** All weight files are the same files; nothing was read. */
    identical: boolean;
    /** The least changed of very many are not listed. */
    truncated: boolean;
}
export interface Difference {
    tensors: TensorChange[];
    totals: TensorTotals;
}

/** What a job that is done found; nothing if it is of another kind. */
export function differenceIn(result: Record<string, unknown> | null): Difference | undefined {
    const { tensors, totals } = result ?? {};
    return Array.isArray(tensors) && typeof totals === 'object' && totals !== null ? { tensors: tensors as TensorChange[], totals: totals as TensorTotals } : undefined;
}

const kWeights = /^(model|pytorch_model|tf_model|flax_model)(-\d{5}-of-\d{5})?\.(safetensors|bin|h5|msgpack)(\.index\.json)?$|^[^/]+\.gguf$/;
/** Is this file, at the top of a repository, part of its weights? */
export const isWeights = (path: string): boolean => kWeights.test(path);

/** `F32`, or `F32 → BF16` where the sides are not the same. */
export function pairText<T>(pair: Pair<T>, write: (one: T) => string): string {
    const [base, head] = pair.map((one) => (one === null ? undefined : write(one)));
    if (base === undefined || head === undefined || base === head) return head ?? base ?? '';
    return `${base} → ${head}`;
}
export const shapeText = (shape: number[]): string => `[${shape.join(', ')}]`;

/** Columns by which the table is sorted. */
const kOrders: Record<Change, number> = { changed: 0, reshaped: 1, added: 2, removed: 3 };
export const kColumns = ['name', 'change', 'dtype', 'shape', 'differing', 'maxAbs', 'meanAbs', 'norm', 'relative'] as const;
export type Column = (typeof kColumns)[number];
const natural = new Intl.Collator('en', { numeric: true });

function keyOf(tensor: TensorChange, column: Column): string | number | null {
    switch (column) {
        case 'name':
            return tensor.name;
        case 'change':
            return kOrders[tensor.change] ?? 9;
        case 'dtype':
            return pairText(tensor.dtype, String);
        case 'shape':
            return pairText(tensor.shape, shapeText);
        case 'differing':
            return tensor.differing === null || !tensor.elements ? null : tensor.differing / tensor.elements;
        default:
            return tensor[column];
    }
}

export interface Wanted {
    /** Part of a name. */
    text: string;
    change: Change | '';
    sorted?: { column: number; down: boolean };
}
/** What is to be listed, in its order. What has no number in the column stands last, whichever way. */
export function listed(tensors: readonly TensorChange[], { text, change, sorted }: Wanted): TensorChange[] {
    const sought = text.trim().toLowerCase();
    const found = tensors.filter((tensor) => (!change || tensor.change === change) && tensor.name.toLowerCase().includes(sought));
    const column = sorted && kColumns[sorted.column];
    if (!column) return found;
    const way = sorted.down ? -1 : 1;
    return found.sort((a, b) => {
        const [left, right] = [keyOf(a, column), keyOf(b, column)];
        if (left === null || right === null) return Number(left === null) - Number(right === null);
        return way * (typeof left === 'string' ? natural.compare(left, String(right)) : left - Number(right));
    });
}
