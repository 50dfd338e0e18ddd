// SPDX-License-Identifier: Apache-2.0
import katex from 'katex';

/** Replaces the mark of a formula by MathML; a formula that is wrong stays as it was written. */
export function showFormula(mark: HTMLElement): void {
    const frame = document.createElement(mark.dataset.display === '1' ? 'div' : 'span');
    frame.dir = 'ltr';
    try {
        // MathML alone: KaTeX's HTML needs style attributes, which the content policy refuses.
        katex.render(mark.dataset.math ?? '', frame, {
            output: 'mathml',
            displayMode: mark.dataset.display === '1',
            maxExpand: 200,
            maxSize: 20,
            strict: 'ignore',
            trust: false,
        });
        mark.replaceWith(frame);
    } catch {
        mark.removeAttribute('data-math');
    }
}
