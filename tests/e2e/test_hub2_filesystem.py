# SPDX-License-Identifier: Apache-2.0
"""HfFileSystem: what pandas, polars, duckdb and datasets see as hf://…"""

from harness import content


def filled(machine, alice, repo, tmp_path):
    machine.hub2(alice).hf("upload", repo.id, content.small_model(tmp_path / "model"), ".")
    return content.tree(tmp_path / "model")


def test_listing_finding_and_globbing(machine, other_machine, alice, repo, tmp_path):
    filled(machine, alice, repo, tmp_path)

    def look(repo_id):
        fs = hub.HfFileSystem()
        short = lambda paths: sorted(path.removeprefix(repo_id + "/") for path in paths)
        info = fs.info(f"{repo_id}/model.safetensors", expand_info=True)
        return [short(fs.ls(repo_id, detail=False)), short(fs.find(repo_id)), short(fs.glob(f"{repo_id}/**/*.txt")),
                info["size"], bool(info["lfs"]), info["last_commit"]["title"] != "", fs.isdir(f"{repo_id}/tokenizer"),
                fs.exists(f"{repo_id}/nothing"), fs.exists(f"{repo_id}@nothing/config.json")]

    top, every, texts, size, large, dated, folder, missing, nowhere = other_machine.hub2().call(look, repo_id=repo.id)
    assert top == [".gitattributes", "README.md", "config.json", "empty.txt", "model.safetensors", "tokenizer"]
    assert every == sorted([*top[:-1], "tokenizer/vocab.txt", "tokenizer/größe und عربي.txt"])
    assert texts == ["empty.txt", "tokenizer/größe und عربي.txt", "tokenizer/vocab.txt"]
    assert (size, large, dated, folder, missing, nowhere) == (2 * content.MIB, True, True, True, False, False)


def test_reading_in_blocks_streams_and_whole_files(machine, other_machine, alice, repo, tmp_path):
    files = filled(machine, alice, repo, tmp_path)

    def read(repo_id, target):
        import hashlib
        fs, path = hub.HfFileSystem(), f"{repo_id}/model.safetensors"
        with fs.open(path, "rb", block_size=100_000) as file:
            file.seek(1_500_000)
            part = file.read(10)
            file.seek(0)
            blocks = hashlib.sha256(file.read()).hexdigest()
        with fs.open(path, "rb", block_size=0) as file:
            stream = hashlib.sha256(file.read()).hexdigest()
        fs.get_file(path, target)
        tail = fs.cat_file(path, start=-5)
        return [part.hex(), blocks, stream, tail.hex(), fs.cat_file(f"{repo_id}/empty.txt").hex()]

    part, blocks, stream, tail, empty = other_machine.hub2().call(read, repo_id=repo.id, target=tmp_path / "got")
    whole = (tmp_path / "model/model.safetensors").read_bytes()
    assert blocks == stream == content.sha256(tmp_path / "got") == files["model.safetensors"]
    assert (part, tail, empty) == (whole[1_500_000:1_500_010].hex(), whole[-5:].hex(), "")


def test_writing_copying_and_removing(machine, alice, repo):
    def work(repo_id):
        fs = hub.HfFileSystem()
        with fs.open(f"{repo_id}/data/written.txt", "w") as file:
            file.write("by the file system")
        fs.cp_file(f"{repo_id}/data/written.txt", f"{repo_id}/data/copied.txt")
        fs.rm(f"{repo_id}/data/written.txt")
        fs.invalidate_cache()
        return [fs.ls(f"{repo_id}/data", detail=False), fs.read_text(f"{repo_id}/data/copied.txt")]

    assert machine.hub2(alice).call(work, repo_id=repo.id) == [[f"{repo.id}/data/copied.txt"], "by the file system"]


def test_revisions_in_paths(machine, alice, bob, repo):
    def work(repo_id):
        api.create_branch(repo_id, branch="feature/x")
        api.upload_file(path_or_fileobj=b"on the branch", path_in_repo="a.txt", repo_id=repo_id, revision="feature/x")
        api.upload_file(path_or_fileobj=b"proposed", path_in_repo="a.txt", repo_id=repo_id, create_pr=True)
        fs = hub.HfFileSystem()
        return [fs.read_text(f"{repo_id}@feature%2Fx/a.txt"), fs.read_text(f"{repo_id}@refs/pr/1/a.txt"),
                fs.exists(f"{repo_id}/a.txt")]

    assert machine.hub2(alice).call(work, repo_id=repo.id) == ["on the branch", "proposed", False]


def test_a_dataset_path_and_what_is_missing(machine, alice, new_repo):
    data = new_repo("dataset")

    def work(repo_id):
        api.upload_file(path_or_fileobj=b"a,b\n1,2\n", path_in_repo="rows.csv", repo_id=repo_id, repo_type="dataset")
        fs = hub.HfFileSystem()
        found = [fs.read_text(f"hf://datasets/{repo_id}/rows.csv")]
        for path in (f"datasets/{repo_id}/none.csv", "datasets/acme/none/x.csv", f"datasets/{repo_id}@nowhere/rows.csv"):
            try:
                fs.open(path, "rb").read()
            except FileNotFoundError:
                found.append("not found")
        return found

    assert machine.hub2(alice).call(work, repo_id=data.id) == ["a,b\n1,2\n", "not found", "not found", "not found"]


def test_a_listing_of_several_pages_is_whole(machine, alice, repo):
    def work(repo_id):
        from huggingface_hub import CommitOperationAdd
        names = [f"d{number % 5}/{number:04}.txt" for number in range(900)]
        api.create_commit(repo_id, [CommitOperationAdd(name, b"x") for name in names], commit_message="many")
        fs = hub.HfFileSystem()
        expanded = fs.find(repo_id, detail=True, expand_info=True)
        return [len(fs.find(repo_id)), len(expanded), len(api.list_repo_files(repo_id))]

    assert machine.hub2(alice).call(work, repo_id=repo.id) == [901, 901, 901]
