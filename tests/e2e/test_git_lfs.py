# SPDX-License-Identifier: Apache-2.0
"""git-lfs as Debian ships it: large files by push and clone, locks, refusals."""

import json

import pytest

from harness import content
from harness.content import MIB


@pytest.fixture
def git(machine, alice):
    return machine.git(alice)


def pushed_model(git, repo, tmp_path, name="clone"):
    folder = git.clone(repo.git, name=name)
    content.small_model(folder, weights=12 * MIB)
    git.commit(folder, "A model by git-lfs")
    git("push", cwd=folder)
    return folder


def test_large_files_are_pushed_and_cloned(git, other_machine, alice, repo, web, tmp_path):
    folder = pushed_model(git, repo, tmp_path)
    assert "model.safetensors" in git("lfs", "ls-files", cwd=folder).stdout
    entry = next(item for item in web.get(f"{repo.api}/tree/main").json() if item["path"] == "model.safetensors")
    assert entry["size"] == 12 * MIB and entry["lfs"]["oid"] == content.sha256(folder / "model.safetensors")
    copy = other_machine.git().clone(repo.git)
    assert content.tree(copy) == content.tree(folder)
    other_machine.git()("lfs", "fsck", cwd=copy)


def test_pushing_again_sends_nothing(git, repo, server, tmp_path):
    folder = pushed_model(git, repo, tmp_path)
    before = server.stored_bytes()
    content.write_text(folder / "note.txt", "a small change")
    git.commit(folder, "Small")
    git("push", cwd=folder)
    assert server.stored_bytes() - before < 200_000


def test_a_clone_without_large_files_fetches_them_later(git, other_machine, repo, tmp_path):
    folder = pushed_model(git, repo, tmp_path)
    other = other_machine.git()
    target = other_machine.home / "lean"
    other("clone", repo.git, target, GIT_LFS_SKIP_SMUDGE="1")
    assert (target / "model.safetensors").read_text().startswith("version https://git-lfs")
    other("lfs", "pull", cwd=target)
    assert content.tree(target) == content.tree(folder)


def test_a_private_repository_asks_for_a_name(git, machine, other_machine, bob, new_repo, tmp_path):
    repo = new_repo(private=True)
    folder = pushed_model(git, repo, tmp_path)
    mine = machine.git(git.person).clone(repo.git, name="mine")
    assert content.tree(mine) == content.tree(folder)
    assert other_machine.git(bob)("clone", repo.git, other_machine.home / "no", check=False).returncode != 0


def test_locks_are_taken_shown_respected_and_broken(git, machine, server, bob, repo, tmp_path):
    folder = pushed_model(git, repo, tmp_path)
    git("lfs", "lock", "model.safetensors", cwd=folder)
    locks = json.loads(git("lfs", "locks", "--json", cwd=folder).stdout)
    assert [(lock["path"], lock["owner"]["name"]) for lock in locks] == [("model.safetensors", "alice")]
    assert "model.safetensors" in git("lfs", "locks", "--verify", cwd=folder).stdout

    server.add_member("acme", "bob", "write")
    try:
        writer = machine.git(bob)
        theirs = writer.clone(repo.git, name="theirs")
        taken = writer("lfs", "lock", "model.safetensors", cwd=theirs, check=False)
        assert taken.returncode != 0
        assert writer("lfs", "unlock", "model.safetensors", cwd=theirs, check=False).returncode != 0
        writer("config", f"lfs.{repo.git}.git/info/lfs.locksverify", "true", cwd=theirs)
        content.write_random(theirs / "model.safetensors", MIB, seed=44)
        writer.commit(theirs, "Over a lock")
        refused = writer("push", cwd=theirs, check=False)
        assert refused.returncode != 0 and "model.safetensors - alice" in refused.stdout
    finally:
        server.remove_member("acme", "bob")
    git("lfs", "unlock", "--force", "model.safetensors", cwd=folder)
    assert json.loads(git("lfs", "locks", "--json", cwd=folder).stdout) == []


def test_a_mirror_of_a_repository_with_large_files(git, machine, other_machine, new_repo, tmp_path):
    source, target = new_repo(), new_repo()
    folder = pushed_model(git, source, tmp_path)
    mirror = machine.home / "mirror.git"
    git("clone", "--mirror", source.git, mirror)
    assert git("push", "--mirror", target.git, cwd=mirror, check=False).returncode != 0, "the pointers have no content yet"
    git("lfs", "fetch", "--all", cwd=mirror)
    git("remote", "set-url", "--push", "origin", target.git, cwd=mirror)
    git("lfs", "push", "--all", target.git, cwd=mirror)
    git("push", "--mirror", target.git, cwd=mirror)
    assert content.tree(other_machine.git().clone(target.git)) == content.tree(folder)


def test_history_with_several_versions_of_a_large_file(git, other_machine, repo, tmp_path):
    folder = git.clone(repo.git)
    for number in range(4):
        content.write_random(folder / "w.bin", 2 * MIB + number, seed=number)
        git.commit(folder, f"Version {number}")
    git("push", cwd=folder)
    other = other_machine.git()
    copy = other.clone(repo.git)
    for back in range(4):
        other("checkout", f"HEAD~{back}" if back else "main", cwd=copy)
        assert (copy / "w.bin").stat().st_size == 2 * MIB + 3 - back
        other("checkout", "main", cwd=copy)


def test_a_stranger_cannot_push_large_files(git, machine, bob, repo, server, tmp_path):
    stranger = machine.git(bob)
    folder = stranger.clone(repo.git, name="stranger")
    content.write_random(folder / "w.bin", MIB)
    stranger.commit(folder, "Not mine to push")
    before = server.stored_bytes()
    said = stranger("push", cwd=folder, check=False)
    assert said.returncode != 0 and server.stored_bytes() - before < 100_000


def test_large_files_of_an_lfs_command_configured_for_parts(git, machine, alice, other_machine, repo, tmp_path):
    """`hf lfs-enable-largefiles` adds a transfer agent; the server may go on answering basic."""
    folder = git.clone(repo.git)
    machine.hub2(alice).hf("lfs-enable-largefiles", folder)
    content.write_random(folder / "w.bin", 6 * MIB)
    git.commit(folder, "With the agent")
    git("push", cwd=folder)
    copy = other_machine.git().clone(repo.git)
    assert content.sha256(copy / "w.bin") == content.sha256(folder / "w.bin")
