// SPDX-License-Identifier: Apache-2.0
// Writes what Vite made as bytes of an object file and as a table that C++ includes (src/pages/embedded.cpp):
//   node embed.ts DIST OUT  →  OUT/assets.S, OUT/assets.inc, OUT/packed/
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

interface Chunk {
    file: string;
    src?: string;
    isEntry?: boolean;
    imports?: string[];
    css?: string[];
}

const types: Record<string, string> = {
    '.js': 'text/javascript; charset=utf-8',
    '.mjs': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8',
    '.json': 'application/json; charset=utf-8',
    '.svg': 'image/svg+xml',
    '.wasm': 'application/wasm',
    '.woff2': 'font/woff2',
};

const [dist, out] = process.argv.slice(2).map((path) => resolve(path)) as [string, string];
const packed = join(out, 'packed');
rmSync(packed, { recursive: true, force: true });
mkdirSync(packed, { recursive: true });

const quoted = (text: string): string => JSON.stringify(text);
const assembly: string[] = ['/* Made by web/embed.ts. */', '    .section .rodata'];
const declared: string[] = [];
const rows: string[] = [];
let count = 0;

/** Names bytes of a file for C++: a view of them. */
function embed(path: string): string {
    const label = `mirfa_web_${(count += 1)}`;
    const sum = createHash('sha256').update(readFileSync(path)).digest('hex');
    assembly.push(`/* ${sum} */`, `    .global ${label}, ${label}_end`, '    .balign 16', `${label}:`, `    .incbin ${quoted(path)}`, `${label}_end:`);
    declared.push(`extern "C" const char ${label}[], ${label}_end[];`);
    return `between(${label}, ${label}_end)`;
}

/** The compressed form where it is worth its place. */
function embedPacked(name: string, plain: Buffer, bytes: Buffer): string {
    if (bytes.length > plain.length * 0.9) return '{}';
    const path = join(packed, name);
    writeFileSync(path, bytes);
    return embed(path);
}

const assets = join(dist, 'assets');
for (const name of readdirSync(assets).sort()) {
    const type = types[extname(name)];
    if (!type) throw new Error(`embed.ts knows no content type for ${name}`);
    const plain = readFileSync(join(assets, name));
    const gzip = embedPacked(`${name}.gz`, plain, gzipSync(plain, { level: 9 }));
    const brotli = embedPacked(
        `${name}.br`,
        plain,
        brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } }),
    );
    rows.push(`    {${quoted(name)}, ${quoted(type)}, ${embed(join(assets, name))}, ${gzip}, ${brotli}},`);
}
assembly.push('    .section .note.GNU-stack,"",@progbits', '');

const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8')) as Record<string, Chunk>;
const entry = Object.values(manifest).find((chunk) => chunk.isEntry)!;

/** The files that a chunk cannot do without, itself first. */
function filesOf(chunk: Chunk, seen = new Set<string>()): Set<string> {
    seen.add(basename(chunk.file));
    for (const sheet of chunk.css ?? []) seen.add(basename(sheet));
    for (const name of chunk.imports ?? []) {
        const next = manifest[name]!;
        if (!seen.has(basename(next.file))) filesOf(next, seen);
    }
    return seen;
}

const first = filesOf(entry);
const preloads: string[] = [];
for (const [source, chunk] of Object.entries(manifest)) {
    const component = /^src\/(?:routes|lib\/i18n)\/(.+)\.(?:svelte|json)$/.exec(source)?.[1];
    if (component) for (const file of filesOf(chunk)) if (!first.has(file)) preloads.push(`    {${quoted(component)}, ${quoted(file)}},`);
}

const words = (language: string) => JSON.parse(readFileSync(`src/lib/i18n/${language}.json`, 'utf8')) as Record<string, unknown>;
const [english, arabic] = [words('en'), words('ar')];
const messages = Object.keys(english)
    .filter((key) => typeof english[key] === 'string' && typeof arabic[key] === 'string')
    .sort()
    .map((key) => `    {${quoted(key)}, ${quoted(english[key] as string)}, ${quoted(arabic[key] as string)}},`);

writeFileSync(join(out, 'assets.S'), assembly.join('\n'));
writeFileSync(
    join(out, 'assets.inc'),
    [
        '// Made by web/embed.ts.',
        ...declared,
        'const Asset kAssets[] = {',
        ...rows,
        '};',
        'constexpr std::string_view kEntryFiles[] = {',
        ...[...first].map((file) => `    ${quoted(file)},`),
        '};',
        'constexpr Preload kPreloads[] = {',
        ...preloads,
        '};',
        'constexpr Message kMessages[] = {',
        ...messages,
        '};',
        '',
    ].join('\n'),
);
