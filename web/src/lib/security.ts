// SPDX-License-Identifier: Apache-2.0
// What the hub's scan found in files that a program may run when it loads them.

export type Safety = 'innocuous' | 'suspicious' | 'dangerous';
export interface PickleImport {
    module: string;
    name: string;
    safety: Safety;
}
/** What the scan noticed beside imports; `kind` may be missing, or a word that these pages do not know. */
export interface Finding {
    level: 'caution' | 'suspicious' | 'dangerous';
    text: string;
    /** Within an archive. */
    member?: string;
    kind?: string;
    name?: string;
    file?: string;
}
/** Of a file; `status` may be a word that these pages do not know. */
export interface SecurityStatus {
    status: string;
    pickleImportScan: { status: string; pickleImports: PickleImport[] } | null;
    /** The worst first. */
    findings?: Finding[];
}

/** Of a whole commit. */
export interface ScanReport {
    scansDone: boolean;
    filesWithIssues: { path: string; level: string }[];
}

/** What is worth telling beside a file; files that are safe, or of a kind that is not scanned, are left alone. */
export type Worry = 'unsafe' | 'suspicious' | 'caution' | 'error' | 'queued';
const kWorries: readonly string[] = ['unsafe', 'suspicious', 'caution', 'error', 'queued'];
export function worryOf(security: SecurityStatus | null | undefined): Worry | undefined {
    const status = security?.status;
    return status !== undefined && kWorries.includes(status) ? (status as Worry) : undefined;
}

const kOrder: Record<string, number> = { dangerous: 0, suspicious: 1, innocuous: 2 };
/** What its pickles ask Python for, the worst first. */
export function importsOf(security: SecurityStatus | null | undefined): PickleImport[] {
    const imports = security?.pickleImportScan?.pickleImports ?? [];
    return [...imports].sort((a, b) => (kOrder[a.safety] ?? 1) - (kOrder[b.safety] ?? 1) || a.module.localeCompare(b.module, 'en') || a.name.localeCompare(b.name, 'en'));
}

/** A class that runs when the repository is loaded with trust_remote_code; `file` may be of another repository. */
export interface RemoteCode {
    name: string;
    file: string;
    /** The file of this repository, if it is one. */
    path?: string;
}
/** Each once. Files are named from the folder of the configuration that names them. */
export function remoteCodeIn(entries: { path: string; securityFileStatus?: SecurityStatus }[]): RemoteCode[] {
    const found = new Map<string, RemoteCode>();
    for (const { path, securityFileStatus } of entries)
        for (const { kind, name, file } of securityFileStatus?.findings ?? []) {
            if (kind !== 'remote_code' || !name || !file) continue;
            const isHere = !file.includes('/');
            found.set(`${name} ${file}`, { name, file, ...(isHere && { path: path.slice(0, path.lastIndexOf('/') + 1) + file }) });
        }
    return [...found.values()];
}

/** Those that nobody should load. */
export const unsafeFiles = (entries: { path: string; securityFileStatus?: SecurityStatus }[]): string[] =>
    entries.filter(({ securityFileStatus }) => securityFileStatus?.status === 'unsafe').map(({ path }) => path);
export const unsafeIn = ({ filesWithIssues }: ScanReport): string[] => filesWithIssues.filter(({ level }) => level === 'unsafe').map(({ path }) => path);
