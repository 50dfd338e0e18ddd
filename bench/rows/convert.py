# SPDX-License-Identifier: Apache-2.0
"""`mirfa convert` on a model of 2 GiB, against `cp` of the same octets to the medium and against Python with the formats' own
libraries: times of the clock, and the most memory."""

import json
import os
import resource
import shutil
import statistics
import struct
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from harness.bench import SOURCE, Bench
from harness.measure import MemoryWatch
from harness.table import Row

MB = 1e6
HIDDEN, WIDE = 2_048, 8_192
SLOWEST = 1 / 0.7
MOST_MEMORY_MB = 300


def rows(bench: Bench) -> Iterator[Row]:
    folder = bench.new_folder("convert")
    source = bert(folder / "safetensors", layers=max(1, bench.times(10)))
    pickled = folder / "pt"
    convert(bench, source, pickled, "pt")
    for name, given, target in (
        ("bin to safetensors, 2 GiB", pickled, "safetensors"),
        ("safetensors to bin, 2 GiB", source, "pt"),
        ("safetensors to h5, 2 GiB", source, "tf"),
        ("safetensors to msgpack, 2 GiB", source, "flax"),
    ):
        yield from compared(bench, folder, name, given, target)


def compared(bench: Bench, folder: Path, name: str, given: Path, target: str) -> Iterator[Row]:
    """Every way in turn, each into a folder of its own that was not there."""
    weights = next(path for path in given.iterdir() if path.suffix in (".safetensors", ".bin"))
    python = python_for(target if target != "safetensors" else "pt")
    seconds: dict[str, list[float]] = {"ours": [], "cp": [], "python": []}
    processor: dict[str, list[float]] = {"ours": [], "cp": [], "python": []}
    memory: list[float] = []
    for index in range(bench.rounds):
        turns = ["ours", "cp"] + (["python"] if python else [])
        for turn in turns if index % 2 == 0 else reversed(turns):
            made = folder / "made"
            shutil.rmtree(made, ignore_errors=True)
            before = children_seconds()
            if turn == "ours":
                took, most = convert(bench, given, made, target)
                memory.append(most / MB)
            elif turn == "cp":
                took = synced(made, "cp", "--reflink=never", weights, made / "copy")
            else:
                took = synced(made, python, SOURCE / "bench/python_way.py", weights, made / "copy", target)
            seconds[turn].append(took)
            processor[turn].append(children_seconds() - before)
    shutil.rmtree(folder / "made", ignore_errors=True)
    yield Row(name, "s", seconds["ours"], seconds["cp"], "cp and sync", ratio_at_most=SLOWEST, note=spent(processor, "cp"))
    if python:
        yield Row(f"{name}, by Python", "s", seconds["ours"], seconds["python"], "Python and sync", note=spent(processor, "python"))
    yield Row(f"memory, {name}", "MB", memory, at_most=MOST_MEMORY_MB)


def children_seconds() -> float:
    """Processor time of all commands that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def spent(processor: dict[str, list[float]], peer: str) -> str:
    return f"{statistics.median(processor['ours']):.2f} s of CPU, {statistics.median(processor[peer]):.2f} s"


def python_for(target: str) -> Path | None:
    """The Python of tools/clients, where it was installed; that with torch for pickles comes with `./x test --full` only."""
    where = subprocess.run([SOURCE / "tools/clients/install", "--where"], check=True, capture_output=True, text=True).stdout
    python = Path(where.strip()) / ("frameworks" if target == "pt" else "checkpoints") / "bin/python"
    return python if python.exists() else None


def convert(bench: Bench, given: Path, made: Path, target: str) -> tuple[float, int]:
    began = time.monotonic()
    words = [bench.program, "convert", given, made, "--to", target, "--shard-size", "100GB", "--progress-lines"]
    process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    with MemoryWatch(process.pid) as watch:
        told = process.communicate()[1]
    if process.returncode != 0:
        raise RuntimeError(f"mirfa convert failed: {told}")
    return time.monotonic() - began, watch.most


def synced(made: Path, *command) -> float:
    """Octets that are on the medium at its end, as ours are."""
    made.mkdir()
    began = time.monotonic()
    subprocess.run([str(word) for word in command], check=True)
    subprocess.run(["sync", "--data", made / "copy"], check=True)
    return time.monotonic() - began


def bert(folder: Path, layers: int) -> Path:
    """The tensors of a BERT of ten layers, whose octets are any."""
    shapes = {
        "embeddings.word_embeddings.weight": (1_000, HIDDEN),
        "embeddings.position_embeddings.weight": (512, HIDDEN),
        "embeddings.token_type_embeddings.weight": (2, HIDDEN),
        **norm("embeddings.LayerNorm"),
        **dense("pooler.dense", HIDDEN, HIDDEN),
    }
    for layer in range(layers):
        place = f"encoder.layer.{layer}"
        for part in ("attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"):
            shapes |= dense(f"{place}.{part}", HIDDEN, HIDDEN)
        shapes |= dense(f"{place}.intermediate.dense", WIDE, HIDDEN) | dense(f"{place}.output.dense", HIDDEN, WIDE)
        shapes |= norm(f"{place}.attention.output.LayerNorm") | norm(f"{place}.output.LayerNorm")
    folder.mkdir(parents=True)
    config = {"model_type": "bert", "architectures": ["BertModel"], "vocab_size": 1_000, "hidden_size": HIDDEN,
              "num_hidden_layers": layers, "num_attention_heads": 16, "intermediate_size": WIDE,
              "max_position_embeddings": 512, "type_vocab_size": 2}
    (folder / "config.json").write_text(json.dumps(config))
    write_safetensors(folder / "model.safetensors", shapes)
    return folder


def dense(name: str, out: int, into: int) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (out, into), f"{name}.bias": (out,)}


def norm(name: str) -> dict[str, tuple[int, ...]]:
    return {f"{name}.weight": (HIDDEN,), f"{name}.bias": (HIDDEN,)}


def write_safetensors(path: Path, shapes: dict[str, tuple[int, ...]]) -> None:
    head, end = {"__metadata__": {"format": "pt"}}, 0
    for name, shape in shapes.items():
        size = 4
        for axis in shape:
            size *= axis
        head[name] = {"dtype": "F32", "shape": shape, "data_offsets": [end, end + size]}
        end += size
    text = json.dumps(head).encode()
    text += b" " * (-len(text) % 8)
    octets = os.urandom(1 << 20)
    with path.open("wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        while end > 0:
            out.write(octets[:min(end, len(octets))])
            end -= min(end, len(octets))
