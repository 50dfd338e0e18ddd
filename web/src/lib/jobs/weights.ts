// SPDX-License-Identifier: Apache-2.0
// Which formats the weights at the top of a repository are in, as src/hub/jobs/weight_files.cpp tells them. The hub decides
// in the end; this chooses what is offered.
import type { Target } from '../api/jobs';

interface Layout {
    to: Target;
    single: string;
    index: string;
}
const kLayouts: Layout[] = [
    { to: 'safetensors', single: 'model.safetensors', index: 'model.safetensors.index.json' },
    { to: 'pt', single: 'pytorch_model.bin', index: 'pytorch_model.bin.index.json' },
    { to: 'tf', single: 'tf_model.h5', index: 'tf_model.h5.index.json' },
    { to: 'flax', single: 'flax_model.msgpack', index: 'flax_model.msgpack.index.json' },
];

/** The targets of a conversion, in the order in which they are offered. */
export const targets: { to: Target; label: string; file: string }[] = [
    { to: 'safetensors', label: 'safetensors', file: 'model.safetensors' },
    { to: 'pt', label: 'PyTorch', file: 'pytorch_model.bin' },
    { to: 'tf', label: 'TensorFlow', file: 'tf_model.h5' },
    { to: 'flax', label: 'Flax', file: 'flax_model.msgpack' },
    { to: 'gguf', label: 'GGUF', file: '.gguf' },
];
export const labelOf = (to: string): string => targets.find((target) => target.to === to)?.label ?? to;

const isGguf = (name: string): boolean => name.endsWith('.gguf');

/** The file by which the weights for `to` are recognised; nothing when there are none. */
export function weightsFor(names: readonly string[], to: Target): string | undefined {
    if (to === 'gguf') return names.find(isGguf);
    const layout = kLayouts.find((one) => one.to === to)!;
    return [layout.single, layout.index].find((name) => names.includes(name));
}

/** The file that a conversion to `to` would read; nothing when there is nothing to convert. */
export function sourceFor(names: readonly string[], to: Target): string | undefined {
    for (const layout of kLayouts) {
        const found = layout.to === to ? undefined : weightsFor(names, layout.to);
        if (found) return found;
    }
    const gguf = names.filter(isGguf);
    return to !== 'gguf' && gguf.length === 1 ? gguf[0] : undefined;
}

/** Is there anything among these files that could be converted? */
export const isConvertible = (names: readonly string[]): boolean => targets.some(({ to }) => sourceFor(names, to) !== undefined);
