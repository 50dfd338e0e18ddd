// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { RepoInfo } from './api/repos';
import { pythonText, shellWord, snippetsFor } from './snippets';

const repo = { type: 'model' as const, owner: 'acme', name: 'tiny' };
const hub = 'http://hub.test:8080';
const info = (more: Partial<RepoInfo> = {}): RepoInfo => ({
    id: 'acme/tiny', author: 'acme', private: false, gated: false, disabled: false, likes: 0, downloads: 0, lastModified: '', createdAt: '', tags: [], ...more,
});
const made = (more: Partial<RepoInfo>, type: 'model' | 'dataset' | 'space' = 'model') => new Map(snippetsFor({ repo: { ...repo, type }, info: info(more), hub }).map(({ name, text }) => [name, text]));
const files = (...names: string[]) => ({ siblings: names.map((rfilename) => ({ rfilename })) });

describe('snippets', () => {
    it('quote for their language', () => {
        expect(shellWord("it's")).toBe(`'it'\\''s'`);
        expect(shellWord('')).toBe("''");
        expect(shellWord('a/b-1.0')).toBe('a/b-1.0');
        expect(pythonText('a"b\\\n')).toBe('"a\\"b\\\\\\n"');
    });
    it('name this hub wherever a library would go elsewhere', () => {
        const all = snippetsFor({ repo, hub, info: info({ library_name: 'transformers', tags: ['timm', 'keras', 'diffusers', 'sentence-transformers', 'peft'], ...files('a.gguf', 'config.json') }) });
        expect(all.length).toBeGreaterThan(10);
        for (const { text } of all) expect(text).toContain(hub);
    });
    it('use the classes that the hub found for transformers', () => {
        const snippets = made({ library_name: 'transformers', transformersInfo: { auto_model: 'AutoModelForCausalLM', pipeline_tag: 'text-generation', processor: 'AutoTokenizer' } });
        expect(snippets.get('Transformers')).toContain(
            'from transformers import AutoModelForCausalLM, AutoTokenizer\n\ntokenizer = AutoTokenizer.from_pretrained("acme/tiny")\nmodel = AutoModelForCausalLM.from_pretrained("acme/tiny")',
        );
        expect(snippets.get('Transformers: pipeline')).toContain('pipe = pipeline("text-generation", model="acme/tiny")');
        expect(made({ library_name: 'transformers' }).get('Transformers')).toContain('AutoModel, AutoTokenizer');
        expect(made({ library_name: 'transformers' }).has('Transformers: pipeline')).toBe(false);
        const vision = made({ transformersInfo: { auto_model: 'AutoModelForImageClassification', processor: 'AutoImageProcessor' } }).get('Transformers');
        expect(vision).toContain('from transformers import AutoImageProcessor, AutoModelForImageClassification\n\nprocessor = ');
        expect(made({ library_name: 'transformers', config: { auto_map: {} } }).get('Transformers')).toContain('trust_remote_code=True');
    });
    it('follow libraries and files', () => {
        expect([...made({ library_name: 'diffusers' }).keys()][0]).toBe('Diffusers');
        expect([...made({ library_name: 'sentence-transformers', tags: ['transformers'] }).keys()].slice(0, 2)).toEqual(['Sentence Transformers', 'Transformers']);
        const adapter = made({ ...files('adapter_config.json'), cardData: { base_model: 'acme/base' }, library_name: 'transformers' });
        expect(adapter.get('PEFT')).toContain('PeftModel.from_pretrained(base, "acme/tiny")');
        expect(adapter.has('Transformers')).toBe(false);
        const gguf = made(files('mmproj.gguf', 'a b.gguf', 'q4.gguf'));
        expect(gguf.get('llama.cpp')).toBe(`export HF_ENDPOINT=${hub}\nllama-cli -hf acme/tiny --hf-file q4.gguf`);
        expect(made(files('a b.gguf')).has('llama.cpp')).toBe(false);
    });
    it('know datasets, spaces and closed repositories', () => {
        const dataset = made({ private: true }, 'dataset');
        expect(dataset.get('Datasets')).toContain('load_dataset("acme/tiny")');
        expect(dataset.get('hf')).toBe(`export HF_ENDPOINT=${hub}\nhf auth login\nhf download acme/tiny --repo-type dataset`);
        expect(dataset.get('mirfa')).toBe(`export HF_ENDPOINT=${hub}\nmirfa auth login\nmirfa download acme/tiny --repo-type dataset`);
        expect(made({}).get('mirfa')).toBe(`export HF_ENDPOINT=${hub}\nmirfa download acme/tiny`);
        expect(dataset.get('git')).toBe(`git lfs install\ngit clone ${hub}/datasets/acme/tiny`);
        expect([...made({}, 'space').keys()]).toEqual(['hf', 'mirfa', 'huggingface_hub', 'git', 'C++']);
        const closed = made({ gated: 'manual', ...files('.gitattributes', 'config.json') });
        expect(closed.get('curl')).toBe(`curl -L -O -H "Authorization: Bearer $HF_TOKEN" ${hub}/acme/tiny/resolve/main/config.json`);
        expect(closed.get('C++')).toContain('HF_TOKEN');
        expect(dataset.get('C++')).toContain('download_snapshot(*client, {RepoType::kDataset, "acme/tiny"})');
    });
    it('bring a whole model into a C++ program by the client library', () => {
        expect(made({}).get('C++')).toBe(`// CMakeLists.txt:
//   find_package(Mirfa REQUIRED)
//   add_executable(load load.cpp)
//   target_link_libraries(load PRIVATE Mirfa::client)
#include <mirfa/download.h>

#include <iostream>

using namespace mirfa::client;

int main() {
    auto settings = Settings::from_environment();
    settings.endpoint = "http://hub.test:8080";
    const auto client = Client::open(settings);
    if (!client) {
        std::cerr << client.failure().message << "\\n";
        return 1;
    }
    const auto folder = download_snapshot(*client, {RepoType::kModel, "acme/tiny"});
    if (!folder) {
        std::cerr << folder.failure().message << "\\n";
        return 1;
    }
    std::cout << folder->string() << "\\n";
}`);
    });
});
