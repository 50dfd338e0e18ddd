# SPDX-License-Identifier: Apache-2.0
"""`mirfa card` beside huggingface_hub: each reads and takes what the other writes."""

import json

import pytest

STATE = {
    "best_metric": 0.3921, "num_train_epochs": 2, "train_batch_size": 8,
    "log_history": [
        {"epoch": 1.0, "eval_loss": 0.4123, "eval_accuracy": 0.861, "step": 250},
        {"epoch": 1.5, "loss": 0.3987, "grad_norm": float("nan"), "step": 400},
        {"epoch": 2.0, "eval_loss": 0.3921, "eval_accuracy": 0.8733, "step": 500},
        {"epoch": 2.0, "train_loss": 0.4, "train_runtime": 9.0, "step": 500},
    ],
}
ARGUMENTS = {"learning_rate": 2e-05, "per_device_train_batch_size": 8, "seed": 42, "num_train_epochs": 2.0, "fp16": True}
EMISSIONS = """timestamp,run_id,duration,emissions,energy_consumed,country_name,region,codecarbon_version,gpu_count,gpu_model
2024-01-01,a,3600,0.012345,0.5,Canada,quebec,2.3.4,1,1 x NVIDIA T4
"""


@pytest.fixture
def training(machine):
    """What a training by transformers with CodeCarbon leaves."""
    folder = machine.home / "run"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"architectures": ["BertForSequenceClassification"], "model_type": "bert",
                                                    "_name_or_path": "acme/base", "transformers_version": "4.47.0"}))
    (folder / "trainer_state.json").write_text(json.dumps(STATE))
    (folder / "training_args.json").write_text(json.dumps(ARGUMENTS))
    (folder / "emissions.csv").write_text(EMISSIONS)
    return folder


def test_a_card_of_a_training_is_read_and_accepted_by_the_python_client(machine, training, alice):
    told = machine.mirfa("card", "new", "--from", training, "--model", "acme/tiny", "--license", "apache-2.0", "--language", "en",
                         "--language", "no", "--tag", "films", "--dataset", "glue", "--score-dataset", "glue", "--score-dataset-name",
                         "GLUE: SST-2", "--score-config", "sst2", "--score-split", "validation", "--training-type", "fine-tuning",
                         "--json")
    assert json.loads(told.stdout) == {
        "file": str(training / "README.md"), "advice": [],
        "read": ["config.json", "training_args.json", "trainer_state.json", "emissions.csv"]}

    def load(path):
        card = hub.ModelCard.load(path)
        card.validate()
        return [card.data.to_dict(), [vars(one) for one in card.data.eval_results], card.data.model_name]

    data, results, name = machine.hub2(alice).call(load, path=training / "README.md")
    assert data["license"] == "apache-2.0" and data["language"] == ["en", "no"] and data["base_model"] == "acme/base"
    assert data["pipeline_tag"] == "text-classification" and data["library_name"] == "transformers"
    assert data["co2_eq_emissions"] == {"emissions": 12.345, "source": "codecarbon 2.3.4", "training_type": "fine-tuning",
                                        "geographical_location": "quebec, Canada", "hardware_used": "1 x NVIDIA T4"}
    assert name == "tiny"
    assert [(r["task_type"], r["dataset_name"], r["dataset_config"], r["dataset_split"], r["metric_type"], r["metric_value"])
            for r in results] == [("text-classification", "GLUE: SST-2", "sst2", "validation", "accuracy", 0.8733)]

    def only_load(path):  # these validate with the public hub, whatever HF_ENDPOINT says
        return hub.ModelCard.load(path).data.to_dict()

    for client in (machine.hub1x(alice), machine.hub0x(alice)):
        assert client.call(only_load, path=training / "README.md") == data


def test_a_hub_takes_the_card_and_finds_the_model_by_it(machine, training, alice):
    machine.mirfa("card", "new", "--from", training, "--model", "alice/carded", "--license", "mit", "--score-dataset", "glue")

    def push(folder):
        api.create_repo("alice/carded")
        api.upload_folder(repo_id="alice/carded", folder_path=folder)
        info = api.model_info("alice/carded")
        return [info.pipeline_tag, info.library_name, info.tags, [r["metrics"] for r in info.model_index[0]["results"]]]

    task, library, tags, metrics = machine.hub2(alice).call(push, folder=training)
    assert (task, library) == ("text-classification", "transformers")
    assert {"license:mit", "base_model:acme/base", "generated-by-mirfa"} <= set(tags)
    assert metrics == [[{"type": "accuracy", "value": 0.8733, "name": "Accuracy"}]]


def test_an_edit_keeps_what_the_python_client_wrote(machine, alice):
    def write(path):
        data = hub.ModelCardData(language=["en", "no"], license="mit", library_name="peft", tags=["a", "1.10"], model_name="m",
                                 eval_results=[hub.EvalResult(task_type="fill-mask", dataset_type="d", dataset_name="D: d",
                                                              metric_type="f1", metric_value=0.5)])
        hub.ModelCard(f"---\n{data.to_yaml()}\n---\n\n# Text  \n---\nعربي\n").save(path)

    readme = machine.home / "README.md"
    machine.hub2().call(write, path=readme)
    before = readme.read_bytes()
    machine.mirfa("card", "edit", readme, "--set", "license=apache-2.0", "--add", "tags=b", "--set",
                  "model-index[0].results[0].metrics[0].value=0.75", "--set", "version=1.20", "--remove", "library_name")
    expected = before.replace(b"license: mit\n", b"license: apache-2.0\n").replace(b"value: 0.5\n", b"value: 0.75\n")
    expected = expected.replace(b"library_name: peft\n", b"").replace(b"- '1.10'\n", b"- '1.10'\n- b\n")
    expected = expected.replace(b"---\n\n# Text", b"version: 1.2\n---\n\n# Text")
    assert readme.read_bytes() == expected

    def load(path):
        card = hub.ModelCard.load(path)
        card.validate()
        return [card.data.to_dict(), card.data.eval_results[0].metric_value, card.text]

    data, value, text = machine.hub2(alice).call(load, path=readme)
    assert data["tags"] == ["a", "1.10", "b"] and data["language"] == ["en", "no"] and "library_name" not in data
    assert value == 0.75 and text.endswith("# Text  \n---\nعربي\n")


@pytest.mark.parametrize("text", ["no", "12:30", "1.10", "2024-01-31", "a: b", "# x", "0o17", "1e5", "~", "two\nlines", "it's", "[x]", "\u0085", "tab\t."])
def test_texts_are_texts_to_the_python_client(machine, text):
    readme = machine.home / "README.md"
    readme.write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    machine.mirfa("card", "edit", readme, "--set", "note=" + json.dumps(text))

    def load(path):
        return hub.ModelCard.load(path).data.to_dict()

    assert machine.hub2().call(load, path=readme) == {"license": "mit", "note": text}


def test_check_names_lines_and_agrees_with_the_hub(machine, web):
    readme = machine.home / "README.md"
    readme.write_text("---\nlicense: free\nlanguage:\n- en\n- zh-CN\nbase_model: /workspace/run1\n---\n", encoding="utf-8")
    told = machine.mirfa("card", "check", readme, "--json", check=False)
    remarks = json.loads(told.stdout)
    assert told.returncode == 1
    answer = web.post("/api/validate-yaml", as_json={"repoType": "model", "content": readme.read_text()})
    assert answer.status == 400
    errors = [remark for remark in remarks if remark["severity"] == "error"]
    assert [error["message"] for error in errors] == [error["message"] for error in answer.json()["errors"]]
    assert [error["line"] for error in errors] == [2, 5, 6]
    lines = machine.mirfa("card", "check", readme, check=False).stdout.splitlines()
    assert [line for line in lines if line.startswith(f"{readme}:2: error: \"license\" must be one of")]


def test_what_is_said_of_a_model_stands_in_its_card(machine, tmp_path):
    machine.mirfa("card", "new", tmp_path, "--name", "acme/small", "--summary", "A small model of harbours.", "--license", "other",
                  "--license-name", "harbour-1.0", "--license-link", "LICENSE", "--library", "transformers", "--base-model", "acme/large",
                  "--relation", "quantized", "--hyper-parameter", "learning_rate=0.001", "--software", "torch=2.5.1", "--task", "fill-mask")
    machine.mirfa("card", "check", tmp_path / "README.md")

    def read(path):
        card = hub.ModelCard.load(path)
        return [card.data.to_dict(), card.text]

    data, text = machine.hub2().call(read, path=tmp_path / "README.md")
    expected = {"license": "other", "license_name": "harbour-1.0", "license_link": "LICENSE", "library_name": "transformers",
                "base_model": "acme/large", "base_model_relation": "quantized", "pipeline_tag": "fill-mask"}
    assert {key: data.get(key) for key in expected} == expected
    for words in ("A small model of harbours.", "learning_rate", "0.001", "2.5.1"):
        assert words in text, words
