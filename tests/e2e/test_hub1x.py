# SPDX-License-Identifier: Apache-2.0
"""The Python client of the 1.x years: upload_large_folder, and Xet only where the LFS batch offers it."""

from harness import content


def test_upload_large_folder(machine, other_machine, alice, repo, tmp_path):
    source = content.small_model(tmp_path / "model", weights=20 * content.MIB)
    for number in range(40):
        content.write_random(source / f"shards/{number:02}.bin", 50_000, seed=number)
    machine.hub1x(alice).hf("upload-large-folder", repo.id, source, "--repo-type", "model", "--num-workers", "4")
    other_machine.hub1x().hf("download", repo.id, "--local-dir", tmp_path / "copy")
    assert content.tree(tmp_path / "copy") == content.tree(source)


def test_large_files_go_by_xet_when_the_batch_offers_it(machine, other_machine, alice, repo, web, tmp_path):
    weights = content.write_random(tmp_path / "w.safetensors", 9 * content.MIB)
    machine.hub1x(alice).hf("upload", repo.id, weights, "w.safetensors")
    entry = next(item for item in web.get(f"{repo.api}/tree/main").json() if item["path"] == "w.safetensors")
    assert entry["lfs"]["oid"] == content.sha256(weights) and entry.get("xetHash")
    for client in (other_machine.hub1x(), other_machine.hub2(HF_HOME=str(other_machine.home / "two"))):
        path = client.hf("download", repo.id, "w.safetensors", "--quiet").stdout.strip()
        assert content.sha256(other_machine.home / path) == content.sha256(weights)


def test_without_xet_it_sends_plain_lfs(machine, other_machine, alice, repo, web, tmp_path):
    source = content.small_model(tmp_path / "model", weights=15 * content.MIB)
    machine.hub1x(alice, HF_HUB_DISABLE_XET="1").hf("upload", repo.id, source, ".")
    entry = next(item for item in web.get(f"{repo.api}/tree/main").json() if item["path"] == "model.safetensors")
    assert "lfs" in entry and "xetHash" not in entry
    folder = other_machine.hub1x().hf("download", repo.id, "--quiet").stdout.strip()
    assert content.tree(other_machine.home / folder) == content.tree(source)


def test_library_calls_of_its_time(machine, alice, bob, repo):
    def work(repo_id):
        api.upload_file(path_or_fileobj=b"---\nlicense: mit\n---\n", path_in_repo="README.md", repo_id=repo_id)
        commit = api.upload_file(path_or_fileobj=b"p", path_in_repo="p.bin", repo_id=repo_id, create_pr=True)
        api.create_branch(repo_id, branch="b")
        api.create_tag(repo_id, tag="t")
        folder = hub.snapshot_download(repo_id, revision="t")
        return [api.whoami()["name"], commit.pr_num, sorted(os.listdir(folder)), len(api.list_repo_commits(repo_id)),
                hub.HfFileSystem().read_text(f"{repo_id}/README.md").splitlines()[1]]

    assert machine.hub1x(alice).call(work, repo_id=repo.id) == ["alice", 1, [".gitattributes", "README.md"], 2, "license: mit"]


def test_errors_keep_their_classes(machine, repo):
    def missing(repo_id, filename="x", revision=None):
        hub.hf_hub_download(repo_id, filename, revision=revision)

    client = machine.hub1x()
    assert "RepositoryNotFoundError" in client.fails(missing, repo_id="acme/none").kinds
    assert "RevisionNotFoundError" in client.fails(missing, repo_id=repo.id, revision="none").kinds
    assert "EntryNotFoundError" in client.fails(missing, repo_id=repo.id).kinds
