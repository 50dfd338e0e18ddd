// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { importsOf, unsafeFiles, unsafeIn, worryOf, type PickleImport } from './security';

const found = (status: string, ...pickleImports: PickleImport[]) => ({ status, pickleImportScan: { status, pickleImports } });

describe('what a scan found', () => {
    it('is told of files that are not known to be safe, and of no others', () => {
        const statuses = ['safe', 'unscanned', 'suspicious', 'unsafe', 'error', 'queued', 'a later word'];
        expect(statuses.filter((status) => worryOf(found(status)))).toEqual(['suspicious', 'unsafe', 'error', 'queued']);
        expect(worryOf(undefined)).toBeUndefined();
        expect(worryOf(null)).toBeUndefined();
    });

    it('begins with the worst', () => {
        const imports = importsOf(
            found('unsafe', { module: 'torch', name: 'FloatStorage', safety: 'innocuous' }, { module: 'os', name: 'system', safety: 'dangerous' }, { module: 'acme', name: 'Layer', safety: 'suspicious' }),
        );
        expect(imports.map(({ module }) => module)).toEqual(['os', 'acme', 'torch']);
        expect(importsOf({ status: 'suspicious', pickleImportScan: null })).toEqual([]);
    });

    it('names the unsafe files of a repository', () => {
        const files = [{ path: 'a.bin', securityFileStatus: found('suspicious') }, { path: 'b.pkl', securityFileStatus: found('unsafe') }, { path: 'c' }];
        expect(unsafeFiles(files)).toEqual(['b.pkl']);
        expect(unsafeIn({ scansDone: true, filesWithIssues: [{ path: 'a.bin', level: 'suspicious' }, { path: 'sub/b.pkl', level: 'unsafe' }] })).toEqual(['sub/b.pkl']);
    });
});
