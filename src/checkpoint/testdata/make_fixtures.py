#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the small checkpoints of this folder with the formats' own libraries.

Needs, from PyPI: numpy safetensors h5py msgpack gguf. Run it in this folder; what it writes is committed.
"""
import numpy as np
from safetensors import TensorSpec, serialize_file
from safetensors.numpy import save_file


def safetensors_files():
    arrays = {
        "w": ("float32", np.arange(6, dtype="<f4").reshape(2, 3)),
        "b": ("int64", np.array([1, 2], "<i8")),
        "h": ("bfloat16", np.array([0x3F80], "<u2")),
    }
    def spec(dtype, array):
        return TensorSpec(dtype=dtype, shape=list(array.shape), data_ptr=array.ctypes.data, data_len=array.nbytes)

    vector = {name: spec(dtype, a) for name, (dtype, a) in arrays.items()}
    serialize_file(vector, "vector.safetensors", metadata={"format": "pt"})
    save_file(
        {
            "bool": np.array([True, False, True]),
            "c64": np.array([1 - 2j], np.complex64),
            "empty": np.zeros((0, 4), np.float16),
            "f16": np.array([[1], [-2]], np.float16),
            "scalar": np.array(-2, np.int32),
            "u8": np.array([[0, 1], [127, 255]], np.uint8),
        },
        "small.safetensors",
        metadata={"format": "pt"},
    )


if __name__ == "__main__":
    safetensors_files()
