#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the small checkpoints of this folder with the formats' own libraries.

Needs, from PyPI: numpy safetensors h5py msgpack gguf. Run it in this folder; what it writes is committed.
"""
import msgpack
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


def flax_files():
    def array(a, name=None, code=1):
        payload = msgpack.packb((a.shape, name or a.dtype.name, a.tobytes()), use_bin_type=True)
        return msgpack.ExtType(code, payload)

    def chunked(a, run):
        flat = a.reshape(-1)
        chunks = [array(flat[i : i + run]) for i in range(0, flat.size, run)]
        as_map = lambda items: {str(i): item for i, item in enumerate(items)}
        return {"__msgpack_chunked_array__": True, "shape": as_map(a.shape), "chunks": as_map(chunks)}

    def write(name, tree):
        with open(name, "wb") as file:
            file.write(msgpack.packb(tree, strict_types=True))

    write("vector.msgpack", {"params": {"k": array(np.arange(6, dtype="<f4").reshape(2, 3))}})
    write(
        "small.msgpack",
        {
            "params": {
                "layer": {"0": {"kernel": array(np.array([[1, 2], [3, 4]], "<i2"))}, "1": {"b.ias": array(np.array([-1], np.int8))}},
                "half": array(np.array([0x3F80], "<u2"), "bfloat16"),
                "flags": array(np.array([True, False])),
                "scalar": array(np.array(1.5, "<f8"), code=3),
                "empty": array(np.zeros((3, 0), np.uint8)),
                "big": chunked(np.arange(10, dtype="<u4").reshape(2, 5), 4),
            },
            "step": 300,
            "none": None,
            "rate": 0.5,
            "note": "text",
            "complex": msgpack.ExtType(2, msgpack.packb((1.0, -2.0))),
            "rows": [array(np.array([7], np.uint8)), {"x": array(np.array([8], np.uint8))}],
        },
    )


if __name__ == "__main__":
    safetensors_files()
    flax_files()
