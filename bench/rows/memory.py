# SPDX-License-Identifier: Apache-2.0
"""Memory while much goes through: it must not grow with the size of a file."""

import shutil
from collections.abc import Iterator

from harness.bench import Bench, random_file
from harness.measure import MemoryWatch, memory_bytes
from harness.table import Row
from harness.web import at_once, get_and_count, large_file, put_file
from rows.xorbs import packed, upload, write_token

MB = 1e6
XORBS = 64


def rows(bench: Bench) -> Iterator[Row]:
    yield from large_files(bench)
    yield many_xorbs(bench)


def large_files(bench: Bench) -> Iterator[Row]:
    """Growth above what the server held before, after one small file has gone the same ways."""
    size = bench.size(5_000_000_000)
    with bench.mirfa() as mirfa:
        repo = mirfa.new_repository("memory")
        file = random_file(mirfa.folder / "file", size)
        small = random_file(mirfa.folder / "small", 8 << 20)
        mirfa.web.lfs_put(repo, small)
        before = memory_bytes(mirfa.pid)
        with MemoryWatch(mirfa.pid) as up:
            oid, _ = mirfa.web.lfs_put(repo, file)
        mirfa.web.commit(repo, large_file("file.bin", oid, size))
        with MemoryWatch(mirfa.pid) as down:
            get_and_count(mirfa.port, f"/{repo}/resolve/main/file.bin", mirfa.token)
    yield Row("growth while 5 GB come by LFS", "MB", [(up.most - before) / MB], at_most=20)
    yield Row("growth while 5 GB go out", "MB", [(down.most - before) / MB], at_most=20)
    with bench.mirfa() as mirfa:
        repo = mirfa.new_repository("memory")
        first = packed(bench, mirfa.folder / "small", 8 << 20, "text", 7)
        upload(mirfa, repo, first, "small.bin")
        stored = packed(bench, mirfa.folder / "packed", size, "text", 8)
        before = memory_bytes(mirfa.pid)
        with MemoryWatch(mirfa.pid) as up:
            upload(mirfa, repo, stored, "file.bin")
        shutil.rmtree(stored.folder)
        with MemoryWatch(mirfa.pid) as down:
            get_and_count(mirfa.port, f"/{repo}/resolve/main/file.bin", mirfa.token)
    yield Row("growth while 5 GB come by Xet", "MB", [(up.most - before) / MB], at_most=20)
    yield Row("growth while 5 GB go out rebuilt", "MB", [(down.most - before) / MB], at_most=20)


def many_xorbs(bench: Bench) -> Row:
    """Different xorbs, each as long as one may be, all under way at the same time."""
    with bench.mirfa() as mirfa:
        repo = mirfa.new_repository("xorbs")
        stored = packed(bench, mirfa.folder / "packed", bench.size(XORBS * (64 << 20)), "random", 9)
        xorbs, token = stored.xorbs, write_token(mirfa, repo)
        with MemoryWatch(mirfa.pid) as watch:
            at_once(len(xorbs), lambda i: put_file(mirfa.port, f"/cas/v1/xorbs/default/{xorbs[i].stem}", xorbs[i], token, "POST"))
    return Row("memory while 64 xorbs of 64 MiB come at once", "MB", [watch.most / MB], at_most=400, note=f"{len(xorbs)} xorbs")
