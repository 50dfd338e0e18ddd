# SPDX-License-Identifier: Apache-2.0
"""What the pages of this process's browsers hold in memory, read from /proc."""

import os
import threading
from pathlib import Path


def _status(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def renderers() -> list[int]:
    """Chromium's processes that show pages, of browsers that this process has started."""
    parents = {int(entry): int(status[1]) for entry in os.listdir("/proc") if entry.isdigit() and (status := _status(int(entry)))}
    found, grown = {os.getpid()}, True
    while grown:
        more = {child for child, parent in parents.items() if parent in found} - found
        found |= more
        grown = bool(more)
    return [pid for pid in sorted(found) if "--type=renderer" in _words(pid)]


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").replace(" ", "\0").split("\0")
    except OSError:
        return []


def _bytes_of(pid: int) -> int:
    """Pages that several processes share, such as those of the program itself, are divided among them (PSS)."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0  # it has ended meanwhile
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


class PageMemory:
    """The most that all pages together held during a block, in octets, looked at ten times a second."""

    def __init__(self) -> None:
        self.most = 0
        self.looks = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> "PageMemory":
        self._thread.start()
        return self

    def __exit__(self, *_) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while True:
            if pages := renderers():
                self.looks += 1
                self.most = max(self.most, sum(map(_bytes_of, pages)))
            if self._ended.wait(0.1):
                return
