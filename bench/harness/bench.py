# SPDX-License-Identifier: Apache-2.0
"""What every row is given: sizes, rounds, a folder, and servers to start in it."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .measure import Sample
from .servers import BarePut, GitBackend, Mirfa, Nginx

SOURCE = Path(__file__).resolve().parents[2]
GB = 1e9


@dataclass
class Bench:
    folder: Path
    rounds: int
    quick: bool
    program: Path = Path(os.environ.get("MIRFA_PROGRAM", SOURCE / "build/release/mirfa")).resolve()
    tools: Path = SOURCE / "build/release/bench"
    count: int = field(default=0)

    def size(self, octets: int) -> int:
        """The size of a file; small when only the measuring itself is tried."""
        return octets // 32 if self.quick else octets

    def times(self, number: int) -> int:
        """A number of things to make."""
        return max(1, number // 20) if self.quick else number

    def new_folder(self, name: str) -> Path:
        self.count += 1
        return self.folder / f"{self.count:03}-{name}"

    def mirfa(self) -> Mirfa:
        return Mirfa(self.new_folder("mirfa"), self.program)

    def nginx(self) -> Nginx:
        return Nginx(self.new_folder("nginx"))

    def git_backend(self) -> GitBackend:
        return GitBackend(self.new_folder("git-backend"))

    def bare_put(self) -> BarePut:
        return BarePut(self.new_folder("bare-put"), self.tools / "bench_bare_put")

    def interleaved(self, ours: Callable[[int], Sample], peer: Callable[[int], Sample]) -> list[tuple[Sample, Sample]]:
        """One round after the other, each of both; who begins changes, so that none always finds the caches warm."""
        pairs = []
        for index in range(self.rounds):
            if index % 2 == 0:
                one = ours(index)
                pairs.append((one, peer(index)))
            else:
                other = peer(index)
                pairs.append((ours(index), other))
        return pairs

    def tool(self, name: str, *words) -> str:
        done = subprocess.run([str(self.tools / name), *map(str, words)], capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(f"{name} failed:\n{done.stderr}")
        return done.stdout

    def say(self, text: str) -> None:
        print(f"  {text}", file=sys.stderr, flush=True)


def random_file(path: Path, size: int) -> Path:
    """Octets that do not compress, as weights mostly are."""
    with path.open("wb") as out:
        while size > 0:
            piece = min(size, 16 << 20)
            out.write(os.urandom(piece))
            size -= piece
    return path


def change_start(path: Path) -> None:
    """Makes it another file, for the next round."""
    with path.open("r+b") as file:
        file.write(os.urandom(64))
