# SPDX-License-Identifier: Apache-2.0
"""A model that a real library made: MiniLM's weights, configuration and tokenizer, up and back."""

import json
import shutil

import pytest

from harness import content
from harness.paths import CLIENTS


@pytest.fixture
def minilm(tmp_path):
    return shutil.copytree((CLIENTS / "minilm/model").resolve(), tmp_path / "minilm",
                           ignore=shutil.ignore_patterns("__pycache__", "*.py"))


def test_minilm_comes_back_byte_for_byte_and_loads(machine, other_machine, alice, repo, minilm):
    machine.hub2(alice).hf("upload", repo.id, minilm, ".")
    folder = other_machine.home / other_machine.hub2().hf("download", repo.id, "--quiet").stdout.strip()
    assert content.tree(folder) == content.tree(minilm)
    for name in content.tree(minilm):
        assert (folder / name).read_bytes() == (minilm / name).read_bytes(), name
    assert json.loads((folder / "config.json").read_text())["model_type"] == "bert"

    def load(folder):
        from safetensors import safe_open
        from tokenizers import Tokenizer
        words = Tokenizer.from_file(f"{folder}/tokenizer.json").encode("a quiet harbour").ids
        with safe_open(f"{folder}/model.safetensors", "numpy") as file:
            shapes = {name: list(file.get_tensor(name).shape) for name in file.keys()}
        return [words, len(shapes), shapes["embeddings.word_embeddings.weight"]]

    words, tensors, embedding = other_machine.hub2().call(load, folder=folder)
    assert words[0] == 101 and 102 in words and tensors > 100 and embedding == [30522, 384]


def test_what_the_card_says_is_in_the_info_and_the_header_is_read_from_afar(machine, other_machine, alice, repo, minilm):
    machine.hub2(alice).hf("upload", repo.id, minilm, ".")

    def look(repo_id):
        info = api.model_info(repo_id)
        header = api.get_safetensors_metadata(repo_id)
        return [info.card_data.to_dict()["license"], info.tags, info.library_name, sum(header.parameter_count.values())]

    licence, tags, library, parameters = other_machine.hub2().call(look, repo_id=repo.id)
    assert licence == "apache-2.0" and {"license:apache-2.0", "sentence-transformers"} <= set(tags)
    assert library == "sentence-transformers" and parameters > 22_000_000


def test_git_gives_the_same_model(machine, other_machine, alice, repo, minilm):
    machine.hub2(alice).hf("upload", repo.id, minilm, ".")
    assert content.tree(other_machine.git().clone(repo.git)) == content.tree(minilm)
