# SPDX-License-Identifier: Apache-2.0
"""transformers with PyTorch: push_to_hub, from_pretrained by every kind of revision, inference with equal numbers."""

import pytest

from harness import content

pytestmark = pytest.mark.full


@pytest.fixture
def pushed(machine, alice):
    def push(repo_id):
        import torch
        from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast
        torch.manual_seed(1)
        Path("vocab.txt").write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "quiet", "harbour"]))
        config = BertConfig(vocab_size=8, hidden_size=64, num_hidden_layers=2, num_attention_heads=4, intermediate_size=128)
        model = BertForSequenceClassification(config).eval()
        tokenizer = BertTokenizerFast("vocab.txt")
        first = model.push_to_hub(repo_id, commit_message="The model")
        tokenizer.push_to_hub(repo_id)
        api.create_tag(repo_id, tag="v1", exist_ok=True)
        with torch.no_grad():
            return [model(**tokenizer("a quiet harbour", return_tensors="pt")).logits.tolist(), first.oid]

    return machine.python("transformers", alice).call(push, repo_id="acme/tiny-bert")


def test_a_model_is_pushed_and_loaded_by_any_revision_with_equal_numbers(pushed, machine, other_machine, server):
    logits, first = pushed

    def load(repo_id, revisions):
        import torch
        from transformers import AutoModelForSequenceClassification, AutoTokenizer
        found = []
        for revision in revisions:
            model = AutoModelForSequenceClassification.from_pretrained(repo_id, revision=revision).eval()
            tokenizer = AutoTokenizer.from_pretrained(repo_id, revision=revision)
            with torch.no_grad():
                found.append(model(**tokenizer("a quiet harbour", return_tensors="pt")).logits.tolist())
        return found

    head = server.web.get("/api/models/acme/tiny-bert").json()["sha"]
    client = other_machine.python("transformers")
    assert client.call(load, repo_id="acme/tiny-bert", revisions=["main", "v1", head, head[:7]]) == [logits] * 4
    offline = other_machine.python("transformers", HF_HUB_OFFLINE="1")
    assert offline.call(load, repo_id="acme/tiny-bert", revisions=[head]) == [logits]


def test_minilm_is_loaded_and_used_from_the_hub(machine, other_machine, alice, repo):
    from harness.paths import CLIENTS
    source = (CLIENTS / "minilm/model").resolve()
    machine.hub2(alice).hf("upload", repo.id, source, ".", "--exclude", "*.py")

    def embed(name):
        import torch
        from transformers import AutoModel, AutoTokenizer
        model, tokenizer = AutoModel.from_pretrained(name).eval(), AutoTokenizer.from_pretrained(name)
        with torch.no_grad():
            return model(**tokenizer("a quiet harbour", return_tensors="pt")).last_hidden_state.mean(1)[0, :8].tolist()

    client = other_machine.python("transformers")
    assert client.call(embed, name=repo.id) == client.call(embed, name=str(source))


def test_a_trainer_like_run_pushes_checkpoints_to_a_proposal(machine, alice, bob, pushed):
    def propose(repo_id):
        from transformers import AutoModelForSequenceClassification
        model = AutoModelForSequenceClassification.from_pretrained(repo_id)
        model.classifier.bias.data += 1  # what has not changed is not proposed
        return model.push_to_hub(repo_id, create_pr=True).pr_revision

    revision = machine.python("transformers", bob).call(propose, repo_id="acme/tiny-bert")
    assert revision.startswith("refs/pr/")
