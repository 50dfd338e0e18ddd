# SPDX-License-Identifier: Apache-2.0
"""The Trainer of transformers pushes while it trains, by each of its strategies, and by hand afterwards."""

import pytest

pytestmark = pytest.mark.full


@pytest.fixture
def train(machine, alice):
    """Trains a tiny random BERT for six steps, a checkpoint at each second one; gives the logits of one sentence."""

    def run(repo_id, strategy, final_push):
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast, Trainer, TrainingArguments
        torch.manual_seed(1)
        Path("vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "quiet", "harbour"]))
        config = BertConfig(vocab_size=8, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128)
        tokenizer = BertTokenizerFast("vocab.txt")
        words = dict(tokenizer("a quiet harbour"))
        samples = [{**words, "labels": i % 2} for i in range(12)]
        arguments = TrainingArguments(output_dir=f"run-{strategy}", push_to_hub=True, hub_model_id=repo_id, hub_strategy=strategy,
                                      hub_always_push=True, save_steps=2, max_steps=6, per_device_train_batch_size=2,
                                      use_cpu=True, report_to=[], logging_steps=1)
        trainer = Trainer(model=BertForSequenceClassification(config), args=arguments, train_dataset=samples,
                          processing_class=tokenizer)
        trainer.train()
        if final_push:
            trainer.push_to_hub(commit_message="By hand", license="mit", tags="demo")
        model = trainer.model.eval()
        with torch.no_grad():
            return model(**tokenizer("a quiet harbour", return_tensors="pt")).logits.tolist()

    return lambda repo_id, strategy, final_push=True: machine.python("transformers", alice).call(
        run, repo_id=repo_id, strategy=strategy, final_push=final_push)


@pytest.fixture
def loaded(other_machine):
    """The logits that a machine with an empty cache gets from a revision."""

    def load(repo_id, revision, subfolder):
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        model = AutoModelForSequenceClassification.from_pretrained(repo_id, revision=revision, subfolder=subfolder).eval()
        tokenizer = AutoTokenizer.from_pretrained(repo_id, revision=revision)
        with torch.no_grad():
            return model(**tokenizer("a quiet harbour", return_tensors="pt")).logits.tolist()

    return lambda repo_id, revision="main", subfolder="": other_machine.python("transformers").call(
        load, repo_id=repo_id, revision=revision, subfolder=subfolder)


def files(server, repo_id):
    return {s["rfilename"] for s in server.web.get(f"/api/models/{repo_id}").json()["siblings"]}


def titles(server, repo_id):
    return [c["title"] for c in server.web.get(f"/api/models/{repo_id}/commits/main").json()]


def folders(names):
    return {name.split("/")[0] for name in names if "/" in name}


EXPECTED = {"end": set(), "every_save": set(), "checkpoint": {"last-checkpoint"},
            "all_checkpoints": {"checkpoint-2", "checkpoint-4", "checkpoint-6"}}


@pytest.mark.parametrize("strategy", EXPECTED)
def test_every_strategy_leaves_what_it_promises_and_the_model_loads(train, loaded, server, strategy):
    repo_id = f"acme/by-{strategy.replace('_', '-')}"
    logits = train(repo_id, strategy)
    names = files(server, repo_id)
    assert folders(names) == EXPECTED[strategy]
    assert {"model.safetensors", "config.json", "training_args.bin", "README.md", "tokenizer.json"} <= names
    for folder in EXPECTED[strategy]:
        assert {f"{folder}/{name}" for name in ("model.safetensors", "optimizer.pt", "scheduler.pt", "trainer_state.json")} <= names
    made = titles(server, repo_id)
    assert made[0] == "By hand"
    assert ("Training in progress, step 2" in made) == (strategy != "end")
    assert ("Training in progress, step 6, checkpoint" in made) == bool(EXPECTED[strategy])
    assert loaded(repo_id) == logits
    head = server.web.get(f"/api/models/{repo_id}").json()["sha"]
    assert loaded(repo_id, revision=head[:7]) == logits
    if EXPECTED[strategy]:
        assert loaded(repo_id, subfolder=max(EXPECTED[strategy])) == logits


def test_the_card_that_the_trainer_writes_is_valid_shown_and_read(train, server, accepted):
    train("acme/with-card", "end")
    assert accepted("acme/with-card")["license"] == "mit"
    info = server.web.get("/api/models/acme/with-card").json()
    assert info["library_name"] == "transformers"
    assert {"generated_from_trainer", "demo", "safetensors", "bert"} <= set(info["tags"])


def test_model_and_tokenizer_are_pushed_one_by_one(machine, loaded, alice, accepted):
    def push(repo_id):
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast
        Path("vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "quiet", "harbour"]))
        config = BertConfig(vocab_size=8, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128)
        model, tokenizer = BertForSequenceClassification(config).eval(), BertTokenizerFast("vocab.txt")
        first = model.push_to_hub(repo_id)
        second = tokenizer.push_to_hub(repo_id)
        third = config.push_to_hub(repo_id)
        with torch.no_grad():
            logits = model(**tokenizer("a quiet harbour", return_tensors="pt")).logits.tolist()
        return [logits, first.oid, second.oid, third.oid]

    logits, first, second, third = machine.python("transformers", alice).call(push, repo_id="acme/one-by-one")
    assert first != second
    assert third == second, "the same configuration is no change"
    for revision in ("main", second):
        assert loaded("acme/one-by-one", revision) == logits
    assert accepted("acme/one-by-one", heading="Model Details")["library_name"] == "transformers"


def test_a_training_goes_on_from_the_last_checkpoint_of_the_hub(train, other_machine, bob, server):
    train("acme/to-go-on", "checkpoint", final_push=False)

    def go_on(repo_id):
        from huggingface_hub import snapshot_download
        from transformers import BertForSequenceClassification, BertTokenizerFast, Trainer, TrainingArguments
        folder = snapshot_download(repo_id, local_dir="run")
        model = BertForSequenceClassification.from_pretrained(folder)
        words = dict(BertTokenizerFast.from_pretrained(folder)("a quiet harbour"))
        samples = [{**words, "labels": i % 2} for i in range(12)]
        arguments = TrainingArguments(output_dir="run", max_steps=8, per_device_train_batch_size=2, use_cpu=True, report_to=[])
        trainer = Trainer(model=model, args=arguments, train_dataset=samples)
        trainer.train(resume_from_checkpoint=f"{folder}/last-checkpoint")
        return [trainer.state.global_step, len([e for e in trainer.state.log_history if "loss" in e and e["step"] <= 6])]

    steps, kept = other_machine.python("transformers", bob).call(go_on, repo_id="acme/to-go-on")
    assert steps == 8 and kept == 6
