# SPDX-License-Identifier: Apache-2.0
"""Pages as a person opens them: the shell with its first data, beside the same octets from a file of nginx. What the hub
remembers of an answer ends with every change (`src/api/answer_cache.h`), so each is asked for right after one, and again."""

import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from harness.bench import Bench
from harness.browser import Browser
from harness.servers import Mirfa
from harness.table import Row
from harness.web import Web, small_file
from rows.git import push_history
from rows.trees import MOST_MS, fill_folder, page_times

OPENED = 20
USABLE_SECONDS = 1
CARD = """---
license: mit
language: [en, ar]
pipeline_tag: text-classification
library_name: transformers
---
# Harbour

""" + "A small model that reads reviews and knows the sea. " * 200 + "\n\n```python\nprint(1)\n```\n"


@dataclass
class Opened:
    """Milliseconds of a page in one round each: the slowest right after a change, the usual one later, the same of nginx."""

    first: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)


def rows(bench: Bench) -> Iterator[Row]:
    with bench.mirfa() as mirfa, bench.nginx() as nginx:
        folder = fill_folder(bench, mirfa, entries=bench.times(10_000), commits=bench.times(100))
        long = push_history(bench, mirfa, "long", commits=bench.times(10_000), files=1)
        huge = fill_folder(bench, mirfa, entries=bench.times(100_000), commits=5, name="huge")
        changing = mirfa.new_repository("changing")
        for name, page in (
            ("model page", f"/{folder}"),
            ("page of a folder of 10,000", f"/{folder}/tree/main/data"),
            ("page of a history of 10,000 commits", f"/{long}/commits/main"),
            ("page of a folder of 100,000", f"/{huge}/tree/main/data"),
        ):
            yield opened(bench, mirfa, nginx, changing, name, page)
        tree = f"/api/models/{huge}/tree/main/data"
        for name, target in (
            ("tree answers of 10,000 entries, folder of 100,000", tree),
            ("tree answers of 100 with last commits, folder of 100,000", f"{tree}?expand=true&limit=100"),
        ):
            yield listed(bench, mirfa, changing, name, target)
        yield usable(bench, mirfa)


def usable(bench: Bench, mirfa: Mirfa) -> Row:
    """A model page in a browser that has never been here, until the card's heading is drawn; and once more from its cache."""
    repo = mirfa.new_repository("read")
    mirfa.web.commit(repo, small_file("README.md", CARD))
    first, again = [], []
    with Browser(bench.new_folder("browser")) as browser:
        browser.seconds_until(f"{mirfa.url}/{repo}", "article h1")  # the browser itself gets going
        for _ in range(bench.rounds):
            one, other = browser.seconds_until(f"{mirfa.url}/{repo}", "article h1", opened=2)
            first.append(one)
            again.append(other)
    return Row("model page until its card is drawn, in Chromium", "s", first, at_most=USABLE_SECONDS,
               note=f"opened again {statistics.median(again):.2f} s")


def change(mirfa: Mirfa, repo: str) -> None:
    mirfa.web.commit(repo, small_file("a.txt", f"{time.monotonic_ns()}\n"))


def milliseconds(web: Web, target: str) -> float:
    began = time.monotonic()
    web.ask("GET", target)
    return (time.monotonic() - began) * 1e3


def opened(bench: Bench, mirfa: Mirfa, nginx, changing: str, name: str, page: str) -> Row:
    reader, static = Web(mirfa.port), Web(nginx.port)
    octets = reader.ask("GET", page).body
    (nginx.files / "page.html").write_bytes(octets)
    seen = Opened()
    for _ in range(bench.rounds):
        first, again, peer = [], [], []
        for _ in range(bench.times(OPENED)):
            change(mirfa, changing)
            first.append(milliseconds(reader, page))
            again.append(milliseconds(reader, page))
            peer.append(milliseconds(static, "/page.html"))
        seen.first.append(max(first))
        seen.again.append(statistics.median(again))
        seen.peer.append(max(peer))
    note = f"{len(octets) / 1e3:.0f} kB; asked again {statistics.median(seen.again):.1f} ms"
    return Row(name, "ms", seen.first, seen.peer, "nginx", at_most=MOST_MS, note=note)


def listed(bench: Bench, mirfa: Mirfa, changing: str, name: str, first: str, most: int = 50) -> Row:
    """The slowest of the first `most` answers of each round, one after the other by their links."""
    slowest, count = [], 0
    for _ in range(bench.rounds):
        change(mirfa, changing)
        times = [taken for taken, _ in zip(page_times(mirfa.web, first), range(most))]
        slowest.append(max(times))
        count = len(times)
    return Row(name, "ms", slowest, note=f"the slowest of {count}")
