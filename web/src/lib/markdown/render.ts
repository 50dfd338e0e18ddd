// SPDX-License-Identifier: Apache-2.0
// Markdown of people to HTML that cannot act: marked makes it, DOMPurify keeps what is on a list, and what would ask
// another host for anything becomes a link. Styles and classes of the text are dropped: the page's own are enough, and
// the content policy would refuse them.
import DOMPurify from 'dompurify';
import { Marked, type MarkedExtension, type TokenizerAndRendererExtension } from 'marked';
import { at, decode, encodePath } from '../base';
import { isDrawing } from '../drawings';
import { mentionAt, nextMark, numberAt } from '../mentions';
import { discussionPage, repoPage, type RepoId } from '../places';

export interface Heading {
    id: string;
    text: string;
    level: number;
}
export interface Rendered {
    html: string;
    headings: Heading[];
}

/** Where relative links of the text lead. */
export interface Ground {
    repo?: RepoId;
    revision?: string;
    /** Folder of the file the text is in. */
    folder?: string;
    /** Text of a discussion: `@name` and `#12` are links, a line's end is one. */
    talk?: boolean;
}

const kTags = [
    ...['a', 'abbr', 'b', 'bdi', 'bdo', 'blockquote', 'br', 'caption', 'cite', 'code', 'col', 'colgroup', 'dd', 'del', 'details', 'dfn'],
    ...['div', 'dl', 'dt', 'em', 'figcaption', 'figure', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'hr', 'i', 'img', 'input', 'ins', 'kbd'],
    ...['li', 'mark', 'ol', 'p', 'picture', 'pre', 'q', 's', 'samp', 'small', 'source', 'span', 'strong', 'sub', 'summary', 'sup'],
    ...['table', 'tbody', 'td', 'tfoot', 'th', 'thead', 'time', 'tr', 'u', 'ul', 'var', 'video', 'audio', 'wbr', 'center', 'tt'],
];
const kAttributes = [
    ...['href', 'src', 'alt', 'title', 'width', 'height', 'align', 'colspan', 'rowspan', 'start', 'open', 'dir', 'lang', 'datetime'],
    ...['type', 'checked', 'disabled', 'controls', 'poster', 'data-math', 'data-display', 'data-language'],
];
const kLongest = 2_000_000; // characters; more is shown as plain text
const kOurIds = 'section-';

/** `$$…$$`, `$…$`, `\(…\)` and `\[…\]` become marks that the page turns into formulas once the library is there. */
const maths: TokenizerAndRendererExtension = {
    name: 'maths',
    level: 'inline',
    start: (text) => text.search(/\$|\\[([]/),
    tokenizer(text) {
        const found = /^\$\$([^$]{1,4000}?)\$\$|^\\\[([^]{1,4000}?)\\\]|^\\\(([^]{1,4000}?)\\\)|^\$(?![\s\d])([^$\n]{1,1000}?)(?<!\s)\$(?!\d)/.exec(text);
        if (!found) return undefined;
        const [raw, shown, bracketed, inline, dollars] = found;
        return { type: 'maths', raw, text: (shown ?? bracketed ?? inline ?? dollars)!, display: shown !== undefined || bracketed !== undefined };
    },
    renderer: (token) =>
        `<code data-math="${escapeHtml(token.text as string)}" data-display="${token.display ? 1 : 0}">${escapeHtml(token.raw)}</code>`,
};

const escapeHtml = (text: string): string =>
    text.replace(/[&<>"']/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign]!);

/** `@name`, and `#12` as a discussion of the repository. */
const marks = (repo?: RepoId): TokenizerAndRendererExtension => ({
    name: 'mark',
    level: 'inline',
    start: nextMark,
    tokenizer(text) {
        if (this.lexer.state.inLink) return undefined;
        const name = mentionAt(text);
        if (name !== undefined) return { type: 'mark', raw: `@${name}`, path: `/${name}` };
        const number = repo && numberAt(text);
        return number ? { type: 'mark', raw: `#${number}`, path: discussionPage(repo, number) } : undefined;
    },
    // Relative addresses of talk begin at the hub's root, as those written by hand do.
    renderer: (token) => `<a href="${escapeHtml(token.path as string)}"><bdi>${escapeHtml(token.raw)}</bdi></a>`,
});

const code: MarkedExtension = {
    renderer: {
        code: ({ text, lang }) => `<pre><code data-language="${escapeHtml(lang?.split(/\s/)[0] ?? '')}">${escapeHtml(text)}</code></pre>`,
    },
};
const marked = new Marked({ gfm: true, async: false, extensions: [maths] }, code);
const markedTalk = (repo?: RepoId): Marked => new Marked({ gfm: true, breaks: true, async: false, extensions: [maths, marks(repo)] }, code);

/** Letters and digits of any script, with hyphens: the anchors that the hosted hub gives to headings. */
export function slugOf(text: string): string {
    return text
        .toLowerCase()
        .trim()
        .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
        .replace(/\s+/g, '-');
}

/** Resolves `a/../b` from a folder; undefined when it climbs out of the repository. */
export function pathFrom(folder: string, relative: string): string | undefined {
    const parts = relative.startsWith('/') ? [] : folder.split('/').filter(Boolean);
    for (const part of relative.split('/')) {
        if (part === '' || part === '.') continue;
        if (part !== '..') parts.push(part);
        else if (parts.pop() === undefined) return undefined;
    }
    return parts.join('/');
}

const isAbsolute = (address: string): boolean => /^[a-z][a-z0-9+.-]*:|^\/\//i.test(address);

/** The address on this hub that a link of the text means, or undefined when it is to be dropped. */
function addressOf(written: string, use: 'link' | 'media', ground: Ground): string | undefined {
    const address = written.trim();
    if (address.startsWith('#')) return `#${kOurIds}${slugOf(decode(address.slice(1)))}`;
    if (isAbsolute(address)) return /^(https?|mailto):/i.test(address) && !(use === 'media' && /^mailto:/i.test(address)) ? address : undefined;
    if (!ground.repo) return address.startsWith('/') && !address.startsWith('//') ? at(address) : undefined;
    if (address.startsWith('/')) return at(address);
    const [, path = '', tail = ''] = /^([^?#]*)(.*)$/.exec(address)!;
    const whole = pathFrom(ground.folder ?? '', decode(path));
    if (whole === undefined) return undefined;
    const page = repoPage(ground.repo, use === 'media' ? 'resolve' : 'blob', ground.revision ?? 'main');
    return at(`${page}/${encodePath(whole)}`) + tail;
}

/** Pictures and films of other hosts are links: this page asks no other host for anything. */
function linkInstead(element: Element, address: string): void {
    const link = document.createElement('a');
    link.href = address;
    link.textContent = element.getAttribute('alt') || address;
    element.replaceWith(link);
}

function groundMedia(root: ParentNode, ground: Ground): void {
    for (const element of root.querySelectorAll('img, video, audio, source')) {
        const source = element.getAttribute('src');
        element.removeAttribute('poster');
        const address = source === null ? undefined : addressOf(source, 'media', ground);
        if (address === undefined) element.tagName === 'VIDEO' || element.tagName === 'AUDIO' || element.tagName === 'PICTURE' ? element.removeAttribute('src') : element.remove();
        else if (isAbsolute(address) && new URL(address, location.href).origin !== location.origin) {
            if (element.tagName === 'SOURCE') element.remove();
            else linkInstead(element, address);
        } else if (element.tagName === 'IMG' && isDrawing(address)) {
            element.removeAttribute('src');
            element.setAttribute('data-drawing', address); // the page fetches it: drawings.ts
        } else {
            element.setAttribute('src', address);
            if (element.tagName === 'IMG') element.setAttribute('loading', 'lazy');
        }
    }
}

function groundLinks(root: ParentNode, ground: Ground): void {
    for (const link of root.querySelectorAll('a')) {
        const address = addressOf(link.getAttribute('href') ?? '', 'link', ground);
        if (address === undefined) link.removeAttribute('href');
        else link.setAttribute('href', address);
        if (address !== undefined && isAbsolute(address)) link.setAttribute('rel', 'nofollow noopener ugc');
    }
}

function nameHeadings(root: ParentNode): Heading[] {
    const headings: Heading[] = [];
    const seen = new Map<string, number>();
    for (const heading of root.querySelectorAll('h1, h2, h3, h4, h5, h6')) {
        const text = heading.textContent?.trim() ?? '';
        const slug = slugOf(text);
        const times = seen.get(slug) ?? 0;
        seen.set(slug, times + 1);
        const id = kOurIds + slug + (times ? `-${times}` : '');
        heading.id = id;
        heading.setAttribute('dir', 'auto');
        headings.push({ id, text, level: Number(heading.tagName[1]) });
    }
    return headings;
}

/** The direction of the first letter that has one, as `dir="auto"` finds it. */
export function directionOf(text: string): 'ltr' | 'rtl' {
    const letter = /\p{L}/u.exec(text)?.[0];
    return letter && /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u.test(letter) ? 'rtl' : 'ltr';
}

/** What people write has its own direction, block by block. */
function turnBlocks(root: ParentNode): void {
    // What holds blocks with a direction of their own cannot be left to `auto`, which does not look into those.
    for (const holder of root.querySelectorAll('ul, ol, dl, blockquote, table, details'))
        if (!holder.hasAttribute('dir')) holder.setAttribute('dir', directionOf(holder.textContent ?? ''));
    for (const block of root.querySelectorAll('p, li, td, th, dt, dd, summary, figcaption'))
        if (!block.hasAttribute('dir')) block.setAttribute('dir', 'auto');
    for (const code of root.querySelectorAll('pre')) {
        code.setAttribute('dir', 'ltr');
        code.setAttribute('tabindex', '0');
    }
    for (const box of root.querySelectorAll('input')) {
        if (box.getAttribute('type') !== 'checkbox') box.remove();
        else box.setAttribute('disabled', '');
    }
    for (const table of root.querySelectorAll('table')) {
        const frame = document.createElement('div');
        frame.className = 'scroll';
        table.replaceWith(frame);
        frame.append(table);
    }
}

/** Renders Markdown, which may hold HTML. The result is safe to put into the page. What cannot be rendered (too long, or
 * nested so deeply that the parser gives up) is shown as it was written. */
export function renderMarkdown(text: string, ground: Ground = {}): Rendered {
    try {
        if (text.length <= kLongest) return rendered(text, ground);
    } catch (error) {
        console.warn('Shown as plain text:', error);
    }
    return { html: `<pre tabindex="0">${escapeHtml(text)}</pre>`, headings: [] };
}

function rendered(text: string, ground: Ground): Rendered {
    const made = (ground.talk ? markedTalk(ground.repo) : marked).parse(text) as string;
    const root = DOMPurify.sanitize(made, {
        ALLOWED_TAGS: kTags,
        ALLOWED_ATTR: kAttributes,
        ALLOW_DATA_ATTR: false,
        ALLOW_ARIA_ATTR: false,
        RETURN_DOM_FRAGMENT: true,
    });
    groundMedia(root, ground);
    groundLinks(root, ground);
    const headings = nameHeadings(root);
    turnBlocks(root);
    const holder = document.createElement('div');
    holder.append(root);
    return { html: holder.innerHTML, headings };
}
