# SPDX-License-Identifier: Apache-2.0
"""Large files going out: raw, and rebuilt from xorbs, against nginx with sendfile."""

from collections.abc import Iterator

from harness.bench import GB, Bench, random_file
from harness.measure import Spent
from harness.table import Row, compared
from harness.web import get_by_many, large_file
from rows.xorbs import packed, upload


def rows(bench: Bench) -> Iterator[Row]:
    size = bench.size(1 << 30)
    with bench.mirfa() as mirfa, bench.nginx() as nginx:
        file = random_file(nginx.files / "file", size)
        repo = mirfa.new_repository("get")
        oid, _ = mirfa.web.lfs_put(repo, file)
        mirfa.web.commit(repo, large_file("raw.bin", oid, size))
        stored = packed(bench, mirfa.folder / "packed", size, "random")
        upload(mirfa, repo, stored, "rebuilt.bin")
        shrunk = packed(bench, mirfa.folder / "packed2", size, "text")
        upload(mirfa, repo, shrunk, "shrunk.bin")

        def one(server, target: str, connections: int):
            get_by_many(server.port, target, connections)  # brings the file into the page cache
            def round_of(_: int):
                with Spent(server) as spent:
                    count = get_by_many(server.port, target, connections)
                return spent.sample(count / GB)
            return round_of

        for path, name, connections, aim, note in (
            ("raw.bin", "raw object", 1, 1.15, ""),
            ("raw.bin", "raw object", 4, 1.15, ""),
            ("rebuilt.bin", "rebuilt from xorbs", 1, 2.0, "chunks stored as they are"),
            ("rebuilt.bin", "rebuilt from xorbs", 4, 2.0, "chunks stored as they are"),
            ("shrunk.bin", "rebuilt, LZ4 undone", 1, None, "no aim: nginx has nothing to undo"),
        ):
            rounds = bench.interleaved(one(mirfa, f"/{repo}/resolve/main/{path}", connections), one(nginx, "/file", connections))
            plural = "s" if connections > 1 else ""
            yield compared(f"GET 1 GiB, {name}, {connections} connection{plural}", rounds, "s/GB", "nginx", aim, note)
