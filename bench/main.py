# SPDX-License-Identifier: Apache-2.0
"""Runs the measurements and prints the table; `docs/bench.md` tells what each row means."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from harness.bench import SOURCE, Bench
from harness.table import Row, text_of, write_json
from rows import client, commits, convert, finding, get, git, memory, pages, process, put, small, trees, xet, xorbs

GROUPS = {
    "get": get.rows,
    "put": put.rows,
    "small": small.rows,
    "commits": commits.rows,
    "git": git.rows,
    "xorbs": xorbs.rows,
    "xet": xet.rows,
    "client": client.rows,
    "trees": trees.rows,
    "pages": pages.rows,
    "finding": finding.rows,
    "convert": convert.rows,
    "process": process.rows,
    "memory": memory.rows,
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./x bench", description="Measures Mirfa against peers in the same run.")
    parser.add_argument("--rounds", type=int, default=5, help="interleaved rounds of each row (default 5)")
    parser.add_argument("--only", action="append", choices=GROUPS, metavar="NAME", help="one group of rows: " + ", ".join(GROUPS))
    parser.add_argument("--quick", action="store_true", help="small sizes and one round: tries the measuring, measures nothing")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also writes every single value")
    given = parser.parse_args()
    if given.rounds < 1:
        parser.error("--rounds must be at least 1")
    return given


def measure(bench: Bench, names: list[str]) -> list[Row]:
    done: list[Row] = []
    for name in names:
        print(f"{name} …", file=sys.stderr, flush=True)
        for row in GROUPS[name](bench):
            done.append(row)
            bench.say(text_of([row]).splitlines()[-1])
    return done


def main() -> int:
    given = arguments()
    parent = Path(os.environ.get("TMPDIR") or SOURCE / "build")
    parent.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="mirfa-bench-", dir=parent))
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the blocks below are left in order
    try:
        rows = measure(Bench(folder, 1 if given.quick else given.rounds, given.quick), given.only or list(GROUPS))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(text_of(rows))
    if given.json:
        write_json(rows, given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
