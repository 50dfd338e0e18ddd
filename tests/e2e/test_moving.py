# SPDX-License-Identifier: Apache-2.0
"""docs/moving.md, followed word for word: with a repository that was made elsewhere, by git and git-lfs, on no hub of ours; and
from one hub to another, where it is a client that moves things."""

import hashlib
import re
import subprocess
from pathlib import Path

import pytest
from harness import content, samples
from harness.clients import Machine
from harness.server import Server

DOCUMENT = Path(__file__).resolve().parents[2] / "docs/moving.md"


def section(heading: str) -> str:
    return DOCUMENT.read_text().split(f"## {heading}\n")[1].split("\n## ")[0]


def commands(heading: str, language: str = "sh") -> str:
    return re.search(rf"```{language}\n(.*?)```", section(heading), re.S)[1]


def follow(machine, script: str, folder, person=None, **names) -> None:
    """Runs commands of the document with today's client; `names` are what they call `$OLD`, `$HUB` and so on."""
    client = f"{machine.hub2().folder}/bin"
    machine.run(["bash", "-c", "set -e\n" + script], person, cwd=folder, PATH=f"{client}:/usr/local/bin:/usr/bin:/bin", **names)


@pytest.fixture(autouse=True)
def free_names(web, alice):
    """The document's names are free again for who follows its next section."""
    yield
    for kind, name in (("model", "my-model"), ("dataset", "clips"), ("dataset", "clips-again")):
        gone = web.ask("DELETE", "/api/repos/delete", token=alice.token, as_json={"type": kind, "organization": "acme", "name": name})
        assert gone.status in (200, 404), gone.text


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
    remote = machine.endpoint
    follow(machine, commands("A repository with its history"), tmp_path, alice, OLD=old, HUB=remote, GIT_CONFIG_GLOBAL=str(git.config))
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


@pytest.fixture
def old_hub(tmp_path):
    """Another hub, with people and tokens of its own, on which `acme` has a model and a dataset."""
    server = Server(tmp_path / "old").start()
    try:
        carol = server.new_person("carol", admin=True)
        server.admin("org", "create", "acme", "--owner", "carol")
        theirs = Machine(tmp_path / "carol", server).hub2(carol)
        content.small_model(tmp_path / "model", weights=12 * content.MIB)
        content.write_text(tmp_path / "clips/README.md", "---\nlicense: mit\n---\n# Clips\n")
        (tmp_path / "clips/data").mkdir()
        (tmp_path / "clips/data/train-00000-of-00001.parquet").write_bytes(samples.parquet())
        theirs.hf("upload", "acme/my-model", tmp_path / "model", ".", "--quiet")
        theirs.hf("upload", "acme/clips", tmp_path / "clips", ".", "--repo-type", "dataset", "--quiet")
        yield server
    finally:
        assert server.stop() == 0


def test_the_newest_state_moves_without_git(machine, other_machine, alice, old_hub, tmp_path):
    follow(machine, commands("Only the newest state"), tmp_path, HF_ENDPOINT=old_hub.url, HUB=machine.endpoint, TOKEN=alice.token)
    other_machine.hub2().hf("download", "acme/my-model", "--local-dir", tmp_path / "back", "--quiet")
    assert content.tree(tmp_path / "back") == content.tree(tmp_path / "model")


@pytest.fixture
def moved_clips(machine, alice, old_hub, tmp_path):
    follow(machine, commands("Datasets"), tmp_path, HF_ENDPOINT=old_hub.url, HUB=machine.endpoint, TOKEN=alice.token)
    return "acme/clips"


def test_a_dataset_moves_as_its_section_says(other_machine, moved_clips, web, tmp_path):
    other_machine.hub2().hf("download", moved_clips, "--repo-type", "dataset", "--local-dir", tmp_path / "back", "--quiet")
    assert content.tree(tmp_path / "back") == content.tree(tmp_path / "clips")
    assert web.get(f"/api/datasets/{moved_clips}").json()["cardData"]["license"] == "mit"


@pytest.mark.full
def test_a_moved_dataset_is_loaded_and_pushed_by_its_library(machine, alice, moved_clips, web, tmp_path):
    program = machine.python("datasets").folder / "bin/python"
    machine.run([program, "-c", commands("Datasets", "python")], alice, cwd=tmp_path)
    files = {entry["path"] for entry in web.get("/api/datasets/acme/clips-again/tree/main?recursive=true").json()}
    assert "data/train-00000-of-00001.parquet" in files


def test_a_dataset_moves_with_its_history_under_its_prefix(machine, web, alice, elsewhere, tmp_path):
    """The section's own words: what to write for a dataset in the commands for a model."""
    old, work = elsewhere
    history = section("A repository with its history")
    told = re.search(r"For a dataset write `\$OLD/(\S+)` and\s+`\$HUB/(\S+)`, and create it with `(.*?)`", history)
    assert told[1] == told[2]
    # The old place of this test is a folder of git's, which knows no types: there it keeps its address.
    script = (commands("A repository with its history").replace("$HUB/acme/my-model", f"$HUB/{told[2]}")
              .replace("repos create acme/my-model", f"repos create {told[2].removeprefix('datasets/')} {told[3]}"))
    git = machine.git(alice)
    follow(machine, script, tmp_path, alice, OLD=old, HUB=machine.endpoint, GIT_CONFIG_GLOBAL=str(git.config))
    answer = web.get(f"/{told[2]}/resolve/v2/weights.bin")
    assert hashlib.sha256(answer.body).hexdigest() == content.sha256(work / "weights.bin")
