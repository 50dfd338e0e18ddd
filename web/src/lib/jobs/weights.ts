// SPDX-License-Identifier: Apache-2.0
// The formats that weights can be converted to. What is there and could be read, the hub tells (loadOffers).
import type { Offer, Target } from '../api/jobs';

/** The targets of a conversion, in the order in which they are offered. */
export const targets: { to: Target; label: string }[] = [
    { to: 'safetensors', label: 'safetensors' },
    { to: 'pt', label: 'PyTorch' },
    { to: 'tf', label: 'TensorFlow' },
    { to: 'flax', label: 'Flax' },
    { to: 'gguf', label: 'GGUF' },
];
export const labelOf = (to: string): string => targets.find((target) => target.to === to)?.label ?? to;

/** Is there anything that could be converted? */
export const isConvertible = (offers: readonly Offer[]): boolean => offers.some(({ source }) => source !== undefined);
