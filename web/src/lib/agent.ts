// SPDX-License-Identifier: Apache-2.0
// What a browser calls itself, in words that people know: `Firefox · Linux`.

const browsers: [string, RegExp][] = [
    ['Edge', /Edg(?:e|A|iOS)?\//],
    ['Opera', /OPR\//],
    ['Samsung Internet', /SamsungBrowser\//],
    ['Firefox', /(?:Firefox|FxiOS)\//],
    ['Chrome', /(?:Chrome|CriOS|Chromium)\//],
    ['Safari', /Version\/[\d.]+.*Safari\//],
];
const systems: [string, RegExp][] = [
    ['Android', /Android/],
    ['iOS', /iPhone|iPad|iPod/],
    ['Windows', /Windows/],
    ['macOS', /Mac OS X|Macintosh/],
    ['ChromeOS', /CrOS/],
    ['Linux', /Linux|X11/],
];

/** Nothing for the name when it is no browser that is known. */
export function readAgent(agent: string): { name: string; phone: boolean } {
    const known = (list: [string, RegExp][]) => list.find(([, shape]) => shape.test(agent))?.[0];
    const name = [known(browsers), known(systems)].filter(Boolean).join(' · ');
    return { name: name || agent.slice(0, 60), phone: /Android|iPhone|iPod|Mobile/.test(agent) };
}
