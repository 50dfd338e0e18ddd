// SPDX-License-Identifier: Apache-2.0
// Files that were dropped or chosen, whole folders among them, with the paths they have below the place they came from.

export interface Picked {
    path: string;
    file: File;
}

const kLeftOut = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

/** What systems put into folders by themselves, and git's own folder. */
export const isLeftOut = (path: string): boolean => path.split('/').some((part, index, parts) => part === '.git' || (index === parts.length - 1 && kLeftOut.has(part)));

const fileOf = (entry: FileSystemFileEntry): Promise<File> => new Promise((resolve, reject) => entry.file(resolve, reject));

/** All entries of a folder: the interface gives them in portions until it gives none. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
    const reader = folder.createReader();
    const all: FileSystemEntry[] = [];
    for (;;) {
        const portion = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
        if (portion.length === 0) return all;
        all.push(...portion);
    }
}

/** Walks what was dropped, folders in depth, in the order of names. */
export async function walk(entries: FileSystemEntry[], found: (count: number) => void = () => {}): Promise<Picked[]> {
    const picked: Picked[] = [];
    const visit = async (entry: FileSystemEntry, path: string): Promise<void> => {
        if (isLeftOut(path)) return;
        if (entry.isFile) {
            picked.push({ path, file: await fileOf(entry as FileSystemFileEntry) });
            found(picked.length);
        } else {
            const inside = await entriesOf(entry as FileSystemDirectoryEntry);
            inside.sort((one, other) => (one.name < other.name ? -1 : 1));
            for (const next of inside) await visit(next, `${path}/${next.name}`);
        }
    };
    for (const entry of entries) await visit(entry, entry.name);
    return picked;
}

/** The entries of a drop. To be called before the event is over: afterwards the browser gives none. */
export function entriesOfDrop(transfer: DataTransfer): { entries: FileSystemEntry[]; files: File[] } {
    const entries: FileSystemEntry[] = [];
    for (const item of transfer.items) {
        const entry = item.kind === 'file' ? item.webkitGetAsEntry() : null;
        if (entry) entries.push(entry);
    }
    return { entries, files: entries.length ? [] : [...transfer.files] };
}

/** Files of an input; those of a folder say where they were in it. */
export const picksOf = (files: Iterable<File>): Picked[] =>
    [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file })).filter(({ path }) => !isLeftOut(path));
