# SPDX-License-Identifier: Apache-2.0
"""docs/moving.md, followed word for word with a repository that was made elsewhere: by git and git-lfs, on no hub of ours."""

import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from harness import content

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/moving.md"


def commands(heading: str) -> str:
    section = DOCUMENT.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]
    return re.search(r"```sh\n(.*?)```", section, re.S)[1]


@pytest.fixture
def elsewhere(machine, alice, tmp_path):
    """A folder of bare repositories with git-lfs' own store behind them, made by another program than ours."""
    git = machine.git(alice)
    bare = tmp_path / "elsewhere/acme/my-model"
    git("init", "--bare", "--initial-branch=main", bare)
    work = tmp_path / "work"
    git("clone", bare, work)
    git("lfs", "install", "--local", cwd=work)
    git("lfs", "track", "*.bin", cwd=work)
    for number in range(3):
        content.write_random(work / "weights.bin", content.MIB, seed=number)
        (work / "config.json").write_text(f'{{"number": {number}}}')
        git.commit(work, f"State {number}")
        git("tag", f"v{number}", cwd=work)
    git("branch", "side/idea", "v1", cwd=work)
    git("push", "origin", "main", "side/idea", "--tags", cwd=work)
    git("lfs", "push", "--all", "origin", cwd=work)
    return f"file://{tmp_path / 'elsewhere'}", work


def test_a_repository_moves_with_all_of_its_history(machine, web, alice, elsewhere, tmp_path):
    old, work = elsewhere
    git = machine.git(alice)
    script = "set -e\n" + commands("A repository with its history").replace("hf repos", f"{machine.hub2().folder}/bin/hf repos")
    remote = machine.endpoint
    machine.run(["bash", "-c", script], alice, cwd=tmp_path, OLD=old, HUB=remote,
                GIT_CONFIG_GLOBAL=str(git.config))
    ours, theirs = (set(git("ls-remote", there, "refs/heads/*", "refs/tags/*").stdout.splitlines())
                    for there in (f"{remote}/acme/my-model", f"{old}/acme/my-model"))
    assert ours == theirs and len(ours) == 5
    for tag in ("v0", "v1", "v2"):
        answer = web.get(f"/acme/my-model/resolve/{tag}/weights.bin")
        expected = subprocess.run(["git", "show", f"{tag}:weights.bin"], cwd=work, capture_output=True, text=True).stdout
        assert answer.status == 200
        assert hashlib.sha256(answer.body).hexdigest() == re.search("sha256:([0-9a-f]{64})", expected)[1]
    clone = git.clone(f"{remote}/acme/my-model")
    assert content.sha256(clone / "weights.bin") == content.sha256(work / "weights.bin")

