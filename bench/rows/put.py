# SPDX-License-Identifier: Apache-2.0
"""An LFS upload, verified and durable, against the least that could do the same."""

from collections.abc import Iterator

from harness.bench import GB, Bench, change_start, random_file
from harness.measure import Spent
from harness.table import Row, compared
from harness.web import put_file, sha256_of


def rows(bench: Bench) -> Iterator[Row]:
    size = bench.size(1 << 30)
    with bench.mirfa() as mirfa, bench.bare_put() as bare:
        file = random_file(mirfa.folder / "file", size)
        repo = mirfa.new_repository("put")

        def ours(_: int):
            change_start(file)
            href = mirfa.web.lfs_address(repo, sha256_of(file), size)
            with Spent(mirfa) as spent:
                put_file(mirfa.port, href, file)
            return spent.sample(size / GB)

        def peer(index: int):
            with Spent(bare) as spent:
                put_file(bare.port, f"/{index}", file)
            return spent.sample(size / GB)

        yield compared("LFS PUT of 1 GiB", bench.interleaved(ours, peer), "s/GB", "bare loop", 1.2)
