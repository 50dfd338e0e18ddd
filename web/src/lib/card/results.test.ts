// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { addRow, changeRow, isEditable, removeRow, rowsOf } from './results';

const index = [
    {
        name: 'tiny',
        odd: 1,
        results: [
            {
                task: { type: 'text-generation', name: 'T' },
                dataset: { name: 'Wiki Text', type: 'wiki-text', split: 'test' },
                metrics: [
                    { type: 'accuracy', value: 0.5, verified: true },
                    { type: 'f1', value: 0.4 },
                ],
                source: { url: 'https://example.com' },
            },
        ],
    },
];
const row = { task: 'text-generation', dataset: 'Wiki Text', metric: 'accuracy', value: '0.5' };

describe('evaluation results', () => {
    it('are rows', () => {
        expect(rowsOf(index).map(({ at }) => at)).toEqual([[0, 0, 0], [0, 0, 1]]);
        expect(rowsOf(index)[0]!.row).toEqual(row);
        expect(rowsOf(undefined)).toEqual([]);
        expect(rowsOf([{ results: [{ metrics: [{}] }] }])[0]!.row).toEqual({ task: '', dataset: '', metric: '', value: '' });
    });
    it('keep what a row does not show', () => {
        const made = structuredClone(index);
        made[0]!.results[0]!.metrics[0] = { type: 'accuracy', value: 0.75, verified: true };
        expect(changeRow(index, [0, 0, 0], { ...row, value: '0.75' })).toEqual(made);
        expect(changeRow(index, [0, 0, 0], row)).toEqual(index);
    });
    it('give a dataset a type with its name', () => {
        const [entry] = changeRow(index, [0, 0, 0], { ...row, dataset: 'My Data' }) as typeof index;
        expect(entry!.results[0]!.dataset).toEqual({ name: 'My Data', type: 'my-data', split: 'test' });
    });
    it('are added to those measured on the same data', () => {
        const [entry] = addRow(index, 'x', { ...row, metric: 'wer', value: 'low' }) as typeof index;
        expect(entry!.results).toHaveLength(1);
        expect(entry!.results[0]!.metrics[2]).toEqual({ type: 'wer', value: 'low' });
        expect(addRow(undefined, 'tiny', { ...row, dataset: 'a/b' })).toEqual([
            { name: 'tiny', results: [{ task: { type: 'text-generation' }, dataset: { name: 'a/b', type: 'a/b' }, metrics: [{ type: 'accuracy', value: 0.5 }] }] },
        ]);
    });
    it('go without leaving anything empty', () => {
        const one = removeRow(index, [0, 0, 0]);
        expect(rowsOf(one).map(({ row: { metric } }) => metric)).toEqual(['f1']);
        expect(removeRow(one, [0, 0, 0])).toEqual([]);
    });
    it('of another shape are left to the text', () => {
        expect([undefined, [], index].every(isEditable)).toBe(true);
        expect([{}, 'x', [1], [{ results: {} }], [{ results: [{ metrics: {} }] }]].some(isEditable)).toBe(false);
    });
});
