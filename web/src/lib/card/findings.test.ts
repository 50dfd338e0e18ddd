// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { findingOf } from './findings';

it.each([
    ['"license" must be one of [apache-2.0, mit, array]', 'license', 'card_bad_licence'],
    ['"language[1]" with value "pt_pt" is not valid. It must be an ISO 639-1 code.', 'language', 'card_bad_language'],
    ['"base_model" with value "/workspace/run1" is not valid. Use the id of a model, as in owner/name, not a path or a sentence.', 'base_model', 'card_bad_id'],
    ['"pipeline_tag" with value "magic" is not a known task, so filters will not find it.', 'pipeline_tag', 'card_bad_task'],
    ['"base_model_relation" should be one of [adapter, merge]', 'base_model_relation', 'card_bad_choice'],
    ['"tags[0]" must be a string', 'tags', 'card_must_be_text'],
    ['"model-index[0].results" must be an array', 'model-index', 'card_must_be_list'],
    ['"model-index[0].results[0].dataset.type" is required', 'model-index', 'card_is_missing'],
    ['"tags" is given more than once. The last one counts.', 'tags', 'card_is_double'],
    ['"value" must be of type object', '', 'card_must_be_map'],
    ['empty or missing yaml metadata in repo card', '', 'card_no_front_matter'],
    ['Invalid YAML in README.md: oops (2:1)', '', 'card_bad_yaml'],
])('%s', (text, key, message) => expect(findingOf(text, 'error')).toMatchObject({ key, message: { key: message } }));

it('keeps the values that a message names', () => {
    const { message } = findingOf('"base_model[2]" with value "a "b" c" is not valid. Use the id of a model, as in owner/name.', 'error');
    expect(message).toEqual({ key: 'card_bad_id', values: { path: 'base_model[2]', value: 'a "b" c' } });
});

it('shows a sentence of a new form as it is', () =>
    expect(findingOf('"colour" is too loud', 'warning')).toEqual({ key: 'colour', severity: 'warning', message: { text: '"colour" is too loud' } }));
