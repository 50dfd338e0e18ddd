# SPDX-License-Identifier: Apache-2.0
"""Downloads by today's Python client: by every kind of revision, cached, offline, in part."""

import os

import pytest

from harness import content


@pytest.fixture
def history(machine, alice, repo, tmp_path):
    """A repository with two states: `old` (tag v1) and `new` (main, branch feature/x)."""
    source = content.small_model(tmp_path / "model")
    client = machine.hub2(alice)
    client.hf("upload", repo.id, source, ".")

    def mark(repo_id):
        api.create_tag(repo_id, tag="v1", tag_message="first")
        return api.model_info(repo_id).sha

    old = client.call(mark, repo_id=repo.id)
    old_tree = content.tree(source)
    content.write_text(source / "config.json", '{"hidden_size": 32}\n')
    content.write_random(source / "model.safetensors", 3 * content.MIB, seed=8)
    client.hf("upload", repo.id, source, ".")

    def branch(repo_id):
        api.create_branch(repo_id, branch="feature/x")
        return api.model_info(repo_id).sha

    return repo, old, old_tree, client.call(branch, repo_id=repo.id), content.tree(source)


def test_a_snapshot_by_branch_tag_full_and_short_commit(history, other_machine):
    repo, old, old_tree, new, new_tree = history
    client = other_machine.hub2()
    expected = {"main": (new, new_tree), "feature/x": (new, new_tree), "v1": (old, old_tree), old: (old, old_tree),
                old[:7]: (old, old_tree), new[:10]: (new, new_tree), "refs/heads/main": (new, new_tree)}
    for revision, (commit, files) in expected.items():
        folder = other_machine.home / client.hf("download", repo.id, "--revision", revision, "--quiet").stdout.strip()
        assert (folder.name, content.tree(folder)) == (commit, files), revision


def test_a_second_download_finds_everything_in_the_cache_also_offline(history, other_machine, server):
    repo, _, _, new, new_tree = history
    client = other_machine.hub2()
    client.hf("download", repo.id)
    folder = client.hf("download", repo.id, "--quiet", HF_HUB_OFFLINE="1").stdout.strip()
    assert content.tree(other_machine.home / folder) == new_tree

    before = server.log_size()
    client.hf("download", repo.id, "--revision", new)
    assert "/resolve/" not in server.log_since(before) and "reconstructions" not in server.log_since(before)


def test_patterns_choose_and_a_dry_run_only_tells(history, other_machine, tmp_path):
    repo = history[0]
    client = other_machine.hub2()
    told = client.hf("download", repo.id, "--dry-run", "--include", "*.json", "--json").stdout
    assert "config.json" in told and "model.safetensors" not in told
    client.hf("download", repo.id, "--include", "tokenizer/*", "--exclude", "*.json", "--local-dir", tmp_path / "part")
    assert set(content.tree(tmp_path / "part")) == {"tokenizer/vocab.txt", "tokenizer/größe und عربي.txt"}


def test_a_changed_file_in_a_local_folder_is_fetched_again_and_the_rest_is_not(history, other_machine, server, tmp_path):
    repo, _, _, _, new_tree = history
    client = other_machine.hub2()
    client.hf("download", repo.id, "--local-dir", tmp_path / "copy")
    content.write_text(tmp_path / "copy/config.json", "damaged")
    os.utime(tmp_path / "copy/config.json", (4e9, 4e9))
    client.hf("download", repo.id, "--local-dir", tmp_path / "copy")
    assert content.tree(tmp_path / "copy") == new_tree


def test_names_in_the_cache_are_git_ids_and_sha256(history, other_machine, web):
    repo, _, _, new, new_tree = history

    def fetch(repo_id):
        small, large = (hub.hf_hub_download(repo_id, name) for name in ("config.json", "model.safetensors"))
        return [Path(small).parent.name, Path(small).resolve().name, Path(os.readlink(large)).name]

    commit, small, large = other_machine.hub2().call(fetch, repo_id=repo.id)
    tree = {entry["path"]: entry for entry in web.get(f"{repo.api}/tree/main").json()}
    assert (commit, small, large) == (new, tree["config.json"]["oid"], new_tree["model.safetensors"])


def test_checksums_of_a_download_verify(history, other_machine):
    repo = history[0]
    client = other_machine.hub2()
    client.hf("download", repo.id)
    assert client.hf("cache", "verify", repo.id, "--fail-on-missing-files", check=False).returncode == 0


def test_plain_http_gives_the_same_bytes_as_xet(history, other_machine):
    repo, _, _, _, new_tree = history
    client = other_machine.hub2(HF_HUB_DISABLE_XET="1")
    folder = client.hf("download", repo.id, "--quiet").stdout.strip()
    assert content.tree(other_machine.home / folder) == new_tree


def test_a_private_repository_opens_to_its_readers_only(machine, other_machine, server, alice, bob, new_repo, tmp_path):
    repo = new_repo(private=True)
    source = content.small_model(tmp_path / "model")
    machine.hub2(alice).hf("upload", repo.id, source, ".")
    assert other_machine.hub2(alice, HF_TOKEN=alice.read_token).hf("download", repo.id).returncode == 0

    def fetch(repo_id):
        hub.hf_hub_download(repo_id, "model.safetensors")

    stranger = other_machine.hub2(bob, HF_HOME=str(other_machine.home / "bob"))
    nobody = other_machine.hub2(None, HF_HOME=str(other_machine.home / "nobody"))
    assert "RepositoryNotFoundError" in stranger.fails(fetch, repo_id=repo.id).kinds
    assert "RepositoryNotFoundError" in nobody.fails(fetch, repo_id=repo.id).kinds
    server.add_member("acme", "bob", "read")
    try:
        stranger.call(fetch, repo_id=repo.id)
    finally:
        server.remove_member("acme", "bob")


def test_files_that_are_not_there_are_remembered_as_missing(history, other_machine):
    def probe(repo_id):
        from huggingface_hub import file_exists, try_to_load_from_cache
        found = file_exists(repo_id, "adapter_config.json")
        try:
            hub.hf_hub_download(repo_id, "adapter_config.json")
        except hub.errors.EntryNotFoundError:
            pass
        return [found, "object" in str(try_to_load_from_cache(repo_id, "adapter_config.json"))]

    assert other_machine.hub2().call(probe, repo_id=history[0].id) == [False, True]


def test_the_header_of_safetensors_is_read_by_ranges(machine, other_machine, alice, repo, tmp_path):
    import numpy
    from safetensors.numpy import save_file
    tensors = {"layer.weight": numpy.arange(600_000, dtype=numpy.float32).reshape(600, 1000), "bias": numpy.zeros(7)}
    save_file(tensors, tmp_path / "model.safetensors")
    machine.hub2(alice).hf("upload", repo.id, tmp_path / "model.safetensors", "model.safetensors")

    def look(repo_id):
        found = api.get_safetensors_metadata(repo_id)
        return [found.parameter_count, sorted(found.weight_map)]

    count, names = other_machine.hub2().call(look, repo_id=repo.id)
    assert count == {"F32": 600_000, "F64": 7} and names == ["bias", "layer.weight"]
