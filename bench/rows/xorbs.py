# SPDX-License-Identifier: Apache-2.0
"""The chunk store itself: xorbs coming in and the check of the file they make, against LZ4 and BLAKE3 alone."""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from harness.bench import GB, Bench
from harness.measure import Sample, Spent
from harness.servers import Mirfa
from harness.table import Row, compared
from harness.web import large_file, put_file


@dataclass(frozen=True)
class Packed:
    """A file as a Xet client has prepared it."""

    folder: Path
    file: str
    sha256: str
    size: int

    @property
    def xorbs(self) -> list[Path]:
        return sorted(self.folder.glob("*.xorb"))


def packed(bench: Bench, folder: Path, size: int, kind: str, seed: int = 1) -> Packed:
    facts = json.loads(bench.tool("bench_xorbs", "pack", size, kind, seed, folder))
    return Packed(folder, facts["file"], facts["sha256"], facts["size"])


def write_token(mirfa: Mirfa, repo: str) -> dict[str, str]:
    answer = mirfa.web.ask("GET", f"/api/models/{repo}/xet-write-token/main").json
    return {"Authorization": f"Bearer {answer['accessToken']}"}


def upload_xorbs(mirfa: Mirfa, xorbs: list[Path], token: dict[str, str]) -> None:
    for xorb in xorbs:
        put_file(mirfa.port, f"/cas/v1/xorbs/default/{xorb.stem}", xorb, token, "POST")


def upload_shard(mirfa: Mirfa, stored: Packed, token: dict[str, str]) -> None:
    put_file(mirfa.port, "/cas/v1/shards", stored.folder / "shard", token, "POST")


def upload(mirfa: Mirfa, repo: str, stored: Packed, path: str) -> None:
    """The whole way: xorbs, shard, commit."""
    token = write_token(mirfa, repo)
    upload_xorbs(mirfa, stored.xorbs, token)
    upload_shard(mirfa, stored, token)
    mirfa.web.commit(repo, large_file(path, stored.sha256, stored.size))


def rows(bench: Bench) -> Iterator[Row]:
    size = bench.size(1 << 30)
    for kind, words in (("random", "stored as they are"), ("text", "LZ4")):
        registered: list[tuple[Sample, Sample]] = []
        with bench.mirfa() as mirfa:
            repo = mirfa.new_repository("xorbs")

            def one_round(index: int) -> tuple[Sample, Sample]:
                stored = packed(bench, mirfa.folder / "packed", size, kind, index + 1)
                token = write_token(mirfa, repo)
                with Spent(mirfa) as spent:
                    upload_xorbs(mirfa, stored.xorbs, token)
                with Spent(mirfa) as checked:
                    upload_shard(mirfa, stored, token)
                with Spent() as bare:
                    cpu = float(bench.tool("bench_xorbs", "check", stored.folder))
                peer = Sample(cpu, bare.wall, size / GB)
                registered.append((checked.sample(size / GB), peer))
                shutil.rmtree(stored.folder)
                return spent.sample(size / GB), peer

            uploads = [one_round(index) for index in range(bench.rounds)]
        yield compared(f"xorb upload of 1 GiB, chunks {words}", uploads, "s/GB", "LZ4+BLAKE3", note=rate(uploads))
        yield compared(f"shard: 1 GiB rebuilt and SHA-256 checked, {words}", registered, "s/GB", "LZ4+BLAKE3",
                       note=rate(registered))


def rate(pairs: list[tuple[Sample, Sample]]) -> str:
    rates = sorted(one.work / one.wall for one, _ in pairs)
    return f"{rates[len(rates) // 2]:.2f} GB/s"
