// SPDX-License-Identifier: Apache-2.0
// What the hub says of a card, by the key that it is about and in the reader's language. The sentences have fixed forms
// (src/card/validate.cpp): the quoted path first, then what must be. One of a form unknown here is shown as it is.
import type { CardReport } from '../api/commits';
import type { Key } from '../i18n/index.svelte';

export interface Finding {
    /** Top-level key; "" for the whole. */
    key: string;
    severity: 'error' | 'warning';
    /** A message of i18n with its values, or the hub's own sentence. */
    message: { key: Key; values: Record<string, string> } | { text: string };
}

const kForms: [RegExp, Key][] = [
    [/^"(?<path>language\S*)" with value "(?<value>.*)" is not valid\./s, 'card_bad_language'],
    [/^"(?<path>[^"]+)" with value "(?<value>.*)" is not valid\. Use the id of a/s, 'card_bad_id'],
    [/^"(?<path>pipeline_tag)" with value "(?<value>.*)" is not a known task/s, 'card_bad_task'],
    [/^"(?<path>license\S*)" must be one of \[/, 'card_bad_licence'],
    [/^"(?<path>[^"]+)" (?:must|should) be one of \[(?<list>.*)\]/s, 'card_bad_choice'],
    [/^"(?<path>[^"]+)" must be a string/, 'card_must_be_text'],
    [/^"(?<path>[^"]+)" (?:must|should) be an? (?:array|list of strings)/, 'card_must_be_list'],
    [/^"(?<path>[^"]+)" must be of type object/, 'card_must_be_map'],
    [/^"(?<path>[^"]+)" is (?:required|missing)/, 'card_is_missing'],
    [/^"(?<path>[^"]+)" is given more than once/, 'card_is_double'],
    [/^empty or missing yaml metadata/, 'card_no_front_matter'],
    [/^Invalid YAML in README\.md: (?<why>.*)/s, 'card_bad_yaml'],
];

export function findingOf(text: string, severity: Finding['severity']): Finding {
    for (const [form, key] of kForms) {
        const groups = form.exec(text)?.groups ?? (form.test(text) ? {} : undefined);
        if (!groups) continue;
        const path = groups.path ?? '';
        return { key: path.replace(/[.[].*$/s, '').replace(/^value$/, ''), severity, message: { key, values: { ...groups } as Record<string, string> } };
    }
    const quoted = /^"([^".[]+)/.exec(text)?.[1] ?? '';
    return { key: quoted, severity, message: { text } };
}

export const findingsOf = (report: CardReport): Finding[] => [
    ...report.errors.map(({ message }) => findingOf(message, 'error')),
    ...report.warnings.map(({ message }) => findingOf(message, 'warning')),
];
