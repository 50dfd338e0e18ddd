// SPDX-License-Identifier: Apache-2.0
// The same cases as src/hub/jobs/weight_files_test.cpp tells them.
import { describe, expect, it } from 'vitest';
import { isConvertible, sourceFor, weightsFor } from './weights';

describe('weights at the top of a repository', () => {
    it('are there as one file or as an index with shards', () => {
        expect(weightsFor(['model.safetensors'], 'safetensors')).toBe('model.safetensors');
        expect(weightsFor(['pytorch_model-00001-of-00002.bin', 'pytorch_model.bin.index.json'], 'pt')).toBe('pytorch_model.bin.index.json');
        expect(weightsFor(['pytorch_model-00001-of-00002.bin'], 'pt')).toBeUndefined();
        expect(weightsFor(['any-name.gguf'], 'gguf')).toBe('any-name.gguf');
    });

    it('are read from the format that loaders prefer, never from the target’s own', () => {
        expect(sourceFor(['pytorch_model.bin', 'model.safetensors'], 'gguf')).toBe('model.safetensors');
        expect(sourceFor(['pytorch_model.bin', 'model.safetensors'], 'safetensors')).toBe('pytorch_model.bin');
        expect(sourceFor(['tf_model.h5'], 'tf')).toBeUndefined();
    });

    it('are read from a GGUF file only where there is one', () => {
        expect(sourceFor(['a.gguf'], 'pt')).toBe('a.gguf');
        expect(sourceFor(['a.gguf', 'b.gguf'], 'pt')).toBeUndefined();
        expect(sourceFor(['a.gguf'], 'gguf')).toBeUndefined();
    });

    it('can be converted or not', () => {
        expect(isConvertible(['README.md', 'flax_model.msgpack'])).toBe(true);
        expect(isConvertible(['README.md', 'adapter_model.bin'])).toBe(false);
        expect(isConvertible([])).toBe(false);
    });
});
