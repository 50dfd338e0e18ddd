# SPDX-License-Identifier: Apache-2.0
"""Uploads by today's Python client: Xet for everything large, the commit API for the rest."""

from harness import content


def listing(repo, person=None, revision="main"):
    answer = repo.server.web.get(f"{repo.api}/tree/{revision}?recursive=true", token=person.token if person else None)
    assert answer.status == 200, answer.text
    return {entry["path"]: entry for entry in answer.json() if entry["type"] == "file"}


def head_of(repo, person, revision="main"):
    return repo.server.web.get(f"{repo.api}/revision/{revision}", token=person.token).json()["sha"]


def test_one_large_file_goes_up_by_xet_and_comes_back(machine, other_machine, alice, repo, tmp_path):
    weights = content.write_random(tmp_path / "model.safetensors", 12 * content.MIB)
    machine.hub2(alice).hf("upload", repo.id, weights, "weights/model.safetensors")

    entry = listing(repo)["weights/model.safetensors"]
    assert entry["size"] == 12 * content.MIB and entry["lfs"]["oid"] == content.sha256(weights)
    assert len(entry["xetHash"]) == 64
    path = other_machine.hub2().hf("download", repo.id, "weights/model.safetensors", "--quiet").stdout.strip()
    assert content.sha256(other_machine.home / path) == content.sha256(weights)


def test_the_upload_command_makes_a_repository_that_is_not_there(machine, alice, web, tmp_path):
    note = content.write_text(tmp_path / "note.txt", "hello\n")
    machine.hub2(alice).hf("upload", "acme/made-by-upload", note, "note.txt", "--private")
    assert web.get("/acme/made-by-upload/resolve/main/note.txt", token=alice.token).body == b"hello\n"
    assert web.get("/api/models/acme/made-by-upload").status == 401


def test_a_folder_goes_up_and_comes_back_identical(machine, other_machine, alice, repo, tmp_path):
    source = content.small_model(tmp_path / "model")
    said = machine.hub2(alice).hf("upload", repo.id, source, ".", "--commit-message", "A whole model", "--quiet")
    assert f"/{repo.id}/" in said.stdout

    other_machine.hub2().hf("download", repo.id, "--local-dir", tmp_path / "copy")
    assert content.tree(tmp_path / "copy") == content.tree(source)
    commits = repo.server.web.get(f"{repo.api}/commits/main").json()
    assert commits[0]["title"] == "A whole model"


def test_three_hundred_small_files(machine, other_machine, alice, repo, tmp_path):
    source = tmp_path / "many"
    for number in range(300):
        name = source / f"part-{number % 7}" / f"{number:03}.{'bin' if number % 10 == 0 else 'json'}"
        content.write_random(name, 2000 + number, seed=number) if number % 10 == 0 else \
            content.write_text(name, f'{{"number": {number}}}\n')
    machine.hub2(alice).hf("upload", repo.id, source, ".")
    assert len(listing(repo)) == 301
    other_machine.hub2().hf("download", repo.id, "--local-dir", tmp_path / "copy")
    assert content.tree(tmp_path / "copy") == content.tree(source)


def test_what_has_not_changed_makes_no_commit(machine, alice, repo, tmp_path):
    source = content.small_model(tmp_path / "model")
    client = machine.hub2(alice)
    client.hf("upload", repo.id, source, ".")
    before = head_of(repo, alice)
    client.hf("upload", repo.id, source, ".")
    assert head_of(repo, alice) == before

    content.write_text(source / "config.json", '{"hidden_size": 16}\n')
    client.hf("upload", repo.id, source, ".")
    assert head_of(repo, alice) != before
    assert repo.server.web.get(repo.file("config.json")).body == b'{"hidden_size": 16}\n'


def test_include_exclude_and_delete_patterns(machine, alice, repo, tmp_path):
    source = content.small_model(tmp_path / "model")
    client = machine.hub2(alice)
    client.hf("upload", repo.id, source, ".", "--include", "*.json", "--include", "tokenizer/*", "--exclude", "*عربي*")
    assert set(listing(repo)) == {".gitattributes", "config.json", "tokenizer/vocab.txt"}
    client.hf("upload", repo.id, source, ".", "--include", "*.safetensors", "--delete", "tokenizer/*")
    assert set(listing(repo)) == {".gitattributes", "config.json", "model.safetensors"}


def test_a_gitignore_file_is_obeyed(machine, alice, repo, tmp_path):
    source = tmp_path / "project"
    content.write_text(source / ".gitignore", "*.log\nscratch/\n")
    content.write_text(source / "train.log", "noise\n")
    content.write_text(source / "scratch/x.txt", "noise\n")
    content.write_text(source / "kept.txt", "kept\n")
    machine.hub2(alice).hf("upload", repo.id, source, ".")
    assert set(listing(repo)) == {".gitattributes", ".gitignore", "kept.txt"}


def test_small_binary_names_of_the_default_rules_are_large_files_and_text_is_not(machine, alice, repo, tmp_path):
    def upload(repo_id):
        api.upload_file(path_or_fileobj=b"tiny", path_in_repo="tiny.bin", repo_id=repo_id)
        api.upload_file(path_or_fileobj=b"x" * 9_000_000, path_in_repo="long.txt", repo_id=repo_id)
        return api.upload_file(path_or_fileobj=b"y" * 11_000_000, path_in_repo="longer.txt", repo_id=repo_id).oid

    commit = machine.hub2(alice).call(upload, repo_id=repo.id)
    files = listing(repo)
    assert commit == head_of(repo, alice)
    assert "lfs" in files["tiny.bin"] and "lfs" not in files["long.txt"] and "lfs" in files["longer.txt"]
    attributes = repo.server.web.get(repo.file(".gitattributes")).text
    assert "longer.txt filter=lfs diff=lfs merge=lfs -text" in attributes.splitlines()


def test_operations_apply_in_order_and_copies_need_no_upload(machine, alice, repo, tmp_path):
    source = content.small_model(tmp_path / "model")
    client = machine.hub2(alice)
    client.hf("upload", repo.id, source, ".")

    def change(repo_id):
        from huggingface_hub import CommitOperationAdd, CommitOperationCopy, CommitOperationDelete
        return api.create_commit(repo_id, commit_message="Move things", commit_description="In one step.", operations=[
            CommitOperationCopy(src_path_in_repo="model.safetensors", path_in_repo="copies/model.safetensors"),
            CommitOperationCopy(src_path_in_repo="config.json", path_in_repo="copies/config.json"),
            CommitOperationDelete(path_in_repo="tokenizer/"),
            CommitOperationDelete(path_in_repo="empty.txt"),
            CommitOperationAdd(path_in_repo="tokenizer/vocab.txt", path_or_fileobj=b"one\ntwo\nthree\n"),
        ]).commit_message

    before = listing(repo)
    assert client.call(change, repo_id=repo.id) == "Move things"
    after = listing(repo)
    assert set(after) == set(before) - {"empty.txt", "tokenizer/größe und عربي.txt"} | \
        {"copies/model.safetensors", "copies/config.json"}
    assert after["copies/model.safetensors"]["lfs"] == before["model.safetensors"]["lfs"]
    assert after["copies/config.json"]["oid"] == before["config.json"]["oid"]


def test_a_copy_from_another_repository_needs_read_access_there(machine, alice, bob, new_repo, tmp_path):
    source, target = new_repo(private=True), new_repo()
    weights = content.write_random(tmp_path / "w.bin", 300_000)
    machine.hub2(alice).hf("upload", source.id, weights, "w.bin")

    def copy(source_id, target_id):
        from huggingface_hub import CommitOperationCopy
        return api.create_commit(target_id, commit_message="copy", operations=[
            CommitOperationCopy(src_repo_id=source_id, src_repo_type="model", src_path_in_repo="w.bin", path_in_repo="w.bin")]).oid

    machine.hub2(alice).call(copy, source_id=source.id, target_id=target.id)
    assert listing(target)["w.bin"]["lfs"]["oid"] == content.sha256(weights)
    own = new_repo(owner="bob", person=bob)
    failure = machine.hub2(bob).fails(copy, source_id=source.id, target_id=own.id)
    assert failure.status == 404 and "RepositoryNotFoundError" in failure.kinds


def test_a_moved_parent_is_told_and_changes_nothing(machine, alice, repo):
    def collide(repo_id):
        from huggingface_hub import CommitOperationAdd
        start = api.model_info(repo_id).sha
        first = api.create_commit(repo_id, [CommitOperationAdd("a.txt", b"a")], commit_message="a", parent_commit=start)
        try:
            api.create_commit(repo_id, [CommitOperationAdd("b.txt", b"b")], commit_message="b", parent_commit=start)
        except hub.errors.HfHubHTTPError as error:
            return [error.response.status_code, first.oid == api.model_info(repo_id).sha]

    assert machine.hub2(alice).call(collide, repo_id=repo.id) == [412, True]


def test_a_card_with_wrong_front_matter_is_refused_with_its_reason(machine, alice, repo):
    def upload(repo_id):
        api.upload_file(path_or_fileobj=b"---\nlicense: [unclosed\n---\n# A card\n", path_in_repo="README.md", repo_id=repo_id)

    failure = machine.hub2(alice).fails(upload, repo_id=repo.id)
    assert "yaml" in failure.text.lower() or "metadata" in failure.text.lower(), failure.text
    assert "README.md" not in listing(repo)


def test_a_card_can_be_written_and_changed_by_its_own_functions(machine, alice, repo):
    def write(repo_id):
        from huggingface_hub import ModelCard, metadata_load, metadata_update
        ModelCard("---\nlicense: mit\nlanguage:\n- en\n- ar\n---\n# Card\n").push_to_hub(repo_id)
        metadata_update(repo_id, {"pipeline_tag": "text-generation"})
        info = api.model_info(repo_id)
        return [ModelCard.load(repo_id).data.to_dict(), info.pipeline_tag, sorted(info.tags), info.card_data.to_dict()]

    card, task, tags, data = machine.hub2(alice).call(write, repo_id=repo.id)
    assert card == data == {"license": "mit", "language": ["en", "ar"], "pipeline_tag": "text-generation"}
    assert task == "text-generation" and {"license:mit", "en", "ar"} <= set(tags)


def test_datasets_and_spaces_take_files_the_same_way(machine, other_machine, alice, new_repo, tmp_path):
    rows = content.write_random(tmp_path / "rows.parquet", 5000)
    for kind, fields in (("dataset", {}), ("space", {"sdk": "static"})):
        repo = new_repo(kind, **fields)
        machine.hub2(alice).hf("upload", repo.id, rows, "data/rows.parquet", "--repo-type", kind)
        assert "lfs" in listing(repo)["data/rows.parquet"]
        path = other_machine.hub2().hf("download", repo.id, "data/rows.parquet", "--repo-type", kind, "--quiet").stdout.strip()
        assert content.sha256(other_machine.home / path) == content.sha256(rows)


def test_two_writers_at_once_lose_nothing(machine, alice, repo):
    def race(repo_id):
        from concurrent.futures import ThreadPoolExecutor
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda n: api.upload_file(path_or_fileobj=f"{n}\n".encode(), path_in_repo=f"{n}.txt", repo_id=repo_id),
                          range(24)))
        return len(api.list_repo_commits(repo_id))

    assert machine.hub2(alice).call(race, repo_id=repo.id) == 25
    assert set(listing(repo)) == {".gitattributes", *(f"{n}.txt" for n in range(24))}


def test_a_reader_cannot_upload(machine, bob, alice, repo, tmp_path):
    def upload(repo_id):
        api.upload_file(path_or_fileobj=b"mine", path_in_repo="mine.txt", repo_id=repo_id)

    assert machine.hub2(bob).fails(upload, repo_id=repo.id).status == 403
    assert machine.hub2(alice, HF_TOKEN=alice.read_token).fails(upload, repo_id=repo.id).status == 403
    assert set(listing(repo)) == {".gitattributes"}
