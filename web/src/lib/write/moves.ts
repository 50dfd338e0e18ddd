// SPDX-License-Identifier: Apache-2.0
// Files and folders under another name, without their octets passing through the browser.
import type { Line } from '../api/commits';

/** Files of one folder that are moved in one commit. The hub looks each up while others wait to commit. */
export const kMostMoved = 1_000;

/** The lines that move `from`, a file or the folder that all of `files` lie in. What is not named stays: somebody may have added it meanwhile. */
export function movesOf(from: string, to: string, files: string[], revision: string): Line[] {
    const gone = files.map((path): Line => ({ key: 'deletedFile', value: { path } }));
    const moved = files.map((path): Line => ({ key: 'copyFile', value: { path: to + path.slice(from.length), srcPath: path, srcRevision: revision } }));
    return [...gone, ...moved];
}
