# SPDX-License-Identifier: Apache-2.0
"""What differs between two checkpoints, tensor by tensor: `mirfa diff`, the hub's job, and numpy say the same."""

import json
import time

import pytest

WEIGHTS = "model.safetensors"


def make_weights(first, second):
    """Two files by the format's own library, and what numpy finds: one tensor changed, one cast, one reshaped, one gone, one new."""
    import numpy as np
    from safetensors.numpy import save_file
    random = np.random.default_rng(5)
    same = random.standard_normal((300, 40)).astype("<f4")
    base = random.standard_normal((700, 900)).astype("<f4")
    base[3, 4] = np.nan
    head = base.copy()
    head[5:9, 100:200] += random.standard_normal((4, 100)).astype("<f4")
    head[0, 0] = np.inf
    half = random.standard_normal(64).astype("<f2")
    save_file({"same": same, "big": base, "cast": half, "shape": same[:4], "gone": same}, first)
    save_file({"same": same, "big": head, "cast": half.astype("<f4"), "shape": same[:5], "new": same}, second)
    finite = np.isfinite(base) & np.isfinite(head)
    apart = np.where(finite, head.astype("f8") - base.astype("f8"), 0)
    norm = float(np.sqrt((apart ** 2).sum()))
    return {"name": "big", "change": "changed", "dtype": ["F32", "F32"], "shape": [[700, 900], [700, 900]], "elements": 630000,
            "differing": int((~((base == head) | (np.isnan(base) & np.isnan(head)))).sum()), "maxAbs": float(np.abs(apart).max()),
            "meanAbs": float(np.abs(apart).sum() / finite.sum()), "norm": norm,
            "relative": norm / float(np.sqrt((np.where(finite, base, 0).astype("f8") ** 2).sum())), "nan": [1, 1], "infinite": [0, 1]}


@pytest.fixture
def two(machine, tmp_path):
    """Folders `old` and `new`, and what is to be found in the tensor `big`."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    expected = machine.python("checkpoints").call(make_weights, first=tmp_path / "old" / WEIGHTS, second=tmp_path / "new" / WEIGHTS)
    return tmp_path / "old", tmp_path / "new", expected


def look(found, expected):
    rows = {row["name"]: row for row in found["tensors"]}
    assert {name: row["change"] for name, row in rows.items()} == {
        "big": "changed", "cast": "changed", "shape": "reshaped", "gone": "removed", "new": "added"}
    assert rows["big"] == {key: pytest.approx(value, rel=1e-9) if isinstance(value, float) else value for key, value in expected.items()}
    assert rows["cast"]["dtype"] == ["F16", "F32"] and rows["cast"]["differing"] == 0
    assert rows["gone"]["dtype"] == ["F32", None] and rows["shape"]["shape"] == [[4, 40], [5, 40]]
    totals = found["totals"]
    assert [totals[word] for word in ("tensors", "same", "changed", "reshaped", "added", "removed")] == [6, 1, 2, 1, 1, 1]
    assert totals["differing"] == expected["differing"] and not totals["truncated"] and not totals["identical"]


def upload(machine, person, repo, folder):
    machine.hub2(person).hf("upload", repo.id, folder, ".")
    return repo.server.web.get(repo.api).json()["sha"]


def compared(web, person, repo, base, head):
    answer = web.post(f"{repo.api}/tensor-diff", as_json={"base": base, "head": head}, token=person.token)
    assert answer.status == 202, answer.text
    job = answer.json()
    while job["state"] in ("waiting", "running"):
        time.sleep(0.2)
        job = web.get(f"{repo.api}/jobs/{job['id']}", token=person.token).json()
    return job


def test_files_and_folders_are_compared_as_numpy_does(machine, two):
    old, new, expected = two
    look(json.loads(machine.mirfa("diff", old, new / WEIGHTS, "--json").stdout), expected)
    table = machine.mirfa("diff", old, new).stdout
    assert "6 tensors: 1 same, 2 changed, 1 reshaped, 1 added, 1 removed" in table
    assert machine.mirfa("diff", old, new, "--fail-if-different", check=False).returncode == 1
    assert machine.mirfa("diff", old, old / WEIGHTS, "--fail-if-different").returncode == 0


def test_the_hub_compares_two_revisions_and_the_command_fetches_them(machine, other_machine, web, alice, bob, repo, two):
    old, new, expected = two
    first = upload(machine, alice, repo, old)
    second = upload(machine, alice, repo, new)
    job = compared(web, bob, repo, first, "main")
    assert job["state"] == "done", job
    look(job["result"], expected)
    assert job["input"] == {"base": first, "head": "main", "baseCommit": first, "headCommit": second}
    look(json.loads(other_machine.mirfa("diff", f"{repo.id}@{first}", repo.id, "--json", person=bob).stdout), expected)
    cached = sorted(path.name for path in other_machine.home.rglob("snapshots/*/*"))
    assert cached == [WEIGHTS, WEIGHTS], "only weights are fetched"


def test_equal_weights_are_told_without_being_read(machine, web, alice, repo, two, tmp_path):
    old, _, _ = two
    first = upload(machine, alice, repo, old)
    (old / "notes.txt").write_text("beside the weights")
    upload(machine, alice, repo, old)
    job = compared(web, alice, repo, first, "main")
    assert job["state"] == "done" and job["result"]["totals"]["identical"] and job["result"]["tensors"] == [], job


def test_a_broken_file_is_the_jobs_failure(machine, web, alice, repo, two):
    old, new, _ = two
    first = upload(machine, alice, repo, old)
    (new / WEIGHTS).write_bytes(b"\x10\0\0\0\0\0\0\0{not json at all")
    upload(machine, alice, repo, new)
    job = compared(web, alice, repo, first, "main")
    assert job["state"] == "failed" and job["message"], job


def test_nobody_begins_a_comparison_without_signing_in(web, alice, repo):
    wanted = {"base": "main", "head": "main"}
    assert web.post(f"{repo.api}/tensor-diff", as_json=wanted).status == 401
    nothing = web.post(f"{repo.api}/tensor-diff", as_json=wanted, token=alice.token)
    assert nothing.status == 404 and "model.safetensors" in nothing.json()["error"]
    assert web.post(f"{repo.api}/tensor-diff", as_json={"base": "main"}, token=alice.token).status == 400


def test_convert_takes_a_repository_as_its_source(machine, other_machine, alice, repo, tmp_path, two):
    old, _, _ = two
    (old / "config.json").write_text('{"model_type": "nobody-knows", "architectures": ["NobodyModel"]}')
    upload(machine, alice, repo, old)
    other_machine.mirfa("convert", repo.id, tmp_path / "made", "--to", "pt", person=alice)
    assert (tmp_path / "made/config.json").exists()
    told = json.loads(other_machine.mirfa("diff", old, tmp_path / "made/pytorch_model.bin", "--json").stdout)
    assert told["totals"]["same"] == 5 and told["tensors"] == []
