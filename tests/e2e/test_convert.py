# SPDX-License-Identifier: Apache-2.0
"""Weights for another framework: `mirfa convert` on a real model, and the hub's own job that opens a pull request.

What Mirfa writes is read here by the formats' own libraries (safetensors, h5py, msgpack, zipfile). The frameworks themselves
judge in test_frameworks.py, under --full.
"""

import inspect
import json
import shutil
import time

import pytest

from harness import content
from harness.paths import CLIENTS, SOURCE

HARNESS = __file__.rsplit("/", 1)[0]
PIECES = SOURCE / "src/checkpoint/testdata/sentencepiece.model"
WEIGHTS = "model.safetensors"
QUERY = "encoder.layer.0.attention.self.query.weight"
TF_QUERY = "encoder/layer_._0/attention/self/query/kernel:0"


@pytest.fixture
def minilm(tmp_path):
    """MiniLM, a BERT of six layers."""
    return shutil.copytree((CLIENTS / "minilm/model").resolve(), tmp_path / "minilm",
                           ignore=shutil.ignore_patterns("__pycache__", "*.py"))


def same_tensors(first, second):
    """Octet for octet, by the library of the format."""
    from safetensors import safe_open
    with safe_open(first, "numpy") as a, safe_open(second, "numpy") as b:
        missing = [name for name in a.keys() if name not in set(b.keys())]
        other = [name for name in a.keys() if name not in missing and a.get_tensor(name).tobytes() != b.get_tensor(name).tobytes()]
        return {"missing": missing, "other": other, "same": len(list(a.keys())) - len(missing) - len(other)}


@pytest.mark.parametrize("target, made", [("tf", "tf_model.h5"), ("flax", "flax_model.msgpack"), ("pt", "pytorch_model.bin")])
def test_a_real_model_goes_there_and_comes_back_octet_for_octet(machine, minilm, tmp_path, target, made):
    machine.mirfa("convert", minilm, tmp_path / "there", "--to", target)
    assert (tmp_path / "there" / made).stat().st_size > 0
    assert (tmp_path / "there/config.json").read_bytes() == (minilm / "config.json").read_bytes()
    machine.mirfa("convert", tmp_path / "there", tmp_path / "back", "--to", "safetensors")
    compared = machine.python("checkpoints").call(same_tensors, first=minilm / WEIGHTS, second=tmp_path / "back" / WEIGHTS)
    dropped = [name for name in compared["missing"] if not name.endswith("position_ids")]
    assert (dropped, compared["other"]) == ([], []) and compared["same"] > 100


def test_the_files_are_what_the_formats_own_libraries_read(machine, minilm, tmp_path):
    for target in ("tf", "flax"):
        machine.mirfa("convert", minilm, tmp_path / target, "--to", target)

    def look(source, h5, flax, query):
        import h5py
        import msgpack
        import numpy as np
        from safetensors import safe_open
        with safe_open(source, "numpy") as file:
            wanted = file.get_tensor(query)
        found = {}
        with h5py.File(h5) as file:
            layers = [name.decode() if isinstance(name, bytes) else name for name in file.attrs["layer_names"]]
            names = [name.decode() if isinstance(name, bytes) else name for name in file["bert"].attrs["weight_names"]]
            found["tf layers"] = layers
            kernel = next(name for name in names if name.endswith("layer_._0/attention/self/query/kernel:0"))
            found["tf"] = bool(np.array_equal(np.array(file["bert"][kernel]), wanted.T))
        def leaf(code, data):
            shape, dtype, octets = msgpack.unpackb(data, raw=False)
            return np.frombuffer(octets, dtype).reshape(shape)
        with open(flax, "rb") as file:
            tree = msgpack.unpackb(file.read(), ext_hook=leaf, raw=False)
        for word in query.split(".")[:-1]:
            tree = tree[word]
        found["flax"] = bool(np.array_equal(tree["kernel"], wanted.T))
        return found

    found = machine.python("checkpoints").call(look, source=minilm / WEIGHTS, h5=tmp_path / "tf/tf_model.h5",
                                               flax=tmp_path / "flax/flax_model.msgpack", query=QUERY)
    assert found == {"tf layers": ["bert"], "tf": True, "flax": True}


def load_bin(path):
    """The arrays of a `.bin` as torch.load with weights_only takes them apart: a zip archive, a pickle of a few known names in
    it, and a member of plain numbers for each storage. Written from PyTorch's description; none of our code."""
    import collections
    import io
    import pickle
    import zipfile
    import numpy as np
    types = {"FloatStorage": np.float32, "HalfStorage": np.float16, "LongStorage": np.int64}

    class Archive(pickle.Unpickler):
        def __init__(self, archive):
            place = next(name for name in archive.namelist() if name.endswith("/data.pkl"))
            super().__init__(io.BytesIO(archive.read(place)))
            self.archive, self.folder = archive, place.removesuffix("data.pkl")

        def find_class(self, module, name):
            if (module, name) == ("collections", "OrderedDict"):
                return collections.OrderedDict
            if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
                return self.tensor
            if module == "torch" and name in types:
                return name
            raise pickle.UnpicklingError(f"{module}.{name} is not one of the names of tensors")

        def persistent_load(self, told):
            word, kind, key, where, count = told
            assert (word, where) == ("storage", "cpu"), told
            octets = self.archive.read(f"{self.folder}data/{key}")
            numbers = np.frombuffer(octets, types[kind])
            assert len(numbers) == count, told
            return numbers

        @staticmethod
        def tensor(storage, offset, size, stride, requires_grad, hooks):
            steps = [step * storage.itemsize for step in stride]
            return np.lib.stride_tricks.as_strided(storage[offset:], size, steps, writeable=False)

    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return dict(Archive(archive).load())


def compare_bin(reader, folder, source):
    """Names of what is not octet for octet in the pickles what it is in the safetensors file, and names of either side alone."""
    import textwrap
    from safetensors import safe_open
    scope = {}
    exec(textwrap.dedent(reader), scope)
    files = sorted(Path(folder).glob("pytorch_model*.bin"))
    found = {name: value for path in files for name, value in scope["load_bin"](path).items()}
    with safe_open(source, "numpy") as file:
        wanted = {name: file.get_tensor(name) for name in file.keys()}
    other = [name for name in wanted if name in found and
             (wanted[name].dtype, wanted[name].shape, wanted[name].tobytes()) !=
             (found[name].dtype, found[name].shape, found[name].tobytes())]
    return {"files": len(files), "alone": sorted(set(wanted) ^ set(found)), "other": other, "tensors": len(found)}


@pytest.mark.parametrize("size, files", [("5GB", 1), ("20MB", 4)], ids=["whole", "shards"])
def test_our_pickles_are_what_another_reader_of_pytorchs_archives_reads(machine, minilm, tmp_path, size, files):
    machine.mirfa("convert", minilm, tmp_path / "pt", "--to", "pt", "--shard-size", size)
    told = machine.python("checkpoints").call(compare_bin, reader=inspect.getsource(load_bin), folder=tmp_path / "pt",
                                              source=minilm / WEIGHTS)
    assert told == {"files": files, "alone": [], "other": [], "tensors": 104}
    if files > 1:
        index = json.loads((tmp_path / "pt/pytorch_model.bin.index.json").read_text())
        assert len(index["weight_map"]) == 104 and len(set(index["weight_map"].values())) == files
        machine.mirfa("convert", tmp_path / "pt", tmp_path / "back", "--to", "safetensors")
        compared = machine.python("checkpoints").call(same_tensors, first=minilm / WEIGHTS, second=tmp_path / "back" / WEIGHTS)
        assert compared == {"missing": [], "other": [], "same": 104}


def begin(web, person, repo, **wanted):
    answer = web.post(f"{repo.api}/convert", as_json=wanted, token=person.token)
    assert answer.status == 202, answer.text
    return answer.json()


def ended(web, person, repo, job):
    """Waits for the job itself; the test's own limit ends what never comes."""
    while job["state"] in ("waiting", "running"):
        time.sleep(0.2)
        job = web.get(f"{repo.api}/jobs/{job['id']}", token=person.token).json()
    return job


def check_report(web, person, repo, job, text):
    """The pull request's text has a row for each tensor, and so has the report as JSON, which stays beside the job."""
    assert job["result"]["report"] is True
    address = f"{repo.api}/jobs/{job['id']}/report"
    assert text.startswith("## TensorFlow weights from PyTorch\n\n103 tensors, 37 of them with their axes in another order.\n")
    assert text.endswith(f"\n[The report as JSON]({address}), with a row for every tensor, is kept for 30 days.\n")
    report = web.get(address, token=person.token).json()
    assert report["source"] == {"format": "pt", "stored_as": "safetensors", "files": [WEIGHTS]}
    assert report["target"]["files"] == ["tf_model.h5"] and report["mapped"] == 103 and report["round_trip_max_abs"] == 0
    assert [entry["name"] for entry in report["dropped"]] == ["embeddings.position_ids"]
    assert report["missing"] == report["unexpected"] == report["mismatched"] == []
    assert len(report["rows"]) == 103 and not any(row.get("guessed") for row in report["rows"])
    query = next(row for row in report["rows"] if row["source"] == QUERY)
    del query["statistics"]
    assert query == {"source": QUERY, "torch": f"bert.{QUERY}", "target": f"tf_bert_model/bert/{TF_QUERY}", "axes": [1, 0],
                     "source_shape": [384, 384], "shape": [384, 384], "dtype": "F32", "reason": "a template of the model type"}
    rows = [f"| `{row['source']}` | `{row['target']}` | {shapes(row)} | {'axes 1, 0' if 'axes' in row else 'none'} |"
            for row in report["rows"]]
    head = "<details>\n<summary>All 103 tensors</summary>\n\n| source | target | shape | change |\n| --- | --- | --- | --- |\n"
    assert head + "\n".join(rows) + "\n\n</details>\n" in text
    assert web.get(address.replace(job["id"], "1"), token=person.token).status == 404


def shapes(row):
    before, after = (str(row[key]) for key in ("source_shape", "shape"))
    return before if before == after else f"{before} to {after}"


def test_the_hub_converts_and_proposes_the_files_with_a_report(machine, other_machine, web, alice, bob, repo, minilm, tmp_path):
    machine.hub2(alice).hf("upload", repo.id, minilm, ".")
    job = ended(web, bob, repo, begin(web, bob, repo, to="tf"))
    assert job["state"] == "done", job
    assert job["result"]["files"] == ["tf_model.h5"]
    number = job["result"]["pullRequest"]
    proposal = web.get(f"{repo.api}/discussions/{number}", token=alice.token).json()
    assert proposal["title"] == "Add tf weights" and proposal["author"]["name"] == "bob" and proposal["isPullRequest"]
    check_report(web, bob, repo, job, proposal["events"][0]["data"]["latest"]["raw"])
    other_machine.hub2().hf("download", repo.id, "--revision", f"refs/pr/{number}", "--local-dir", tmp_path / "made")
    machine.mirfa("convert", tmp_path / "made/tf_model.h5", tmp_path / "back", "--to", "safetensors")
    compared = machine.python("checkpoints").call(same_tensors, first=minilm / WEIGHTS, second=tmp_path / "back" / WEIGHTS)
    assert compared["other"] == [] and compared["same"] > 100
    again = web.post(f"{repo.api}/convert", as_json={"to": "tf", "revision": f"refs/pr/{number}"}, token=bob.token)
    assert again.status == 409 and "already" in again.json()["error"]


def test_the_hub_converts_shards_and_pickles_in_shards(machine, other_machine, web, alice, new_repo, minilm, tmp_path):
    for source in ("safetensors", "pt"):
        repo = new_repo()
        machine.mirfa("convert", minilm, tmp_path / source, "--to", source, "--shard-size", "20MB")
        machine.hub2(alice).hf("upload", repo.id, tmp_path / source, ".")
        job = ended(web, alice, repo, begin(web, alice, repo, to="flax"))
        assert job["state"] == "done" and job["result"]["files"] == ["flax_model.msgpack"], job
        report = web.get(f"{repo.api}/jobs/{job['id']}/report", token=alice.token).json()
        assert len(report["source"]["files"]) == 4 and len(report["rows"]) == 103
        other_machine.hub2().hf("download", repo.id, "--revision", f"refs/pr/{job['result']['pullRequest']}", "flax_model.msgpack",
                                "config.json", "--local-dir", tmp_path / f"made-{source}")
        machine.mirfa("convert", tmp_path / f"made-{source}", tmp_path / f"back-{source}", "--to", "safetensors")
        compared = machine.python("checkpoints").call(same_tensors, first=minilm / WEIGHTS,
                                                      second=tmp_path / f"back-{source}" / WEIGHTS)
        assert compared == {"missing": ["embeddings.position_ids"], "other": [], "same": 103}


def make_llama(harness, folder, pieces):
    import sys
    sys.path.insert(0, harness)
    from harness import tiny_models
    tiny_models.write("llama", folder)
    tiny_models.add_pieces(folder, pieces)


def ask_llama_cpp(harness, file, prompt):
    import sys
    sys.path.insert(0, harness)
    from harness import llama_cpp, tiny_models
    expected = tiny_models.chances("llama", prompt)
    told = llama_cpp.ask(file, [], prompt, len(expected))["chances"]
    return max(abs(told[token] - chance) for token, chance in enumerate(expected))


@pytest.mark.parametrize("dtype, apart", [("keep", 1e-4), ("q8_0", 0.8)])
def test_the_hub_makes_gguf_that_llama_cpp_runs(machine, other_machine, web, alice, repo, tmp_path, dtype, apart):
    llama_cpp = machine.python("llama-cpp")
    llama_cpp.call(make_llama, harness=HARNESS, folder=tmp_path / "m", pieces=PIECES)
    machine.hub2(alice).hf("upload", repo.id, tmp_path / "m", ".")
    job = ended(web, alice, repo, begin(web, alice, repo, to="gguf", dtype=dtype))
    assert job["state"] == "done" and job["result"]["files"] == ["model.gguf"], job
    report = web.get(f"{repo.api}/jobs/{job['id']}/report", token=alice.token).json()
    assert report["dtype_changes"] == ({"F32->Q8_0": 16} if dtype == "q8_0" else {})
    proposed = f"refs/pr/{job['result']['pullRequest']}"
    other_machine.hub2().hf("download", repo.id, "model.gguf", "--revision", proposed, "--local-dir", tmp_path / "made")
    assert llama_cpp.call(ask_llama_cpp, harness=HARNESS, file=tmp_path / "made/model.gguf", prompt=[1, 262, 276, 40, 263]) <= apart


def test_what_cannot_be_converted_is_told_and_nothing_is_proposed(machine, web, alice, repo, tmp_path):
    content.safetensors(tmp_path / "m/model.safetensors", strange=("F32", (3,)))
    content.write_text(tmp_path / "m/config.json", json.dumps({"model_type": "nobody-knows", "architectures": ["NobodyModel"]}))
    machine.hub2(alice).hf("upload", repo.id, tmp_path / "m", ".")
    job = ended(web, alice, repo, begin(web, alice, repo, to="flax"))
    assert job["state"] == "failed" and "nobody-knows" in job["message"], job
    assert web.get(f"{repo.api}/discussions", token=alice.token).json()["count"] == 0
    nothing = web.post(f"{repo.api}/convert", as_json={"to": "onnx"}, token=alice.token)
    assert nothing.status == 400 and "gguf" in nothing.json()["error"]


def test_weights_that_were_never_there_cannot_be_converted(web, alice, repo):
    answer = web.post(f"{repo.api}/convert", as_json={"to": "tf"}, token=alice.token)
    assert answer.status == 404 and "model.safetensors" in answer.json()["error"]


def test_a_pickle_that_would_run_something_is_told_beside_the_file(machine, web, alice, repo, tmp_path):
    (tmp_path / "model.pkl").write_bytes(b"cos\nsystem\n(S'true'\ntR.")
    machine.hub2(alice).hf("upload", repo.id, tmp_path / "model.pkl", "model.pkl")
    status = {"status": "queued"}
    while status["status"] == "queued":
        time.sleep(0.2)
        entries = web.get(f"{repo.api}/tree/main?expand=true").json()
        status = next(entry for entry in entries if entry["path"] == "model.pkl")["securityFileStatus"]
    assert status["status"] == "unsafe"
    assert status["pickleImportScan"]["pickleImports"] == [{"module": "os", "name": "system", "safety": "dangerous"}]
    told = web.get(f"{repo.api}?securityStatus=true").json()["securityRepoStatus"]
    assert told == {"scansDone": True, "filesWithIssues": [{"path": "model.pkl", "level": "unsafe"}]}

    def look(repo_id):
        info = api.model_info(repo_id, securityStatus=True)
        entry = next(item for item in api.list_repo_tree(repo_id, expand=True) if item.path == "model.pkl")
        return [info.security_repo_status, entry.security["status"]]

    assert machine.hub2().call(look, repo_id=repo.id) == [told, "unsafe"]
