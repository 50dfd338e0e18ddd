# SPDX-License-Identifier: Apache-2.0
"""The Python client of the 0.x years without hf_xet: LFS, in one piece and in parts."""

import pytest

from harness import content


def test_it_really_has_no_xet(machine):
    def look():
        from huggingface_hub.utils._runtime import is_xet_available
        return is_xet_available()

    assert machine.hub0x().call(look) is False


def test_a_folder_goes_up_by_lfs_and_comes_back(machine, other_machine, alice, repo, web, tmp_path):
    source = content.small_model(tmp_path / "model", weights=12 * content.MIB)
    machine.hub0x(alice).hf("upload", repo.id, source, ".", command="huggingface-cli")
    entry = next(item for item in web.get(f"{repo.api}/tree/main").json() if item["path"] == "model.safetensors")
    assert entry["size"] == 12 * content.MIB and "xetHash" not in entry
    folder = other_machine.hub0x().hf("download", repo.id, "--quiet").stdout.strip().splitlines()[-1]
    assert content.tree(other_machine.home / folder) == content.tree(source)


@pytest.mark.parametrize("size", [5_000_001, 12_000_000, 15_000_000])
def test_parts_are_put_together_whatever_the_last_one_holds(machine, other_machine, alice, new_repo, web, tmp_path, size):
    repo = new_repo(lfsmultipartthresh=5_000_000)
    weights = content.write_random(tmp_path / "w.bin", size)
    offered = web.post(f"{repo.page}.git/info/lfs/objects/batch", token=alice.token, as_json={
        "operation": "upload", "transfers": ["basic", "multipart"], "hash_algo": "sha256",
        "objects": [{"oid": content.sha256(weights), "size": size}]}).json()
    assert offered["transfer"] == "multipart"
    machine.hub0x(alice).hf("upload", repo.id, weights, "w.bin")
    path = other_machine.hub0x().hf("download", repo.id, "w.bin", "--quiet").stdout.strip().splitlines()[-1]
    assert content.sha256(other_machine.home / path) == content.sha256(weights)


def test_what_the_server_holds_is_not_sent_again(machine, server, alice, repo, tmp_path):
    weights = content.write_random(tmp_path / "w.bin", 8 * content.MIB)
    client = machine.hub0x(alice)
    client.hf("upload", repo.id, weights, "w.bin")
    before, position = server.stored_bytes(), server.log_size()
    client.hf("upload", repo.id, weights, "again.bin")
    assert server.stored_bytes() - before < 8 * content.MIB / 100
    assert not [line for line in server.requests_since(position) if line.startswith("PUT")]


def test_another_repository_must_prove_that_it_has_the_bytes(web, machine, alice, bob, new_repo, tmp_path):
    hidden, own = new_repo(private=True), new_repo(owner="bob", person=bob)
    weights = content.write_random(tmp_path / "secret.bin", 100_000, seed=99)
    machine.hub0x(alice).hf("upload", hidden.id, weights, "secret.bin")
    wanted = {"oid": content.sha256(weights), "size": 100_000}
    batch = f"{own.page}.git/info/lfs/objects/batch"
    up = web.post(batch, token=bob.token, as_json={"operation": "upload", "transfers": ["basic"], "objects": [wanted]}).json()
    assert "upload" in up["objects"][0]["actions"]
    down = web.post(batch, token=bob.token, as_json={"operation": "download", "transfers": ["basic"], "objects": [wanted]}).json()
    assert down["objects"][0]["error"]["code"] == 404


def test_library_calls_of_its_time(machine, alice, repo):
    def work(repo_id):
        api.upload_file(path_or_fileobj=b"---\nlicense: mit\n---\n", path_in_repo="README.md", repo_id=repo_id)
        commit = api.upload_file(path_or_fileobj=b"p", path_in_repo="p.bin", repo_id=repo_id, create_pr=True)
        api.create_branch(repo_id, branch="b")
        folder = hub.snapshot_download(repo_id, revision="b")
        api.delete_file("README.md", repo_id)
        return [api.whoami()["auth"]["accessToken"]["role"], commit.pr_num, sorted(os.listdir(folder)),
                api.list_repo_files(repo_id), api.model_info(repo_id, revision="b", files_metadata=True).siblings[1].size]

    assert machine.hub0x(alice).call(work, repo_id=repo.id) == ["write", 1, [".gitattributes", "README.md"], [".gitattributes"], 21]


def test_errors_keep_their_classes(machine, repo):
    def missing(repo_id, filename="x", revision=None):
        hub.hf_hub_download(repo_id, filename, revision=revision)

    client = machine.hub0x()
    assert "RepositoryNotFoundError" in client.fails(missing, repo_id="acme/none").kinds
    assert "RevisionNotFoundError" in client.fails(missing, repo_id=repo.id, revision="none").kinds
    assert "EntryNotFoundError" in client.fails(missing, repo_id=repo.id).kinds
