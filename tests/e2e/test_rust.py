# SPDX-License-Identifier: Apache-2.0
"""hf-hub in Rust: Xet upload of a folder, snapshot, single file, look-ups, errors by variant."""

from pathlib import Path

import pytest

from harness import content
from harness.paths import CLIENTS

pytestmark = pytest.mark.full


def rust(machine, person, *words, check=True):
    done = machine.run([CLIENTS / "rust/target/release/hub-rs", *words], person, check=check)
    return done.stdout.splitlines() if check else done.stderr


def test_a_folder_goes_up_and_comes_back(machine, other_machine, alice, tmp_path):
    source = content.small_model(tmp_path / "model", weights=9 * content.MIB)
    assert rust(machine, alice, "whoami") == ["alice"]
    assert rust(machine, alice, "create", "acme/rusty") == [f"{machine.endpoint}/acme/rusty"]
    commit, _ = rust(machine, alice, "upload", "acme/rusty", source)
    assert rust(other_machine, None, "look", "acme/rusty", "main") == ["acme/rusty", commit, "From Rust", "initial commit"]
    [folder] = rust(other_machine, None, "snapshot", "acme/rusty", commit)
    assert content.tree(Path(folder)) == content.tree(source)
    [path] = rust(other_machine, None, "fetch", "acme/rusty", "main", "model.safetensors")
    assert content.sha256(Path(path)) == content.sha256(source / "model.safetensors")
    other_machine.hub2().hf("download", "acme/rusty", "--local-dir", tmp_path / "copy")
    assert content.tree(tmp_path / "copy") == content.tree(source)


def test_errors_by_variant(machine, alice, bob, repo, tmp_path):
    content.write_text(tmp_path / "folder/x.txt", "x")
    # This client names a 404 by the call it made, not by the answer's code: whoever asks for a revision misses a revision.
    for words, person, variant in ((("look", "acme/none", "main"), alice, "RevisionNotFound"),
                                   (("look", repo.id, "nowhere"), None, "RevisionNotFound"),
                                   (("fetch", repo.id, "main", "none"), None, "EntryNotFound"),
                                   (("upload", repo.id, tmp_path / "folder"), bob, "Forbidden")):
        assert rust(machine, person, *words, check=False).startswith(variant), words
