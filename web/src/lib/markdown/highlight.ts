// SPDX-License-Identifier: Apache-2.0
// Colours for code. The languages of highlight.js' common set; others stay plain.
import highlighter from 'highlight.js/lib/common';
import './highlight.css';

const kLongest = 200_000; // characters; more would hold up the page
const kNames: Record<string, string> = { py: 'python', sh: 'bash', console: 'bash', jsonl: 'json', cc: 'cpp', yml: 'yaml' };

/** HTML of the code with classes for its words; undefined when it stays plain. */
export function highlighted(text: string, language: string): string | undefined {
    const name = kNames[language] ?? language;
    if (text.length > kLongest || !highlighter.getLanguage(name)) return undefined;
    return highlighter.highlight(text, { language: name, ignoreIllegals: true }).value;
}

export function highlightIn(code: HTMLElement): void {
    const html = highlighted(code.textContent ?? '', (code.dataset.language ?? '').toLowerCase());
    if (html !== undefined) code.innerHTML = html;
}

/** Name of the language of a file by its name; "" when there is none. */
export function languageOf(path: string): string {
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    const ending = name.slice(name.lastIndexOf('.') + 1);
    const named = name === 'dockerfile' ? 'dockerfile' : (kNames[ending] ?? ending);
    return highlighter.getLanguage(named) ? named : '';
}
