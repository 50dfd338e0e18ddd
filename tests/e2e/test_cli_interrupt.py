# SPDX-License-Identifier: Apache-2.0
"""Ctrl-C: the status that shells know, nothing half, and what can be taken up is taken up."""

import json
import os
import signal
import subprocess
import time

from harness import content
from harness.content import MIB
from harness.paths import PROGRAM

INTERRUPTED = 130


def interrupt(machine, words, person, when):
    """Runs our command line, presses Ctrl-C once `when` is true, and gives what it said."""
    process = subprocess.Popen([PROGRAM, *map(str, words)], env=machine.environment(person), cwd=machine.home,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while process.poll() is None and not when():
        time.sleep(0.002)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, said
    return said


def large_checkpoint(folder, tensors=48, size=16 * MIB):
    """Of zeros that take no room."""
    folder.mkdir(parents=True)
    head = json.dumps({f"layer.{n}.weight": {"dtype": "F32", "shape": [size // 4], "data_offsets": [n * size, (n + 1) * size]}
                       for n in range(tensors)}).encode()
    with (folder / "model.safetensors").open("wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        file.truncate(8 + len(head) + tensors * size)
    return folder


def test_a_conversion_leaves_its_folder_as_it_was(machine, tmp_path):
    source = large_checkpoint(tmp_path / "source")
    target = tmp_path / "target"
    content.write_text(target / "mine.txt", "mine")
    interrupt(machine, ["convert", source, target, "--to", "pt"], None, lambda: len(os.listdir(target)) > 1)
    assert os.listdir(target) == ["mine.txt"]


def test_a_download_shows_nothing_half_and_is_taken_up(machine, other_machine, alice, repo, tmp_path):
    source = content.write_random(tmp_path / "up/big.bin", 192 * MIB).parent
    machine.hub2(alice).hf("upload", repo.id, source, ".")
    place = other_machine.home / f"hf/hub/models--{repo.id.replace('/', '--')}"
    interrupt(other_machine, ["download", repo.id], None, lambda: list(place.glob("blobs/*.mirfa-part")))
    assert not list(place.glob("snapshots/*/big.bin"))
    folder = other_machine.mirfa("download", repo.id).stdout.strip()
    assert content.tree(tmp_path / "up") == content.tree(other_machine.home / folder)


def test_an_upload_commits_nothing(machine, alice, repo, server, web, tmp_path):
    content.write_random(tmp_path / "up/big.bin", 256 * MIB)
    before, position = web.get(repo.api).json()["sha"], server.log_size()
    words = ["upload", repo.id, tmp_path / "up", "."]
    interrupt(machine, words, alice, lambda: "POST /cas/v1/xorbs/" in server.log_since(position))
    assert web.get(repo.api).json()["sha"] == before
    machine.mirfa(*words, person=alice)
    assert web.get(repo.file("big.bin")).body == (tmp_path / "up/big.bin").read_bytes()
