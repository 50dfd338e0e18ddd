# SPDX-License-Identifier: Apache-2.0
"""Pages of a large folder with the last commit of each entry, and of a long history: how long a reader waits."""

import re
import time
from collections.abc import Iterator

from harness.bench import Bench
from harness.measure import Spent
from harness.servers import Mirfa
from harness.table import Row
from harness.web import Web, small_file
from rows.git import push_history

MOST_MS = 50


def rows(bench: Bench) -> Iterator[Row]:
    with bench.mirfa() as mirfa:
        folder = fill_folder(bench, mirfa, entries=bench.times(10_000), commits=bench.times(100))
        yield pages(bench, mirfa, "tree pages with last commits, folder of 10,000",
                    f"/api/models/{folder}/tree/main/data?expand=true")
        long = push_history(bench, mirfa, "long", commits=bench.times(10_000), files=1)
        yield pages(bench, mirfa, "pages of a history of 10,000 commits", f"/api/models/{long}/commits/main")
        yield pages(bench, mirfa, "tree page with last commits after 10,000 commits", f"/api/models/{long}/tree/main?expand=true")


def fill_folder(bench: Bench, mirfa: Mirfa, entries: int, commits: int, name: str = "folder") -> str:
    """A repository whose folder `data` has so many entries, made by so many commits."""
    repo = mirfa.new_repository(name)
    each = -(-entries // commits)
    for first in range(0, entries, each):
        numbers = range(first, min(first + each, entries))
        mirfa.web.commit(repo, *(small_file(f"data/entry-{i * 7919 % entries:05}.txt", f"{i}\n") for i in numbers))
    return repo


def pages(bench: Bench, mirfa: Mirfa, name: str, first: str) -> Row:
    """The slowest page of each round; every page of the list is asked for."""
    slowest, costs, count = [], [], 0
    for _ in range(bench.rounds):
        with Spent(mirfa) as spent:
            times = list(page_times(mirfa.web, first))
        slowest.append(max(times))
        costs.append(spent.cpu * 1e3 / len(times))
        count = len(times)
    note = f"the slowest of {count} pages; {sorted(costs)[len(costs) // 2]:.1f} ms of CPU each"
    return Row(name, "ms", slowest, at_most=MOST_MS, note=note)


def page_times(web: Web, target: str) -> Iterator[float]:
    """Milliseconds that each page took, one after the other by its Link header."""
    while target:
        began = time.monotonic()
        answer = web.ask("GET", target)
        yield (time.monotonic() - began) * 1e3
        following = re.match(r'<([^>]+)>; rel="next"', answer.headers.get("link", ""))
        target = following.group(1) if following else ""
