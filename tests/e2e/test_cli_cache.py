# SPDX-License-Identifier: Apache-2.0
"""`mirfa cache` and `hf cache` on the same cache."""

import json

import pytest

from harness.content import MIB, small_model, write_text


def fill(new_repo, machine, other_machine, alice, tmp_path, count=2):
    repos = [new_repo() for _ in range(count)]
    for repo in repos:
        # Equal commits of one second have one id, and `hf cache rm` knows repositories by the ids of their commits.
        machine.hub2(alice).hf("upload", repo.id, small_model(tmp_path / "source"), ".", "--commit-message", repo.id)
        other_machine.mirfa("download", repo.id)
    return repos


@pytest.fixture
def listed(new_repo, machine, other_machine, alice, tmp_path):
    """A machine with two repositories in its cache, of different sizes."""
    small, large = new_repo(), new_repo()
    machine.hub2(alice).hf("upload", small.id, write_text(tmp_path / "config.json", "{}"), "config.json")
    machine.hub2(alice).hf("upload", large.id, small_model(tmp_path / "source"), ".")
    for repo in (small, large):
        other_machine.mirfa("download", repo.id)
    return other_machine


def names(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


def test_both_list_the_same_repositories_and_sizes(new_repo, machine, other_machine, alice, tmp_path):
    repos = fill(new_repo, machine, other_machine, alice, tmp_path)
    ours = other_machine.mirfa("cache", "ls", "--json")
    theirs = other_machine.hub2().hf("cache", "ls", "--json", "--show-warnings")
    assert "warning" not in (theirs.stderr + ours.stderr).lower()
    assert {(r["id"], r["size"]) for r in json.loads(ours.stdout)} == {(r["id"], r["size"]) for r in json.loads(theirs.stdout)}
    revisions = json.loads(other_machine.mirfa("cache", "ls", "--revisions", "--json").stdout)
    assert sorted(r["id"] for r in revisions) == sorted(f"model/{r.id}" for r in repos)
    assert all(r["refs"] == "main" for r in revisions)


@pytest.mark.parametrize("words", [
    ["--filter", "size>1KB"], ["--filter", "size>1GB"], ["--filter", "type=model", "--filter", "refs=main"], ["--filter", "type=dataset"],
    ["--filter", "accessed<1d"], ["--filter", "modified>=1w"], ["--sort", "size"], ["--sort", "name:desc"], ["--sort", "name", "--limit", "1"],
    ["--filter", "size>=1", "--revisions", "--sort", "size:asc"]])
def test_filters_orders_and_limits_give_what_the_python_client_gives(listed, words):
    ours = [row["id"] for row in json.loads(listed.mirfa("cache", "ls", "--json", *words).stdout)]
    theirs = [row["id"] for row in json.loads(listed.hub2().hf("cache", "ls", "--json", *words).stdout)]
    assert ours == theirs


def test_a_filter_that_is_none_is_a_mistake_of_usage_to_both(machine):
    (machine.home / "hf" / "hub").mkdir()  # without one hf looks no further
    for words in (["--filter", "weight>1"], ["--filter", "type!=model"], ["--sort", "colour"]):
        ours = machine.mirfa("cache", "ls", *words, check=False)
        assert ours.returncode == 2 and "Write" in ours.stderr
        assert machine.hub2().hf("cache", "ls", *words, check=False).returncode == 2


def test_deleting_one_repository_keeps_the_shared_content_and_leaves_what_the_python_client_leaves(
        new_repo, machine, other_machine, alice, tmp_path):
    one, two = fill(new_repo, machine, other_machine, alice, tmp_path)
    hf = other_machine.hub2()
    cache = other_machine.home / "hf/hub"
    copy = tmp_path / "copy"
    other_machine.run(["cp", "-a", cache, copy])
    other_machine.mirfa("cache", "rm", f"model/{one.id}", "--yes")
    hf.hf("cache", "rm", f"model/{one.id}", "--yes", HF_HUB_CACHE=str(copy))
    assert names(cache) == names(copy)
    hf.hf("cache", "verify", two.id)
    payload = next(p for p in (cache / "blobs").glob("??/*") if p.suffix == "")
    assert payload.stat().st_size == 2 * MIB
    other_machine.mirfa("cache", "rm", f"hf://models/{two.id}", "--yes")
    assert not payload.exists()
    assert json.loads(hf.hf("cache", "ls", "--json").stdout) == []


def test_one_revision_goes_without_what_the_other_needs(new_repo, machine, other_machine, alice, tmp_path):
    (repo,) = fill(new_repo, machine, other_machine, alice, tmp_path, 1)
    machine.hub2(alice).hf("upload", repo.id, write_text(tmp_path / "config.json", "{}"), "config.json")
    old, = json.loads(other_machine.mirfa("cache", "ls", "--revisions", "--json").stdout)
    new = other_machine.mirfa("download", repo.id).stdout.strip()
    dry = json.loads(other_machine.mirfa("cache", "prune", "--dry-run", "--json").stdout)
    assert (dry["repos_deleted"], dry["revisions_deleted"]) == (0, 1)
    gone = json.loads(other_machine.mirfa("cache", "rm", old["revision"], "--yes", "--json").stdout)
    assert gone["revisions_deleted"] == 1
    other_machine.hub2().hf("cache", "verify", repo.id)
    assert other_machine.mirfa("download", repo.id, HF_HUB_OFFLINE="1").stdout.strip() == new
    nothing = json.loads(other_machine.mirfa("cache", "prune", "--dry-run", "--json").stdout)
    assert nothing["revisions_deleted"] == 0
    unknown = other_machine.mirfa("cache", "rm", "0" * 40, "--yes")
    assert "not cached" in unknown.stderr


def test_verify_names_what_is_wrong_missing_and_extra(new_repo, machine, other_machine, alice, tmp_path):
    (repo,) = fill(new_repo, machine, other_machine, alice, tmp_path, 1)
    assert other_machine.mirfa("cache", "verify", repo.id).returncode == 0
    folder = tmp_path / "local"
    other_machine.mirfa("download", repo.id, "--local-dir", folder)
    write_text(folder / "config.json", "broken")
    write_text(folder / "more.txt", "extra")
    (folder / "empty.txt").unlink()
    checked = other_machine.mirfa("cache", "verify", repo.id, "--local-dir", folder, "--json", check=False)
    told = json.loads(checked.stdout)
    assert checked.returncode == 1
    assert (told["wrong"], told["missing"], told["extra"]) == (["config.json"], ["empty.txt"], ["more.txt"])
    other_machine.mirfa("download", repo.id, "config.json", "--local-dir", folder, "--force-download")
    assert other_machine.mirfa("cache", "verify", repo.id, "--local-dir", folder).returncode == 0
    strict = other_machine.mirfa("cache", "verify", repo.id, "--local-dir", folder, "--fail-on-extra-files", check=False)
    assert strict.returncode == 1


def test_without_a_yes_nobody_to_ask_means_no(new_repo, machine, other_machine, alice, tmp_path):
    (repo,) = fill(new_repo, machine, other_machine, alice, tmp_path, 1)
    refused = other_machine.mirfa("cache", "rm", f"model/{repo.id}", check=False)
    assert refused.returncode == 1 and "--yes" in refused.stderr
    assert len(json.loads(other_machine.mirfa("cache", "ls", "--json").stdout)) == 1
