// SPDX-License-Identifier: Apache-2.0
import type { ChangedFile, CommitDetails } from '../api/history';
import { parseDiff, type FileDiff, type ParsedDiff } from './unified';

/** What is shown of a file that differs. */
export interface ShownFile extends FileDiff {
    /** Its text was too much to be sent along. */
    omitted?: boolean;
}

function shownFile(facts: ChangedFile, parts: FileDiff[]): ShownFile {
    const first = parts[0];
    return {
        path: facts.path,
        oldPath: facts.oldPath ?? facts.path,
        status: facts.status,
        oldMode: first?.oldMode,
        newMode: parts.at(-1)?.newMode,
        binary: facts.binary,
        hunks: parts.flatMap(({ hunks }) => hunks),
        added: facts.additions ?? 0,
        removed: facts.deletions ?? 0,
        large: facts.lfs,
        omitted: parts.length === 0 && !facts.binary,
    };
}

/** The files of a commit as the hub lists them, each with its lines out of the text. */
export function filesOf(commit: CommitDetails): ShownFile[] {
    const parts = new Map<string, FileDiff[]>();
    for (const file of parseDiff(commit.diff ?? '').files) parts.set(file.path, [...(parts.get(file.path) ?? []), file]);
    return commit.files.map((facts) => shownFile(facts, parts.get(facts.path) ?? []));
}

/** Lines of all files: a long difference is folded. */
export const linesOf = (files: ParsedDiff['files']): number =>
    files.reduce((sum, file) => sum + file.hunks.reduce((lines, hunk) => lines + hunk.lines.length, 0), 0);

export type Layout = 'inline' | 'split';
const kLayout = 'mirfa-diff';

export function chosenLayout(): Layout {
    return localStorage.getItem(kLayout) === 'split' ? 'split' : 'inline';
}
export const chooseLayout = (layout: Layout): void => localStorage.setItem(kLayout, layout);
