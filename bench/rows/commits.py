# SPDX-License-Identifier: Apache-2.0
"""Durable commits per second through the API, against the git program doing the same by its plumbing."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from harness.bench import Bench
from harness.measure import Sample, Spent
from harness.servers import Mirfa
from harness.table import Row, compared
from harness.web import at_once, connect, read_head
from rows.git import push_history

WRITERS = 16


def rows(bench: Bench) -> Iterator[Row]:
    with bench.mirfa() as mirfa:
        yield from one_writer(bench, mirfa, mirfa.new_repository("one"), "1 writer", bench.times(200))
        repositories = [mirfa.new_repository(f"many-{i}") for i in range(WRITERS)]
        yield from many_repositories(bench, mirfa, repositories)
        yield one_branch(bench, mirfa)
        long = push_history(bench, mirfa, "long", commits=bench.times(10_000), files=1)
        yield from one_writer(bench, mirfa, long, "1 writer, history of 10,000 commits", bench.times(200))


def one_writer(bench: Bench, mirfa: Mirfa, repo: str, name: str, count: int) -> Iterator[Row]:
    def ours(index: int) -> Sample:
        with Spent(mirfa) as spent:
            Writer(mirfa, repo, f"{index}").commit(count)
        return spent.sample(count)

    pairs = bench.interleaved(ours, lambda index: plumbing(bench, count))
    rates = [one.work / one.wall for one, _ in pairs]
    yield compared(f"commits, {name}", [scaled(pair) for pair in pairs], "ms/commit", "git plumbing")
    yield Row(f"commits per second, {name}", "/s", rates, [other.work / other.wall for _, other in pairs], "git plumbing")


def scaled(pair: tuple[Sample, Sample]) -> tuple[Sample, Sample]:
    """In milliseconds of processor time."""
    one, other = pair
    return Sample(one.cpu * 1e3, one.wall, one.work), Sample(other.cpu * 1e3, other.wall, other.work)


def many_repositories(bench: Bench, mirfa: Mirfa, repositories: list[str]) -> Iterator[Row]:
    count = bench.times(100)
    rates, costs, walls = [], [], []
    for index in range(bench.rounds):
        with Spent(mirfa) as spent:
            at_once(WRITERS, lambda i: Writer(mirfa, repositories[i], f"{index}").commit(count))
        rates.append(WRITERS * count / spent.wall)
        costs.append(spent.cpu * 1e3 / (WRITERS * count))
        walls.append(spent.wall)
    yield Row("commits per second, 16 writers on 16 repositories", "/s", rates, wall_ours=walls, at_least=500,
              note=f"{sorted(costs)[len(costs) // 2]:.2f} ms of CPU each")


def one_branch(bench: Bench, mirfa: Mirfa) -> Row:
    """Every commit that was acknowledged must be in the history, with its file."""
    lost, rates, refused = [], [], 0
    for index in range(bench.rounds):
        repo = mirfa.new_repository(f"branch-{index}")
        count = bench.times(40)
        with Spent(mirfa) as spent:
            writers = at_once(WRITERS, lambda i: Writer(mirfa, repo, f"w{i}").commit(count))
        acknowledged = {path for writer in writers for path in writer.acknowledged}
        kept = {entry["path"] for entry in mirfa.web.ask("GET", f"/api/models/{repo}/tree/main").json}
        history = int(mirfa.web.ask("GET", f"/api/models/{repo}/commits/main?limit=1").headers["x-total-count"])
        lost.append(float(len(acknowledged - kept) + abs(history - 1 - len(acknowledged))))
        rates.append(len(acknowledged) / spent.wall)
        refused += sum(writer.refused for writer in writers)
    return Row("commits lost, 16 writers on one branch", "lost", lost, at_most=0,
               note=f"{sorted(rates)[len(rates) // 2]:.0f}/s, {refused} times told to try again")


class Writer:
    """Commits a small new file again and again on one connection; what is refused as a conflict is sent again."""

    def __init__(self, mirfa: Mirfa, repo: str, name: str):
        self.mirfa, self.repo, self.name = mirfa, repo, name
        self.acknowledged: list[str] = []
        self.refused = 0

    def commit(self, count: int) -> "Writer":
        head = (f"POST /api/models/{self.repo}/commit/main HTTP/1.1\r\nHost: bench\r\n"
                f"Authorization: Bearer {self.mirfa.token}\r\n"
                "Content-Type: application/x-ndjson\r\nContent-Length: ")
        with connect(self.mirfa.port) as connection:
            for number in range(count):
                path = f"{self.name}-{time.monotonic_ns()}-{number}.txt"
                body = ('{"key":"header","value":{"summary":"bench"}}\n' + json.dumps(
                    {"key": "file", "value": {"path": path, "content": path, "encoding": "utf-8"}}) + "\n").encode()
                while not self._send(connection, head.encode() + f"{len(body)}\r\n\r\n".encode() + body):
                    self.refused += 1
                self.acknowledged.append(path)
        return self

    def _send(self, connection, octets: bytes) -> bool:
        connection.sendall(octets)
        status, fields, rest = read_head(connection)
        while len(rest) < int(fields["content-length"]):
            rest += connection.recv(65536)
        if status not in (200, 409, 412):
            raise RuntimeError(f"commit: {status} {rest[:300]!r}")
        return status == 200


PLUMBING = """
set -e
git init -q --bare .
git config core.fsync all
git config core.fsyncMethod fsync
parent=
for i in $(seq {count}); do
    blob=$(echo "content $i" | git hash-object -w --stdin)
    tree=$(printf '100644 blob %s\\tfile-%s.txt\\n' $blob $i | git mktree)
    commit=$(git commit-tree $tree ${{parent:+-p $parent}} -m bench)
    git update-ref refs/heads/main $commit $parent
    parent=$commit
done
"""


def plumbing(bench: Bench, count: int) -> Sample:
    """hash-object, mktree, commit-tree and update-ref, every object and ref synced."""
    folder: Path = bench.new_folder("plumbing")
    folder.mkdir()
    names = {f"GIT_{who}_{what}": "bench@example.test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **names}
    began = time.monotonic()
    process = subprocess.Popen(["bash", "-c", PLUMBING.format(count=count)], cwd=folder, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        raise RuntimeError("git's plumbing failed")
    return Sample(used.ru_utime + used.ru_stime, time.monotonic() - began, count)
