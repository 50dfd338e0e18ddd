#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the small checkpoints of this folder with the formats' own libraries.

Needs, from PyPI: numpy safetensors h5py msgpack gguf. Run it in this folder; what it writes is committed.
"""
import gguf
import h5py
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


def hdf5_files():
    def layer(root, name, weights):
        group = root.create_group(name)
        group.attrs["weight_names"] = [key.encode() for key in weights]
        for key, array in weights.items():
            group.create_dataset(key, data=array)

    def names(texts):
        return [text.encode() for text in texts]

    kernel = np.arange(6, dtype="<f4").reshape(2, 3)
    with h5py.File("keras2.h5", "w") as file:  # lists of texts of variable length, as h5py 3 keeps them
        layer(file, "bert", {"tf_model/bert/dense/kernel:0": kernel, "tf_model/bert/dense/bias:0": kernel[0].astype("<f2")})
        layer(file, "dropout_37", {})
        layer(file, "top_level_model_weights", {"tf_model/scale:0": np.array(2.5, "<f8")})
        file.attrs["layer_names"] = names(["bert", "dropout_37"])
        file.attrs["backend"] = b"tensorflow"
        file.attrs["keras_version"] = "2.15.0"
    with h5py.File("keras2_model.h5", "w", libver=("v110", "v110")) as file:  # a whole model, its lists cut and of equal width
        weights = file.create_group("model_weights")
        layer(weights, "a", {"a/k:0": np.array([1, -1], "<i4")})
        layer(weights, "b", {"b/k:0": np.array([True, False])})
        weights.attrs["layer_names0"] = np.array([b"a"])
        weights.attrs["layer_names1"] = np.array([b"b"])
        weights.attrs["backend"] = b"tensorflow"
        file.attrs["model_config"] = "{}"
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        compact.set_layout(h5py.h5d.COMPACT)
        group = weights["b"].id
        space = h5py.h5s.create_simple((3,))
        small = h5py.h5d.create(group, b"small:0", h5py.h5t.STD_I16LE, space, compact)
        small.write(h5py.h5s.ALL, h5py.h5s.ALL, np.array([5, 6, 7], "<i2"))
        weights["b"].attrs["weight_names"] = np.array([b"b/k:0", b"small:0"])
    with h5py.File("keras2_shard.h5", "w") as file:
        file.create_dataset("bert/dense/kernel:0", data=kernel)
        file.attrs["layer_names"] = names(["bert/dense/kernel:0"])

    def bad(name, fill, listed="a/x"):
        with h5py.File(f"bad_{name}.h5", "w") as file:
            group = file.create_group("a")
            group.attrs["weight_names"] = names([listed.partition("/")[2]])
            file.attrs["layer_names"] = names(["a"])
            fill(group)

    def virtual(group):
        layout = h5py.VirtualLayout((2,), "<f4")
        layout[:] = h5py.VirtualSource("other.h5", "x", (2,))
        group.create_virtual_dataset("x", layout)

    def soft(group):
        group["y"] = kernel
        group["x"] = h5py.SoftLink("/a/y")

    def circle(group):
        group["inside"] = group

    bad("soft_link", soft)
    bad("external_link", lambda group: group.__setitem__("x", h5py.ExternalLink("/etc/passwd", "/")))
    bad("external_data", lambda group: group.create_dataset("x", (2,), "<f4", external=[("/etc/passwd", 0, 8)]))
    bad("virtual", virtual)
    bad("compressed", lambda group: group.create_dataset("x", data=kernel, compression="gzip"))
    bad("chunked", lambda group: group.create_dataset("x", data=kernel, chunks=(1, 3)))
    bad("big_endian", lambda group: group.create_dataset("x", data=kernel.astype(">f4")))
    bad("compound", lambda group: group.create_dataset("x", data=np.array([1j], "<c8")))
    bad("text", lambda group: group.create_dataset("x", data=b"text"))
    bad("unwritten", lambda group: group.create_dataset("x", (2,), "<f4"))
    bad("missing", lambda group: None)
    bad("group", lambda group: group.create_group("x"))
    bad("circle", circle, listed="a/" + "inside/" * 70 + "x")
    with h5py.File("bad_keras3.h5", "w") as file:
        file.create_dataset("layers/dense/vars/0", data=kernel)
    with h5py.File("bad_numbers.h5", "w") as file:
        file.attrs["layer_names"] = [1, 2]


def gguf_files():
    writer = gguf.GGUFWriter("small.gguf", "llama")
    writer.add_uint8("t.u8", 200)
    writer.add_int8("t.i8", -1)
    writer.add_uint16("t.u16", 60000)
    writer.add_int16("t.i16", -2)
    writer.add_uint32("llama.context_length", 4096)
    writer.add_int32("t.i32", -3)
    writer.add_uint64("t.u64", 2**64 - 1)
    writer.add_int64("t.i64", -(2**63))
    writer.add_float32("t.f32", 0.1)
    writer.add_float64("t.f64", 0.1)
    writer.add_bool("t.bool", True)
    writer.add_string("t.text", 'a "quoted" word')
    writer.add_array("t.tokens", ["<s>", "</s>"])
    writer.add_array("t.scores", [0.5, -1.0])
    numbers = np.arange(-32, 32, dtype="<f4").reshape(2, 32) / 3
    writer.add_tensor("f32", np.arange(6, dtype="<f4").reshape(2, 3))
    writer.add_tensor("f16", np.array([1, -2], "<f2"))
    writer.add_tensor("i8", np.array([-1], np.int8))
    q8 = gguf.quants.quantize(numbers, gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("q8", q8, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    safetensors_files()
    flax_files()
    hdf5_files()
    gguf_files()
