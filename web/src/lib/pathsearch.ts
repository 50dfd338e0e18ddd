// SPDX-License-Identifier: Apache-2.0

/** How well a path fits what is typed, the least the best; undefined when it does not. Both in small letters. */
export function fitOf(path: string, typed: string): number | undefined {
    const name = path.lastIndexOf('/') + 1;
    const inName = path.indexOf(typed, name);
    if (inName >= 0) return inName === name ? path.length : 10_000 + path.length;
    if (path.includes(typed)) return 20_000 + path.length;
    let at = 0;
    let gaps = 0;
    for (const sign of typed) {
        const found = path.indexOf(sign, at);
        if (found < 0) return undefined;
        gaps += found - at;
        at = found + sign.length;
    }
    return 30_000 + gaps * 10 + path.length;
}

/** The best paths for what is typed. `small` are the same paths in small letters. */
export function searchPaths(paths: string[], small: string[], typed: string, most: number): string[] {
    const wanted = typed.trim().toLowerCase().replace(/\s+/g, '');
    if (!wanted) return paths.slice(0, most);
    const found: { path: string; fit: number }[] = [];
    small.forEach((path, index) => {
        const fit = fitOf(path, wanted);
        if (fit !== undefined) found.push({ path: paths[index]!, fit });
    });
    return found
        .sort((a, b) => a.fit - b.fit)
        .slice(0, most)
        .map(({ path }) => path);
}
