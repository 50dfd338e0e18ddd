# SPDX-License-Identifier: Apache-2.0
"""Weights from one format into another as one writes it in Python, with the formats' own libraries: what `mirfa convert` is
compared with. Runs in the environment `checkpoints` of tools/clients, or in `frameworks` where torch is needed.

Usage: python python_way.py SOURCE TARGET FORMAT
"""

import sys
from pathlib import Path


def turned(name: str, array):
    """A kernel as TensorFlow and Flax keep it."""
    return array.T if array.ndim == 2 and "embeddings" not in name else array


def arrays_of(source: Path):
    from safetensors import safe_open

    with safe_open(source, framework="numpy") as file:
        for name in file.keys():
            yield name, file.get_tensor(name)


def to_tf(source: Path, target: Path) -> None:
    import h5py

    with h5py.File(target, "w") as file:
        for name, array in arrays_of(source):
            file.create_dataset(name.replace(".", "/"), data=turned(name, array))


def to_flax(source: Path, target: Path) -> None:
    """What flax.serialization.to_bytes does."""
    import msgpack

    tree: dict = {}
    for name, array in arrays_of(source):
        *path, leaf = name.split(".")
        node = tree
        for key in path:
            node = node.setdefault(key, {})
        node[leaf] = turned(name, array)

    def packed(array):
        return msgpack.ExtType(1, msgpack.packb((array.shape, array.dtype.name, array.tobytes()), use_bin_type=True))

    target.write_bytes(msgpack.packb(tree, default=packed, strict_types=True))


def to_safetensors(source: Path, target: Path) -> None:
    import torch
    from safetensors.torch import save_file

    save_file(torch.load(source, map_location="cpu", weights_only=True), target, metadata={"format": "pt"})


def to_pt(source: Path, target: Path) -> None:
    import torch
    from safetensors.torch import load_file

    torch.save(load_file(source), target)


if __name__ == "__main__":
    {"tf": to_tf, "flax": to_flax, "safetensors": to_safetensors, "pt": to_pt}[sys.argv[3]](Path(sys.argv[1]), Path(sys.argv[2]))
