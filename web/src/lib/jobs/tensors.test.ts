// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { differenceIn, isWeights, listed, pairText, shapeText, type TensorChange } from './tensors';

const tensor = (name: string, facts: Partial<TensorChange> = {}): TensorChange => ({
    name, change: 'changed', dtype: ['F32', 'F32'], shape: [[2], [2]], elements: 10, differing: 1, maxAbs: 1, meanAbs: 1, norm: 1, relative: 1, ...facts,
});
const namesOf = (tensors: TensorChange[]) => tensors.map(({ name }) => name);
const several = [
    tensor('h.10.w', { maxAbs: 0.5, differing: 10 }),
    tensor('h.9.w', { maxAbs: 2, differing: 1 }),
    tensor('new', { change: 'added', dtype: [null, 'BF16'], shape: [null, [4]], elements: null, differing: null, maxAbs: null }),
];

describe('tensors that differ', () => {
    it('are found by a part of their name and by what became of them', () => {
        expect(namesOf(listed(several, { text: 'H.', change: '' }))).toEqual(['h.10.w', 'h.9.w']);
        expect(namesOf(listed(several, { text: '', change: 'added' }))).toEqual(['new']);
        expect(listed(several, { text: 'none', change: '' })).toEqual([]);
    });

    it('are sorted by name as people count, and by number', () => {
        const by = (column: number, down: boolean) => namesOf(listed(several, { text: '', change: '', sorted: { column, down } }));
        expect(by(0, false)).toEqual(['h.9.w', 'h.10.w', 'new']);
        expect(by(5, true)).toEqual(['h.9.w', 'h.10.w', 'new']);
        expect(by(5, false)).toEqual(['h.10.w', 'h.9.w', 'new']);
        expect(by(4, true)).toEqual(['h.10.w', 'h.9.w', 'new']);
    });

    it('are left as they were given', () => {
        const before = [...several];
        listed(several, { text: '', change: '', sorted: { column: 0, down: true } });
        expect(several).toEqual(before);
    });

    it('tell both sides only where they are not the same', () => {
        expect(pairText(['F32', 'F32'], String)).toBe('F32');
        expect(pairText(['F32', 'BF16'], String)).toBe('F32 → BF16');
        expect(pairText([null, [4, 2]], shapeText)).toBe('[4, 2]');
        expect(pairText([[], null], shapeText)).toBe('[]');
    });
});

it('knows weights by their names', () => {
    const weights = ['model.safetensors', 'model-00001-of-00002.safetensors', 'pytorch_model.bin.index.json', 'tf_model.h5', 'flax_model.msgpack', 'q4.gguf'];
    expect(weights.filter(isWeights)).toEqual(weights);
    expect(['config.json', 'sub/model.safetensors', 'sub/q4.gguf', 'model.txt', 'training_args.bin'].filter(isWeights)).toEqual([]);
});

it('takes a result only if it is one', () => {
    expect(differenceIn({ tensors: [], totals: { identical: true } })).toBeDefined();
    expect(differenceIn({ pullRequest: 1 })).toBeUndefined();
    expect(differenceIn(null)).toBeUndefined();
});
