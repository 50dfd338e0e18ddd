# SPDX-License-Identifier: Apache-2.0
"""datasets: push_to_hub in shards, load_dataset whole, by revision and streaming."""

import pytest

pytestmark = pytest.mark.full


def test_a_dataset_is_pushed_and_loaded(machine, other_machine, alice, server):
    def push(repo_id):
        from datasets import Dataset, DatasetDict
        rows = {"number": list(range(5000)), "text": [f"row {number}" for number in range(5000)]}
        whole = DatasetDict({"train": Dataset.from_dict(rows), "test": Dataset.from_dict({key: value[:10] for key, value in rows.items()})})
        whole.push_to_hub(repo_id, num_shards={"train": 4, "test": 1})
        api.create_tag(repo_id, tag="v1", repo_type="dataset")
        Dataset.from_dict({"number": [7], "text": ["other"]}).push_to_hub(repo_id, "small", split="train")
        return sorted(api.list_repo_files(repo_id, repo_type="dataset"))

    files = machine.python("datasets", alice).call(push, repo_id="acme/rows")
    assert sum(name.endswith(".parquet") for name in files) == 6 and "README.md" in files
    tree = server.web.get("/api/datasets/acme/rows/tree/main/data").json()
    assert all("lfs" in entry for entry in tree)

    def load(repo_id):
        from datasets import load_dataset
        train = load_dataset(repo_id, split="train")
        tagged = load_dataset(repo_id, revision="v1", split="test")
        small = load_dataset(repo_id, "small", split="train")
        stream = load_dataset(repo_id, split="train", streaming=True)
        return [len(train), train[4999]["text"], len(tagged), small[0], [row["number"] for row in stream.take(3)]]

    assert other_machine.python("datasets").call(load, repo_id="acme/rows") == [
        5000, "row 4999", 10, {"number": 7, "text": "other"}, [0, 1, 2]]


def test_plain_files_are_loaded_by_their_kind(machine, other_machine, alice, new_repo):
    repo = new_repo("dataset")

    def upload(repo_id):
        api.upload_file(path_or_fileobj=b"a,b\n1,x\n2,y\n", path_in_repo="rows.csv", repo_id=repo_id, repo_type="dataset")

    def load(repo_id):
        from datasets import load_dataset
        return load_dataset(repo_id, split="train").to_dict()

    machine.hub2(alice).call(upload, repo_id=repo.id)
    assert other_machine.python("datasets").call(load, repo_id=repo.id) == {"a": [1, 2], "b": ["x", "y"]}
