// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { isConvertible, labelOf } from './weights';

it('can be converted when the hub names a file that would be read', () => {
    expect(isConvertible([{ to: 'pt', there: 'pytorch_model.bin' }, { to: 'tf', source: 'pytorch_model.bin' }])).toBe(true);
    expect(isConvertible([{ to: 'pt' }, { to: 'gguf', there: 'q8.gguf' }])).toBe(false);
    expect(isConvertible([])).toBe(false);
});

it('calls a target as people know it, and one that it does not know by its word', () => {
    expect(labelOf('pt')).toBe('PyTorch');
    expect(labelOf('onnx')).toBe('onnx');
});
