// SPDX-License-Identifier: Apache-2.0
// Which viewer shows a file, by its name.

export type Kind =
    | 'markdown' | 'notebook' | 'csv' | 'jsonl' | 'parquet' | 'safetensors' | 'gguf' | 'events'
    | 'image' | 'audio' | 'video' | 'pdf'
    /** Text if its bytes are text. */
    | 'text'
    /** Known not to be text. */
    | 'binary';

const kEndings: Record<string, Kind> = {};
const add = (kind: Kind, endings: string) => endings.split(' ').forEach((ending) => (kEndings[ending] = kind));
add('markdown', 'md markdown mdx');
add('notebook', 'ipynb');
add('csv', 'csv tsv');
add('jsonl', 'jsonl ndjson');
add('parquet', 'parquet');
add('safetensors', 'safetensors');
add('gguf', 'gguf');
add('image', 'png jpg jpeg gif webp avif bmp ico svg');
add('audio', 'wav mp3 flac ogg oga opus m4a aac');
add('video', 'mp4 webm mov ogv m4v');
add('pdf', 'pdf');
add('binary', 'bin pt pth ckpt h5 hdf5 msgpack onnx npy npz pkl pickle joblib zip gz tgz xz zst bz2 tar 7z rar arrow feather tflite pb mlmodel model ot woff woff2 ttf exe so dll dylib whl');

export function kindOf(path: string): Kind {
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    if (/(^|\.)tfevents\./.test(name)) return 'events';
    const dot = name.lastIndexOf('.');
    return dot < 0 ? 'text' : (kEndings[name.slice(dot + 1)] ?? 'text');
}
