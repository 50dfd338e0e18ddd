// SPDX-License-Identifier: Apache-2.0
// Lines that load a repository with the libraries it is made for, with the address of this hub in them.
import type { RepoInfo } from './api/repos';
import { idOf, repoPath, resolvePath, type RepoId } from './places';

export interface Snippet {
    /** What people choose by; a name, the same in every language. */
    name: string;
    language: 'python' | 'bash' | 'cpp';
    text: string;
}

export interface SnippetInput {
    repo: RepoId;
    info: RepoInfo;
    /** The public URL of the hub. */
    hub: string;
}

/** One word for a POSIX shell. */
export function shellWord(text: string): string {
    return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}
/** A string literal of Python; JSON's is one too but for the characters beyond the first plane, which it writes as they are. */
export const pythonText = (text: string): string => JSON.stringify(text);

/** Names of files that are too odd to be typed are not offered. */
const isPlain = (name: string): boolean => /^[\x21-\x7e]+$/.test(name);
const both = (first: string, second: string): string => [first, second].sort().join(', ');

const needsToken = ({ info }: SnippetInput): boolean => info.private || !!info.gated;
const typeOption = ({ repo }: SnippetInput): string => (repo.type === 'model' ? '' : ` --repo-type ${repo.type}`);
const endpoint = ({ hub }: SnippetInput): string => `export HF_ENDPOINT=${shellWord(hub)}\n`;
/** Both programs have the same words and read the same variable. */
const byProgram = (program: 'hf' | 'mirfa', input: SnippetInput): Snippet => {
    const signIn = needsToken(input) ? `${program} auth login\n` : '';
    return { name: program, language: 'bash', text: `${endpoint(input)}${signIn}${program} download ${shellWord(idOf(input.repo))}${typeOption(input)}` };
};
/** The library reads the variable when it is imported. */
const inPython = ({ hub }: SnippetInput, lines: string): string => `import os\nos.environ["HF_ENDPOINT"] = ${pythonText(hub)}  # before the import below\n\n${lines}`;

function transformers(input: SnippetInput, id: string): Snippet[] {
    const { auto_model: model = 'AutoModel', processor = 'AutoTokenizer' } = input.info.transformersInfo ?? { auto_model: 'AutoModel' };
    const task = input.info.transformersInfo?.pipeline_tag ?? input.info.pipeline_tag;
    const trusted = input.info.config && 'auto_map' in input.info.config ? ', trust_remote_code=True' : '';
    const snippets: Snippet[] = [];
    const call = task === 'text-generation' && input.info.tags.includes('conversational') ? '\npipe([{"role": "user", "content": "Who are you?"}])' : '';
    if (task) snippets.push({ name: 'Transformers: pipeline', language: 'python', text: inPython(input, `from transformers import pipeline\n\npipe = pipeline(${pythonText(task)}, model=${id}${trusted})${call}`) });
    const variable = processor === 'AutoTokenizer' ? 'tokenizer' : 'processor';
    const direct = processor
        ? `from transformers import ${both(model, processor)}\n\n${variable} = ${processor}.from_pretrained(${id}${trusted})\nmodel = ${model}.from_pretrained(${id}${trusted})`
        : `from transformers import ${model}\n\nmodel = ${model}.from_pretrained(${id}${trusted})`;
    snippets.push({ name: 'Transformers', language: 'python', text: inPython(input, direct) });
    return snippets;
}

function peft(input: SnippetInput, id: string): Snippet {
    const base = [input.info.cardData?.base_model].flat().find((one) => typeof one === 'string');
    const task = input.info.transformersInfo?.auto_model ?? 'AutoModelForCausalLM';
    const text =
        typeof base === 'string'
            ? `from peft import PeftModel\nfrom transformers import ${task}\n\nbase = ${task}.from_pretrained(${pythonText(base)})\nmodel = PeftModel.from_pretrained(base, ${id})`
            : `from peft import AutoPeftModel\n\nmodel = AutoPeftModel.from_pretrained(${id})`;
    return { name: 'PEFT', language: 'python', text: inPython(input, text) };
}

function llamaCpp(input: SnippetInput, id: string, files: string[]): Snippet[] {
    const file = files.find((name) => name.endsWith('.gguf') && isPlain(name) && !/mmproj/i.test(name));
    if (!file) return [];
    return [
        { name: 'llama.cpp', language: 'bash', text: `${endpoint(input)}llama-cli -hf ${shellWord(idOf(input.repo))} --hf-file ${shellWord(file)}` },
        { name: 'llama-cpp-python', language: 'python', text: inPython(input, `from llama_cpp import Llama\n\nmodel = Llama.from_pretrained(repo_id=${id}, filename=${pythonText(file)})`) },
    ];
}

function datasetLines(input: SnippetInput, id: string): Snippet[] {
    return [{ name: 'Datasets', language: 'python', text: inPython(input, `from datasets import load_dataset\n\ndataset = load_dataset(${id})`) }];
}

function libraries(input: SnippetInput): Snippet[] {
    const id = pythonText(idOf(input.repo));
    if (input.repo.type === 'dataset') return datasetLines(input, id);
    if (input.repo.type === 'space') return [];
    const files = (input.info.siblings ?? []).map(({ rfilename }) => rfilename);
    const { library_name: library = '', tags } = input.info;
    const has = (name: string): boolean => library === name || tags.includes(name);
    const python = (name: string, lines: string): Snippet => ({ name, language: 'python', text: inPython(input, lines) });
    const found: Snippet[] = [];
    const adapter = has('peft') || files.includes('adapter_config.json');
    if (adapter) found.push(peft(input, id));
    if (has('sentence-transformers'))
        found.push(python('Sentence Transformers', `from sentence_transformers import SentenceTransformer\n\nmodel = SentenceTransformer(${id})\nembeddings = model.encode(["A sentence.", "Another one."])`));
    if (has('diffusers') || files.includes('model_index.json'))
        found.push(python('Diffusers', `from diffusers import DiffusionPipeline\n\npipeline = DiffusionPipeline.from_pretrained(${id})\nimage = pipeline("A harbour at dawn").images[0]`));
    if (!adapter && (library === 'transformers' || (!library && input.info.transformersInfo) || (has('transformers') && !has('diffusers')))) found.push(...transformers(input, id));
    if (has('timm')) found.push(python('timm', `import timm\n\nmodel = timm.create_model(${pythonText(`hf-hub:${idOf(input.repo)}`)}, pretrained=True)`));
    if (has('keras')) found.push(python('Keras', `import keras\n\nmodel = keras.saving.load_model(${pythonText(`hf://${idOf(input.repo)}`)})`));
    found.push(...llamaCpp(input, id, files));
    return found;
}

function downloads(input: SnippetInput): Snippet[] {
    const { repo, hub } = input;
    const id = pythonText(idOf(repo));
    const type = repo.type === 'model' ? '' : `, repo_type=${pythonText(repo.type)}`;
    return [
        byProgram('hf', input),
        byProgram('mirfa', input),
        { name: 'huggingface_hub', language: 'python', text: inPython(input, `from huggingface_hub import snapshot_download\n\nfolder = snapshot_download(${id}${type})`) },
        { name: 'git', language: 'bash', text: `git lfs install\ngit clone ${shellWord(hub + repoPath(repo))}` },
        inCpp(input),
        ...single(input),
    ];
}

/** One file by its address, for programs without a library of the ecosystem. */
function single(input: SnippetInput): Snippet[] {
    const files = (input.info.siblings ?? []).map(({ rfilename }) => rfilename).filter(isPlain);
    const file = files.find((name) => name === 'config.json') ?? files.find((name) => !name.startsWith('.')) ?? files[0];
    if (!file) return [];
    const address = input.hub + resolvePath(input.repo, 'main', file);
    const header = needsToken(input) ? ' -H "Authorization: Bearer $HF_TOKEN"' : '';
    return [{ name: 'curl', language: 'bash', text: `curl -L -O${header} ${shellWord(address)}` }];
}

/** All files by the client library, whose CMake package is installed with the program. */
function inCpp(input: SnippetInput): Snippet {
    const kind = { model: 'kModel', dataset: 'kDataset', space: 'kSpace' }[input.repo.type];
    const lines = [
        '// CMakeLists.txt:', '//   find_package(Mirfa REQUIRED)', '//   add_executable(load load.cpp)', '//   target_link_libraries(load PRIVATE Mirfa::client)', '#include <mirfa/download.h>', '', '#include <iostream>', '',
        'using namespace mirfa::client;', '', 'int main() {', '    auto settings = Settings::from_environment();',
        `    settings.endpoint = ${pythonText(input.hub)};`,
        ...(needsToken(input) ? ['    // The token is that of HF_TOKEN, or of `mirfa auth login`.'] : []),
        '    const auto client = Client::open(settings);', '    if (!client) {', '        std::cerr << client.failure().message << "\\n";', '        return 1;', '    }',
        `    const auto folder = download_snapshot(*client, {RepoType::${kind}, ${pythonText(idOf(input.repo))}});`,
        '    if (!folder) {', '        std::cerr << folder.failure().message << "\\n";', '        return 1;', '    }', '    std::cout << folder->string() << "\\n";', '}',
    ];
    return { name: 'C++', language: 'cpp', text: lines.join('\n') };
}

/** The ways to use a repository, those of its libraries first. */
export const snippetsFor = (input: SnippetInput): Snippet[] => [...libraries(input), ...downloads(input)];
