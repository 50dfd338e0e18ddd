// SPDX-License-Identifier: Apache-2.0
// CodeMirror in a shadow root: there it puts its styles into adopted style sheets, which the content policy allows.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { markdown } from '@codemirror/lang-markdown';
import { python } from '@codemirror/lang-python';
import { yaml, yamlFrontmatter } from '@codemirror/lang-yaml';
import { bracketMatching, defaultHighlightStyle, HighlightStyle, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState, Transaction, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const theme = EditorView.theme({
    '&': { height: '100%', backgroundColor: 'var(--paper)', color: 'var(--ink)', fontSize: '0.9rem' },
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55', overflow: 'auto' },
    '.cm-content': { caretColor: 'var(--ink)', paddingBlock: '0.6rem' },
    '.cm-cursor': { borderInlineStartColor: 'var(--ink)' },
    '.cm-gutters': { backgroundColor: 'var(--soft)', color: 'var(--quiet)', border: 'none' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in srgb, var(--sea-soft) 45%, transparent)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--sea-soft)' },
    '.cm-panels': { backgroundColor: 'var(--soft)', color: 'var(--ink)' },
    '.cm-textfield': { backgroundColor: 'var(--paper)', color: 'var(--ink)', borderColor: 'var(--strong-line)' },
    '.cm-button': { backgroundImage: 'none', backgroundColor: 'var(--raised)', color: 'var(--ink)', borderColor: 'var(--line)' },
});

const colours = HighlightStyle.define([
    { tag: [tags.heading, tags.strong], fontWeight: '700' },
    { tag: tags.emphasis, fontStyle: 'italic' },
    { tag: [tags.propertyName, tags.definition(tags.propertyName), tags.keyword, tags.link], color: 'var(--link)' },
    { tag: [tags.string, tags.url], color: 'var(--good)' },
    { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
    { tag: [tags.comment, tags.meta, tags.processingInstruction], color: 'var(--quiet)' },
    { tag: tags.invalid, color: 'var(--bad)' },
]);

function languageOf(path: string): Extension {
    const ending = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
    if (ending === 'md' || ending === 'markdown') return yamlFrontmatter({ content: markdown() });
    if (ending === 'json' || ending === 'ipynb') return json();
    if (ending === 'yaml' || ending === 'yml') return yaml();
    return ending === 'py' ? python() : [];
}

export interface Editor {
    /** Puts a text in, as something that can be undone. */
    replace(text: string): void;
    focus(): void;
    destroy(): void;
}

export interface EditorOptions {
    text: string;
    /** Name of the file, for the colours. */
    path: string;
    label: string;
    words: Record<string, string>;
    oninput: (text: string) => void;
}

/** Mounts an editor. The element must have no shadow root yet. */
export function mountEditor(element: HTMLElement, { text, path, label, words, oninput }: EditorOptions): Editor {
    const root = element.attachShadow({ mode: 'open' });
    const isProse = /\.(md|markdown|txt)$/i.test(path);
    // Line ends stay as they are: where they are mixed, those of Windows show as a sign at the end of their lines.
    const eol = /\r\n/.test(text) && !/(^|[^\r])\n/.test(text) ? '\r\n' : '\n';
    const state = EditorState.create({
        doc: text,
        extensions: [
            EditorState.lineSeparator.of(eol),
            EditorState.phrases.of(words),
            EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0', spellcheck: 'false', dir: isProse ? 'auto' : 'ltr' }),
            // Code has its line numbers at its left, also on a page in Arabic.
            isProse ? [EditorView.perLineTextDirection.of(true), EditorView.lineWrapping] : EditorView.theme({ '.cm-scroller': { direction: 'ltr' } }),
            [lineNumbers(), highlightSpecialChars(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine()],
            [highlightSelectionMatches(), search({ top: true })],
            [syntaxHighlighting(colours), syntaxHighlighting(defaultHighlightStyle, { fallback: true })],
            keymap.of([...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab]),
            languageOf(path),
            theme,
            EditorView.updateListener.of((update) => {
                const own = update.transactions.every((one) => one.annotation(Transaction.userEvent) !== 'input.given');
                if (update.docChanged && own) oninput(update.state.sliceDoc());
            }),
        ],
    });
    const view = new EditorView({ state, parent: root, root });
    return {
        replace(given) {
            if (given === view.state.sliceDoc()) return;
            const changes = { from: 0, to: view.state.doc.length, insert: view.state.toText(given) };
            view.dispatch({ changes, annotations: Transaction.userEvent.of('input.given') });
        },
        focus: () => view.focus(),
        destroy: () => view.destroy(),
    };
}
