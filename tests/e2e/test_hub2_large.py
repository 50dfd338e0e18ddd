# SPDX-License-Identifier: Apache-2.0
"""300 MB by today's client, and how much the disk has to hold after it was changed."""

import pytest

from harness import content
from harness.content import MIB

SIZE = 300 * MIB


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return content.write_random(tmp_path_factory.mktemp("large") / "model.safetensors", SIZE, seed=300)


def changed_copy(original, path):
    """1 MB changed in the middle, 1,000 octets inserted at the front."""
    path.write_bytes(content.random_bytes(1000, seed=5))
    with original.open("rb") as old, path.open("ab") as new:
        for position in range(0, SIZE, 4 * MIB):
            new.write(old.read(4 * MIB))
    with path.open("r+b") as new:
        new.seek(1000 + SIZE // 2)
        new.write(content.random_bytes(MIB, seed=6))
    return path


def fetched(machine, repo, person=None):
    path = machine.hub2(person).hf("download", repo.id, "model.safetensors", "--quiet").stdout.strip()
    return content.sha256(machine.home / path)


def test_three_hundred_megabytes_and_their_changed_copy(machine, other_machine, server, alice, new_repo, original, tmp_path):
    repo, second = new_repo(), new_repo()
    client = machine.hub2(alice)
    empty = server.stored_bytes()
    client.hf("upload", repo.id, original, "model.safetensors")
    full = server.stored_bytes()
    assert SIZE <= full - empty < SIZE * 1.05
    assert fetched(other_machine, repo) == content.sha256(original)

    changed = changed_copy(original, tmp_path / "changed.safetensors")
    client.hf("upload", repo.id, changed, "model.safetensors")
    assert server.stored_bytes() - full < 5_000_000
    assert fetched(other_machine, repo) == content.sha256(changed)

    before = server.stored_bytes()
    client.hf("upload", second.id, original, "model.safetensors")
    assert server.stored_bytes() - before < SIZE / 100


def test_another_machine_uploads_the_same_and_little_is_added(machine, other_machine, server, alice, new_repo, tmp_path):
    """The second machine has no cache that knows the chunks: the server has to tell it."""
    folder = tmp_path / "model"
    content.write_random(folder / "model.safetensors", 60 * MIB, seed=60)
    content.small_model(folder / "more", weights=20 * MIB, seed=61)
    machine.hub2(alice).hf("upload", new_repo().id, folder, ".")
    before = server.stored_bytes()
    other_machine.hub2(alice).hf("upload", new_repo().id, folder, ".")
    assert server.stored_bytes() - before < 80 * MIB / 100


def test_compressible_files_are_stored_smaller_and_come_back_whole(machine, other_machine, server, alice, repo, tmp_path):
    table = tmp_path / "table.bin"
    table.write_bytes(b"".join(number.to_bytes(4, "little") for number in range(8 * MIB)))
    before = server.stored_bytes()
    machine.hub2(alice).hf("upload", repo.id, table, "table.bin")
    assert server.stored_bytes() - before < 24 * MIB
    path = other_machine.hub2().hf("download", repo.id, "table.bin", "--quiet").stdout.strip()
    assert content.sha256(other_machine.home / path) == content.sha256(table)
