# SPDX-License-Identifier: Apache-2.0
"""The frameworks themselves judge conversions: transformers 4 with PyTorch, TensorFlow and Flax in one environment."""

import pytest

from harness.paths import PROGRAM

pytestmark = pytest.mark.full

# The models of harness/frameworks_judge.py; named here too, because that file needs the frameworks to be read.
MODELS = ["BertModel", "BertForMaskedLM", "DistilBertForMaskedLM", "RobertaForSequenceClassification",
          "AlbertForSequenceClassification", "ElectraForPreTraining", "GPT2LMHeadModel", "T5ForConditionalGeneration",
          "T5ForConditionalGeneration v1.1", "BartForConditionalGeneration", "ViTForImageClassification",
          "ResNetForImageClassification", "CLIPModel", "WhisperForConditionalGeneration", "Wav2Vec2ForCTC"]
HARNESS = __file__.rsplit("/", 1)[0]


def ask(harness, question, name, folder, program):
    import sys
    sys.path.insert(0, harness)
    from harness import frameworks_judge
    return getattr(frameworks_judge, question)(name, folder, program)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", MODELS)
def test_the_frameworks_load_what_was_converted_and_compute_the_same(machine, tmp_path, name):
    told = machine.python("frameworks").call(ask, harness=HARNESS, question="judge", name=name, folder=tmp_path, program=PROGRAM)
    assert told.pop("problems") == []
    assert sorted(told) == ["flax", "tf"]
    for framework, result in told.items():
        print(f"measured: {name} | {framework} | {result['outputs']:.1e} | across {result['across']:.1e} | own {result['own']:.1e}")
        for word in ("outputs", "across"):
            assert result[word] <= max(1e-5, result["own"]), (framework, result)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["BertForMaskedLM", "GPT2LMHeadModel", "T5ForConditionalGeneration"])
def test_pytorchs_pickles_are_read_and_ours_are_loaded_by_torch(machine, tmp_path, name):
    told = machine.python("frameworks").call(ask, harness=HARNESS, question="judge_pickles", name=name, folder=tmp_path,
                                             program=PROGRAM)
    assert told == []
