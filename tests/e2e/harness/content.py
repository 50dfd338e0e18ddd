# SPDX-License-Identifier: Apache-2.0
"""Files to send: random ones that are the same in every run, and comparing of folders."""

import hashlib
import json
import math
import random
from pathlib import Path

MIB = 1 << 20


def random_bytes(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def write_random(path: Path, size: int, seed: int = 1) -> Path:
    """A file of `size` octets that no compressor makes smaller, in pieces so that memory stays small."""
    path.parent.mkdir(parents=True, exist_ok=True)
    source = random.Random(seed)
    with path.open("wb") as out:
        for done in range(0, size, 8 * MIB):
            out.write(source.randbytes(min(8 * MIB, size - done)))
    return path


def write_sparse(path: Path, size: int, marked: int = 4 * MIB) -> Path:
    """A file that takes little of the disk, and yet no two of its `marked` octets are the same as others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        out.truncate(size)
        for offset in range(0, size, marked):
            out.seek(offset)
            out.write(f"octet {offset} of {size}"[: size - offset].encode())
    return path


def write_text(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def tree(folder: Path, *ignored: str) -> dict[str, str]:
    """Path to SHA-256 of every file below, but for `.git`, the client's own `.cache`, `.gitattributes` and `ignored`."""
    skipped = {".git", ".cache", ".gitattributes", *ignored}
    found = {}
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and relative.parts[0] not in skipped:
            found[relative.as_posix()] = sha256(path)
    return found


def safetensors(path: Path, **tensors: tuple[str, tuple[int, ...]]) -> Path:
    """A file of weights: safetensors(path, embed=("BF16", (100, 8)))."""
    sizes = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I8": 1}
    head, end = {}, 0
    for name, (dtype, shape) in tensors.items():
        begin, end = end, end + sizes[dtype] * math.prod(shape)
        head[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [begin, end]}
    text = json.dumps(head).encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(len(text).to_bytes(8, "little") + text + random_bytes(end))
    return path


def small_model(folder: Path, weights: int = 2 * MIB, seed: int = 7) -> Path:
    """A folder that looks like a model: card, configuration, tokenizer in a sub-folder, weights, an empty file."""
    write_text(folder / "README.md", "---\nlicense: mit\ntags:\n- demo\n---\n# A small model\n")
    write_text(folder / "config.json", '{"architectures": ["TinyModel"], "hidden_size": 8}\n')
    write_text(folder / "tokenizer/vocab.txt", "one\ntwo\nthree\n")
    write_text(folder / "tokenizer/größe und عربي.txt", "names need not be ASCII\n")
    write_text(folder / "empty.txt", "")
    write_random(folder / "model.safetensors", weights, seed)
    return folder
