# SPDX-License-Identifier: Apache-2.0
"""Clone and push by the git program, against git's own http-backend."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from harness.bench import Bench
from harness.measure import Sample, Spent
from harness.servers import Mirfa
from harness.table import Row, compared


def rows(bench: Bench) -> Iterator[Row]:
    commits, files = bench.times(200), bench.times(1_000)
    source = make_history(bench, commits, files, changed=10)
    with bench.mirfa() as mirfa, bench.git_backend() as backend:
        def push(server, prefix: str):
            def run(index: int) -> Sample:
                address = address_of(server, f"{prefix}-{index}")
                with Spent(server) as spent:
                    git(source, "push", "-q", address, "main:main", "--force")
                return spent.sample(1)
            return run

        def clone(server, address: str):
            def run(_: int) -> Sample:
                target = bench.new_folder("clone")
                with Spent(server) as spent:
                    git(source, "clone", "-q", "--bare", address, str(target))
                shutil.rmtree(target)
                return spent.sample(1)
            return run

        yield compared("git push of 1,000 files x 200 commits", bench.interleaved(push(mirfa, "push"), push(backend, "push")),
                       "s", "http-backend")
        first = [clone(mirfa, address_of(mirfa, f"push-{index}", new=False))(0) for index in range(bench.rounds)]
        ours, theirs = address_of(mirfa, "push-0", new=False), address_of(backend, "push-0", new=False)
        note = f"the first clone after a push: {sorted(sample.cpu for sample in first)[len(first) // 2]:.2f} s"
        yield compared("git clone of 1,000 files x 200 commits", bench.interleaved(clone(mirfa, ours), clone(backend, theirs)),
                       "s", "http-backend", 1.2, note)
    shutil.rmtree(source)


def address_of(server, name: str, new: bool = True) -> str:
    if isinstance(server, Mirfa):
        repo = server.new_repository(name) if new else f"{server.USER}/{name}"
        return f"http://{server.USER}:{server.token}@127.0.0.1:{server.port}/{repo}.git"
    return server.new_repository(name) if new else f"http://127.0.0.1:{server.port}/git/{name}.git"


def git(folder: Path, *words: str, text: bytes | None = None) -> None:
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"}
    done = subprocess.run(["git", *words], cwd=folder, env=environment, input=text, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"git {' '.join(words)}: {done.stderr.decode(errors='replace')}")


def make_history(bench: Bench, commits: int, files: int, changed: int) -> Path:
    """A bare repository whose first commit brings all files, and each later one changes some."""
    folder = bench.new_folder("history")
    folder.mkdir()
    git(folder, "init", "-q", "--bare", "-b", "main", ".")
    git(folder, "fast-import", "--quiet", text="".join(commit_text(i, files, changed) for i in range(commits)).encode())
    return folder


def commit_text(number: int, files: int, changed: int) -> str:
    text = f"commit refs/heads/main\ncommitter bench <bench@example.test> {1_700_000_000 + number} +0000\ndata 6\nbench\n\n"
    touched = range(files) if number == 0 else [(number * changed + i) % files for i in range(min(changed, files))]
    for index in touched:
        content = "".join(f"line {line} of file {index}\n" for line in range(40)) + f"commit {number}\n"
        text += f"M 100644 inline folder-{index % 20}/file-{index:04}.txt\ndata {len(content)}\n{content}\n"
    return text


def push_history(bench: Bench, mirfa: Mirfa, name: str, commits: int, files: int) -> str:
    """A new repository of our server with such a history. Gives its name."""
    source = make_history(bench, commits, files, changed=1)
    git(source, "push", "-q", address_of(mirfa, name), "main:main", "--force")
    shutil.rmtree(source)
    return f"{mirfa.USER}/{name}"
