# SPDX-License-Identifier: Apache-2.0
"""Our client beside the pinned `hf` with `hf_xet`, both against our hub: wall-clock of whole commands. And a lookup of what is
cached already, beside the same by the Python library."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from harness.bench import Bench, random_file
from harness.servers import Mirfa
from harness.table import Row

from .xet import install_client

LOOKUPS = 50
SNAPSHOT = """
import statistics, sys, time
from huggingface_hub import snapshot_download
took = []
for _ in range(int(sys.argv[3])):
    began = time.perf_counter()
    snapshot_download(sys.argv[1], revision=sys.argv[2])
    took.append(time.perf_counter() - began)
print(statistics.median(took))
"""


def rows(bench: Bench) -> Iterator[Row]:
    hf = install_client()
    yield from transfers(bench, hf)
    yield from lookups(bench, hf)


class Machine:
    """A home of its own for each command, so that no cache helps."""

    def __init__(self, bench: Bench, mirfa: Mirfa):
        self.bench, self.mirfa = bench, mirfa

    def seconds(self, *words, home: Path) -> float:
        began = time.monotonic()
        self.output(*words, home=home)
        return time.monotonic() - began

    def output(self, *words, home: Path) -> str:
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(home), "HF_HOME": str(home / "hf"), "HF_ENDPOINT": self.mirfa.url,
                       "HF_TOKEN": self.mirfa.token, "HF_HUB_DISABLE_PROGRESS_BARS": "1", "HF_HUB_DISABLE_UPDATE_CHECK": "1",
                       "no_proxy": "127.0.0.1"}
        done = subprocess.run([str(word) for word in words], env=environment, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise RuntimeError(f"{words[0]} failed:\n{done.stderr}")
        return done.stdout.strip()


def transfers(bench: Bench, hf: Path) -> Iterator[Row]:
    """Contents that nobody has sent before go up; what went up comes down into an empty home. Each in turn."""
    size = bench.size(2 << 30)
    up: dict[str, list[float]] = {"ours": [], "peer": []}
    down: dict[str, list[float]] = {"ours": [], "peer": []}
    programs = {"ours": bench.program, "peer": hf / "bin/hf"}
    for index in range(bench.rounds):
        with bench.mirfa() as mirfa:
            machine = Machine(bench, mirfa)
            file = random_file(mirfa.folder / "model.bin", size)
            for turn in ("ours", "peer") if index % 2 == 0 else ("peer", "ours"):
                repo = mirfa.new_repository(turn)
                home = mirfa.folder / f"up-{turn}"
                # Another content, chunk for chunk: what the first has sent would help the second.
                file.unlink()
                random_file(file, size)
                up[turn].append(machine.seconds(programs[turn], "upload", repo, file, "model.bin", home=home))
                shutil.rmtree(home, ignore_errors=True)
            file.unlink()
            for turn in ("ours", "peer") if index % 2 == 0 else ("peer", "ours"):
                home = mirfa.folder / f"down-{turn}"
                down[turn].append(machine.seconds(programs[turn], "download", f"{Mirfa.USER}/ours", home=home))
                shutil.rmtree(home, ignore_errors=True)
    yield Row("mirfa upload, 2 GiB", "s", up["ours"], up["peer"], "hf upload", ratio_at_most=1)
    yield Row("mirfa download, 2 GiB", "s", down["ours"], down["peer"], "hf download", ratio_at_most=1)


def lookups(bench: Bench, hf: Path) -> Iterator[Row]:
    ours, peer, library = [], [], []
    with bench.mirfa() as mirfa:
        machine = Machine(bench, mirfa)
        repo = mirfa.new_repository("cached")
        folder, home = mirfa.folder / "source", mirfa.folder / "home"
        folder.mkdir()
        for number in range(20):
            (folder / f"{number}.json").write_text("{}" * number)
        machine.output(bench.program, "upload", repo, folder, ".", home=home)
        commit = Path(machine.output(bench.program, "download", repo, home=home)).name
        count = bench.times(LOOKUPS)
        for _ in range(bench.rounds):
            words = ["download", repo, "--revision", commit]
            ours.append(median([machine.seconds(bench.program, *words, home=home) for _ in range(count)]) * 1e3)
            peer.append(median([machine.seconds(hf / "bin/hf", *words, home=home) for _ in range(max(1, count // 10))]) * 1e3)
            library.append(float(machine.output(hf / "bin/python", "-c", SNAPSHOT, repo, commit, str(count), home=home)) * 1e3)
    yield Row("lookup of a cached snapshot", "ms", ours, peer, "hf download", at_most=10)
    yield Row("the same beside a running Python", "ms", ours, library, "snapshot_download")


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
