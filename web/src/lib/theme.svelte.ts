// SPDX-License-Identifier: Apache-2.0
// Light, dark, or as the reader's system: kept in a cookie, so that the server writes it into the page.

export type Theme = 'system' | 'light' | 'dark';

const root = document.documentElement;
let current = $state<Theme>((root.dataset.theme as Theme | undefined) ?? 'system');

export const theme = (): Theme => current;

export function setTheme(wanted: Theme): void {
    current = wanted;
    if (wanted === 'system') delete root.dataset.theme;
    else root.dataset.theme = wanted;
    document.cookie = `mirfa-theme=${wanted}; Path=/; Max-Age=31536000; SameSite=Lax`;
}
