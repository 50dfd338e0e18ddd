// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { CardDocument } from './document';
import { firstCard, templateOf } from './template';

const repo = { type: 'model' as const, owner: 'acme', name: 'tiny' };
const space = { ...repo, type: 'space' as const };
const headings = (text: string) => text.match(/^## .*/gm) ?? [];

describe('the first card', () => {
    it('of a space says all that a space shows itself by', () => {
        const card = CardDocument.of(firstCard(space, { licence: 'mit', sdk: 'gradio' }));
        expect(card.fault).toBe(undefined);
        expect(card.values).toEqual({ title: 'tiny', emoji: '⚓', colorFrom: 'blue', colorTo: 'green', sdk: 'gradio', app_file: 'app.py', pinned: false, license: 'mit' });
        expect(CardDocument.of(firstCard(space, { sdk: 'static' })).values.app_file).toBe('index.html');
        expect(CardDocument.of(firstCard(space, { sdk: 'docker' })).values).not.toHaveProperty('app_file');
        expect(CardDocument.of(firstCard({ ...space, name: '1.0' }, { sdk: 'static' })).values.title).toBe('1.0');
    });
    it('of anything else has only the licence', () => {
        expect(firstCard(repo, { licence: 'mit' })).toBe('---\nlicense: mit\n---\n\n# tiny\n');
        expect(firstCard(repo, {})).toBe('# tiny\n');
    });
});

describe('the recommended sections', () => {
    it.each(['en', 'ar'] as const)('are each kind\'s own in %s', (language) => {
        const [model, dataset, app] = (['model', 'dataset', 'space'] as const).map((type) => templateOf({ ...repo, type }, language));
        for (const text of [model!, dataset!, app!]) expect(text).toMatch(/^# tiny\n/);
        expect(app).not.toContain('model_id');
        const parts = [model!, dataset!, app!].map(headings);
        expect(parts.every(({ length }) => length >= 5)).toBe(true);
        expect(new Set(parts.map(String)).size).toBe(3);
    });
});
