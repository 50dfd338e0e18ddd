# SPDX-License-Identifier: Apache-2.0
"""What a process and its children cost: processor time and memory, read from /proc."""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Sample:
    """One measured piece of work: `cpu` seconds of the server, `wall` seconds for everybody, `work` units done."""

    cpu: float
    wall: float
    work: float

    @property
    def cost(self) -> float:
        return self.cpu / self.work


def _fields(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def family(pid: int) -> list[int]:
    """The process and all who descend from it and live."""
    parents = {}
    for entry in os.listdir("/proc"):
        fields = _fields(int(entry)) if entry.isdigit() else None
        if fields:
            parents[int(entry)] = int(fields[1])
    found, grown = {pid}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return sorted(found)


def cpu_seconds(pids: list[int]) -> float:
    """User and system time of these processes and their families. Children that have ended are in their parents' sums, in
    ticks of the system; living threads are counted finer. Threads that end during a measurement would be lost: servers
    keep theirs."""
    total = 0.0
    for pid in {member for pid in pids for member in family(pid)}:
        fields = _fields(pid)
        if fields:
            total += (int(fields[13]) + int(fields[14])) / TICK + _own_seconds(pid)
    return total


def _own_seconds(pid: int) -> float:
    nanoseconds = 0
    for schedule in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            nanoseconds += int(schedule.read_text().split()[0])
        except OSError:
            pass  # the thread has ended meanwhile
    return nanoseconds / 1e9


def memory_bytes(pid: int) -> int:
    """Memory of the process and its family, pages that several of them share counted once (PSS)."""
    total = 0
    for member in family(pid):
        try:
            for line in Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
        except OSError:
            pass  # it has ended meanwhile
    return total


class Spent:
    """Measures what a server spends during the block it stands around; without one, the time alone."""

    def __init__(self, server=None):
        self.seconds = server.cpu_seconds if server else lambda: 0.0

    def __enter__(self) -> "Spent":
        self.cpu_before, self.began = self.seconds(), time.monotonic()
        return self

    def __exit__(self, *_) -> None:
        self.wall = time.monotonic() - self.began
        self.cpu = self.seconds() - self.cpu_before

    def sample(self, work: float) -> Sample:
        return Sample(self.cpu, self.wall, work)


class MemoryWatch:
    """The most memory that was seen during a block, looked at twenty times a second."""

    def __init__(self, pid: int):
        self.pid = pid
        self.most = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "MemoryWatch":
        self.thread.start()
        return self

    def __exit__(self, *_) -> None:
        self.ended.set()
        self.thread.join()

    def _look(self) -> None:
        while True:
            self.most = max(self.most, memory_bytes(self.pid))
            if self.ended.wait(0.05):
                return
