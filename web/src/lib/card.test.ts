// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { RepoInfo } from './api/repos';
import { baseModelsOf, chartsOf, emissionsOf, licencesOf, resultsOf, widgetsOf } from './card';

const of = (cardData: Record<string, unknown>, more: Partial<RepoInfo> = {}): RepoInfo => ({
    id: 'a/b', author: 'a', private: false, gated: false, disabled: false, likes: 0, downloads: 0, lastModified: '', createdAt: '', tags: [], cardData, ...more,
});
const index = (...results: unknown[]) => of({ 'model-index': [{ name: 'm', results }] });

describe('what a card says', () => {
    it('evaluation results of both forms', () => {
        const card = index({ task: { type: 't' }, dataset: { name: 'MMLU', type: 'cais/mmlu', split: 'test' }, metrics: [{ type: 'accuracy', value: 0.123456789, verified: true }], source: { url: 'https://x.test/a' } });
        card.evalResults = [{ filename: 'a.yaml', data: { dataset: { id: 'a/b', task_id: 'score' }, value: 7 } }, { error: 'x' }];
        expect(resultsOf(card)).toEqual([
            { model: 'm', task: 't', dataset: 'MMLU', datasetId: 'cais/mmlu', part: 'test', metric: 'accuracy', value: '0.123457', number: 0.123456789, verified: true, source: { url: 'https://x.test/a', name: 'x.test' } },
            { dataset: 'a/b', datasetId: 'a/b', metric: 'score', value: '7', number: 7, verified: false, source: undefined },
        ]);
    });
    it('nothing where it is of another shape', () => {
        for (const value of [null, 5, 'x', [1, null], { results: 'x' }, [{ results: [{ metrics: [{ value: null }, 7] }] }]]) expect(resultsOf(of({ 'model-index': value }))).toEqual([]);
        expect(resultsOf(index({ metrics: [{ value: [1] }], source: { url: 'javascript:alert(1)' }, dataset: { type: '../../x' } }))[0]).toMatchObject({ value: '[1]', source: undefined, datasetId: undefined });
        for (const value of [null, 5, ['x', 3], {}]) {
            expect(widgetsOf(of({ widget: value })).every(({ input }) => input.length > 0)).toBe(true);
            expect(emissionsOf(of({ co2_eq_emissions: [value] }))).toBeUndefined();
        }
    });
    it('charts of metrics that several have', () => {
        const metric = (name: string, value: unknown) => ({ dataset: { name }, metrics: [{ type: 'accuracy', value }] });
        expect(chartsOf(resultsOf(index(metric('A', 0.4), metric('B', 0.5))))).toEqual([{ metric: 'accuracy', most: 1, bars: [{ label: 'A', value: '0.4', number: 0.4 }, { label: 'B', value: '0.5', number: 0.5 }] }]);
        expect(chartsOf(resultsOf(index(metric('A', '40%'), metric('B', 50), metric('C', 0.4))))).toMatchObject([{ most: 100, bars: [{ label: 'A' }, { label: 'B' }] }]);
        expect(chartsOf(resultsOf(index(metric('A', 0.4))))).toEqual([]);
        expect(chartsOf(resultsOf(index(metric('A', 250), metric('B', 1000))))[0]!.most).toBe(1000);
    });
    it('base models and how they were used', () => {
        expect(baseModelsOf(of({ base_model: ['a/b', 'a/b', 'c/d'], base_model_relation: 'merge' }))).toEqual({ relation: 'merge', ids: ['a/b', 'c/d'] });
        expect(baseModelsOf(of({ base_model: 'a/b', base_model_relation: 'stolen' }, { tags: ['base_model:a/b', 'base_model:quantized:a/b'] }))).toEqual({ relation: 'quantized', ids: ['a/b'] });
        expect(baseModelsOf(of({}))).toEqual({ relation: undefined, ids: [] });
    });
    it('examples, emissions and licences', () => {
        expect(widgetsOf(of({ widget: [{ text: 'Hi', example_title: 'T', output: { text: 'there' } }, { messages: [{ role: 'user', content: 'Q' }] }, { question: 'Q', context: 'C' }] }))).toEqual([
            { title: 'T', group: undefined, input: [{ name: undefined, text: 'Hi' }], output: 'there', media: undefined },
            { title: undefined, group: undefined, input: [{ name: 'user', text: 'Q' }], output: undefined, media: undefined },
            { title: undefined, group: undefined, input: [{ name: 'question', text: 'Q' }, { name: 'context', text: 'C' }], output: undefined, media: undefined },
        ]);
        expect(emissionsOf(of({ co2_eq_emissions: 12 }))).toEqual({ grams: 12 });
        expect(emissionsOf(of({ co2_eq_emissions: { emissions: 'many', hardware_used: 'A100' } }))).toMatchObject({ grams: undefined, hardware: 'A100' });
        expect(licencesOf(of({ license: 'other', license_name: 'ours', license_link: 'LICENSE.md' }))).toEqual([{ id: 'other', name: 'ours', link: 'LICENSE.md' }]);
        expect(licencesOf(of({ license: ['mit', 'gpl'] }))).toEqual([{ id: 'mit' }, { id: 'gpl' }]);
    });
});
