// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { importsOf, remoteCodeIn, unsafeFiles, unsafeIn, worryOf, type PickleImport } from './security';

const found = (status: string, ...pickleImports: PickleImport[]) => ({ status, pickleImportScan: { status, pickleImports } });

describe('what a scan found', () => {
    it('is told of files that are not known to be safe, and of no others', () => {
        const statuses = ['safe', 'unscanned', 'suspicious', 'caution', 'unsafe', 'error', 'queued', 'a later word'];
        expect(statuses.filter((status) => worryOf(found(status)))).toEqual(['suspicious', 'caution', 'unsafe', 'error', 'queued']);
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

    it('names the code that runs with trust_remote_code, each class once', () => {
        const code = (...pairs: [string, string][]) => ({
            status: 'caution',
            pickleImportScan: null,
            findings: pairs.map(([name, file]) => ({ level: 'caution' as const, text: '', kind: 'remote_code', name, file })),
        });
        const layer = { level: 'caution' as const, text: '', kind: 'keras_code', name: 'acme.A' };
        expect(
            remoteCodeIn([
                { path: 'config.json', securityFileStatus: code(['X', 'modeling_x.py'], ['Y', 'acme/code/y.py']) },
                { path: 'tokenizer_config.json', securityFileStatus: code(['X', 'modeling_x.py']) },
                { path: 'm.keras', securityFileStatus: { status: 'caution', pickleImportScan: null, findings: [layer] } },
                { path: 'README.md' },
            ]),
        ).toEqual([
            { name: 'X', file: 'modeling_x.py', path: 'modeling_x.py' },
            { name: 'Y', file: 'acme/code/y.py' },
        ]);
    });

    it('names the unsafe files of a repository', () => {
        const files = [{ path: 'a.bin', securityFileStatus: found('suspicious') }, { path: 'b.pkl', securityFileStatus: found('unsafe') }, { path: 'c' }];
        expect(unsafeFiles(files)).toEqual(['b.pkl']);
        expect(unsafeIn({ scansDone: true, filesWithIssues: [{ path: 'a.bin', level: 'suspicious' }, { path: 'sub/b.pkl', level: 'unsafe' }] })).toEqual(['sub/b.pkl']);
    });
});
