# SPDX-License-Identifier: Apache-2.0
"""transformers 4 with TensorFlow and Flax: Keras pushes through git while it trains, models and tokenizers are pushed by hand,
and another machine loads every revision with equal weights."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.full, pytest.mark.timeout(600)]

HARNESS = __file__.rsplit("/", 1)[0]


def ask(harness, question, words):
    import sys
    sys.path.insert(0, harness)
    from harness import keras_training
    return getattr(keras_training, question)(**words)


@pytest.fixture
def trainer(machine, alice):
    """harness/keras_training.py on a person's machine: trainer("push", repo_id=…, …)."""
    client = machine.python("frameworks", alice)
    return lambda question, **words: client.call(ask, harness=HARNESS, question=question, words=words)


@pytest.fixture
def loaded(other_machine):
    """Weights and answers that a machine with an empty cache gets from each of some revisions."""
    client = other_machine.python("frameworks")
    return lambda repo_id, kind, revisions: client.call(
        ask, harness=HARNESS, question="load", words={"repo_id": repo_id, "kind": kind, "revisions": revisions})


def history(server, repo_id):
    """Commits, the first one first, without the one that made the repository."""
    return server.web.get(f"/api/models/{repo_id}/commits/main").json()[-2::-1]


def files(server, repo_id):
    return {s["rfilename"] for s in server.web.get(f"/api/models/{repo_id}").json()["siblings"]}


STRATEGIES = {
    "epoch": (dict(epochs=3), ["Training in progress epoch 0", "Training in progress epoch 1", "Training in progress epoch 2"]),
    "steps": (dict(epochs=1, save_steps=2), ["Training in progress steps 1", "Training in progress steps 3",
                                             "Training in progress steps 5", "End of training"]),
    "no": (dict(epochs=1), ["End of training"]),
}


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_keras_pushes_while_it_trains_and_every_revision_loads(trainer, loaded, accepted, server, strategy):
    how, titles = STRATEGIES[strategy]
    repo_id = f"acme/keras-{strategy}"
    made = trainer("train_and_push", repo_id=repo_id, save_strategy=strategy, **how)
    assert made["failed"] == [] and made["id"] == repo_id
    commits = history(server, repo_id)
    assert [commit["title"] for commit in commits] == titles
    assert {commit["authors"][0]["user"] for commit in commits} == {"alice"}
    assert {"tf_model.h5", "config.json", "README.md", "tokenizer.json", "vocab.txt"} <= files(server, repo_id)
    sent = made["sent"] + [made["last"]] * (len(commits) - len(made["sent"]))
    assert loaded(repo_id, "TFAutoModelForSequenceClassification", [commit["id"] for commit in commits]) == sent
    card = accepted(repo_id)
    assert card["library_name"] == "transformers" and "generated_from_keras_callback" in card["tags"]
    info = server.web.get(f"/api/models/{repo_id}").json()
    assert {"tf", "bert", "generated_from_keras_callback"} <= set(info["tags"])
    assert info["pipeline_tag"] == "text-classification"


def test_keras_keeps_whole_checkpoints_in_a_repository_of_its_own_person(trainer, loaded, server):
    made = trainer("train_and_push", repo_id="whole", epochs=2, save_strategy="epoch", checkpoint=True)
    assert made["failed"] == [] and made["id"] == "alice/whole"
    commits = history(server, "alice/whole")
    assert [commit["title"] for commit in commits][:2] == ["Training in progress epoch 0", "Training in progress epoch 1"]
    assert {"checkpoint/weights.h5", "checkpoint/extra_data.pickle"} <= files(server, "alice/whole")
    found = loaded("alice/whole", "TFAutoModelForSequenceClassification", [commit["id"] for commit in commits[:2]])
    assert found == made["sent"]


def test_a_model_that_keras_trained_brings_its_card_when_it_is_pushed_by_hand(trainer, loaded, accepted, server):
    made = trainer("fit_and_push", repo_id="acme/keras-by-hand")
    head = server.web.get("/api/models/acme/keras-by-hand").json()["sha"]
    assert loaded("acme/keras-by-hand", "TFAutoModelForSequenceClassification", [head, "main"]) == [made, made]
    assert accepted("acme/keras-by-hand")["tags"] == ["generated_from_keras_callback"]


# How a model is pushed, what loads it, and files by which one sees what was sent.
PUSHED = {
    "TFAutoModel": ({}, "TFAutoModel", {"tf_model.h5"}, "tf"),
    "TFBertModel": ({"max_shard_size": "4KB"}, "TFBertModel", {"tf_model.h5.index.json"}, "tf"),
    "FlaxBertModel": ({"safe_serialization": False}, "FlaxAutoModel", {"flax_model.msgpack"}, "jax"),
    "FlaxBertForSequenceClassification": ({}, "FlaxBertForSequenceClassification", {"model.safetensors"}, "safetensors"),
}


@pytest.mark.parametrize("kind", PUSHED)
def test_model_and_tokenizer_are_pushed_by_hand_and_every_revision_loads(trainer, loaded, server, kind):
    how, loader, expected, tag = PUSHED[kind]
    repo_id = f"acme/{kind.lower()}"
    made = trainer("push", repo_id=repo_id, kind=kind, **how)
    commits = history(server, repo_id)
    assert [commit["title"] for commit in commits] == ["The model", "The tokenizer"]
    assert expected | {"config.json", "tokenizer.json"} <= files(server, repo_id)
    assert loaded(repo_id, loader, [commits[1]["id"], commits[1]["id"][:7]]) == [made, made]
    assert tag in server.web.get(f"/api/models/{repo_id}").json()["tags"]
