# SPDX-License-Identifier: Apache-2.0
"""What the hub tells of weights that today's client has sent: parameters by type, as soon as their commit is answered."""

import pytest

from harness import content
from harness.content import MIB


def told(web, repo):
    info = web.get(repo.api).json()
    return info.get("safetensors"), info.get("gguf")


def counted(web, query: str) -> dict[str, int]:
    return {kind: {row["value"]: row["count"] for row in rows} for kind, rows in web.get(f"/api/facets?type=models&{query}").json().items()}


@pytest.mark.parametrize("rows", [100, 3 * MIB], ids=["small", "large"])
def test_a_file_sent_by_xet_is_counted_with_its_commit(machine, web, alice, repo, tmp_path, rows):
    content.safetensors(tmp_path / "model.safetensors", embed=("BF16", (rows, 2)), norm=("F32", (7,)))
    machine.hub2(alice).hf("upload", repo.id, tmp_path / "model.safetensors", "model.safetensors")
    entry = next(item for item in web.get(f"{repo.api}/tree/main").json() if item["path"] == "model.safetensors")
    assert "xetHash" in entry, "the client took another way"
    assert told(web, repo) == ({"parameters": {"BF16": 2 * rows, "F32": 7}, "total": 2 * rows + 7}, None)


def test_shards_sent_together_are_counted_together(machine, web, alice, repo, tmp_path):
    content.safetensors(tmp_path / "m/model-00001-of-00002.safetensors", a=("F16", (100, 10)))
    content.safetensors(tmp_path / "m/model-00002-of-00002.safetensors", b=("F16", (50, 10)))
    content.write_text(tmp_path / "m/model.safetensors.index.json",
                       '{"weight_map": {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}')
    machine.hub2(alice).hf("upload", repo.id, tmp_path / "m", ".")
    assert told(web, repo) == ({"parameters": {"F16": 1500}, "total": 1500}, None)


def test_the_same_weights_in_a_second_repository_are_counted_there_too(machine, web, alice, new_repo, tmp_path):
    """The second upload sends no octets: the hub has them."""
    first, second = new_repo(), new_repo()
    content.safetensors(tmp_path / "model.safetensors", a=("F64", (11,)))
    for repo in (first, second):
        machine.hub2(alice).hf("upload", repo.id, tmp_path / "model.safetensors", "model.safetensors")
        assert told(web, repo)[0] == {"parameters": {"F64": 11}, "total": 11}
        assert counted(web, "dtype=F64")["size"]["<100M"] >= 1


def test_what_is_no_safetensors_is_not_counted(machine, web, alice, repo, tmp_path):
    content.write_random(tmp_path / "model.safetensors", MIB, seed=3)
    machine.hub2(alice).hf("upload", repo.id, tmp_path / "model.safetensors", "model.safetensors")
    assert told(web, repo) == (None, None)
