// SPDX-License-Identifier: Apache-2.0
// Where the hub is published: the path of its public URL, "" or "/hf". The shell writes it on the root element.

const root = typeof document === 'undefined' ? undefined : document.documentElement;

/** Path in front of every address of the hub, without a slash at its end. */
export const base = root?.dataset.base ?? '';

/** An address of the hub, for links and requests. `path` begins with a slash. */
export const at = (path: string): string => base + path;

/** A path of the location bar as the hub knows it. */
export function local(pathname: string): string {
    const path = base && pathname.startsWith(base) ? pathname.slice(base.length) : pathname;
    return path || '/';
}

/** Percent-decoded; what is badly encoded stays as it stands. */
export function decode(text: string): string {
    try {
        return decodeURIComponent(text);
    } catch {
        return text;
    }
}

/** Segments of a path with everything but slashes percent-encoded. */
export const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
