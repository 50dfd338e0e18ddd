# SPDX-License-Identifier: Apache-2.0
"""An upload by the real client: its processor time against the server's."""

import os
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from harness.bench import SOURCE, Bench, random_file
from harness.measure import Sample, Spent
from harness.servers import Mirfa
from harness.table import Row, compared


def rows(bench: Bench) -> Iterator[Row]:
    size = bench.size(2 << 30)
    client = install_client()
    pairs: list[tuple[Sample, Sample]] = []
    for index in range(bench.rounds):
        with bench.mirfa() as mirfa:
            file = random_file(mirfa.folder / "model.bin", size)
            repo = mirfa.new_repository(f"xet-{index}")
            with Spent(mirfa) as spent:
                used = hf_upload(client, mirfa, repo, file)
            pairs.append((spent.sample(1), used))
    yield compared("Xet upload of 2 GiB by hf", pairs, "s", "the client itself", 1.0)


def install_client() -> Path:
    """The folder of the pinned client's virtual environment."""
    install = SOURCE / "tools/clients/install"
    subprocess.run([str(install)], check=True, stdout=subprocess.DEVNULL)
    where = subprocess.run([str(install), "--where"], check=True, capture_output=True, text=True).stdout.strip()
    return Path(where) / "hub-2"


def hf_upload(client: Path, mirfa: Mirfa, repo: str, file: Path) -> Sample:
    """Gives what the client cost."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(mirfa.folder), "HF_HOME": str(mirfa.folder / "hf"),
                   "HF_ENDPOINT": mirfa.url, "HF_TOKEN": mirfa.token, "HF_HUB_DISABLE_PROGRESS_BARS": "1",
                   "HF_HUB_DISABLE_UPDATE_CHECK": "1", "no_proxy": "127.0.0.1"}
    began = time.monotonic()
    with (mirfa.folder / "client.log").open("wb") as log:
        process = subprocess.Popen([str(client / "bin/hf"), "upload", repo, str(file), "model.bin"], env=environment, stdout=log,
                                   stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    if status != 0:
        raise RuntimeError(f"hf upload failed:\n{(mirfa.folder / 'client.log').read_text(errors='replace')}")
    return Sample(used.ru_utime + used.ru_stime, time.monotonic() - began, 1)
