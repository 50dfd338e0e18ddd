# SPDX-License-Identifier: Apache-2.0
"""`mirfa upload` against the real hub, read back by the Python client, git and curl."""

import json
import re
import signal
import subprocess
import time

import pytest

from harness.content import MIB, random_bytes, sha256, small_model, tree, write_random, write_text
from harness.paths import PROGRAM


def told(done):
    return json.loads(done.stdout)


def up(machine, person, repo, *words, **more):
    return told(machine.mirfa("upload", repo.id, "--repo-type", repo.type, *words, "--json", person=person, **more))


def back(machine, repo, tmp_path, *words):
    folder = tmp_path / f"back-{len(list(tmp_path.iterdir()))}"
    machine.hub2().hf("download", repo.id, "--repo-type", repo.type, "--local-dir", folder, *words)
    return tree(folder)


@pytest.mark.parametrize("kind", ["model", "dataset"])
def test_a_folder_arrives_whole_by_xet_and_every_door_gives_it_out(new_repo, machine, other_machine, alice, server, tmp_path, kind):
    repo = new_repo(type=kind)
    source = small_model(tmp_path / "source", weights=5 * MIB, seed=sum(kind.encode()))  # chunks that the hub has not
    start = server.log_size()
    done = up(machine, alice, repo, source, "--message", "From the command line")
    requests = server.requests_since(start)
    assert any("/v1/xorbs/" in r for r in requests) and any("shards" in r for r in requests)
    assert not any("/lfs/" in r for r in requests)
    assert done["files"] == len(tree(source))
    assert back(other_machine, repo, tmp_path) == tree(source)
    clone = machine.git(alice).clone(repo.git)
    assert tree(clone) == tree(source)
    assert machine.git(alice).line("rev-parse", "HEAD", cwd=clone) == done["commit"]
    assert machine.git(alice).line("log", "-1", "--format=%s", cwd=clone) == "From the command line"


def test_what_has_not_changed_is_not_sent_and_not_committed(repo, machine, alice, server, tmp_path):
    source = small_model(tmp_path / "source")
    first = up(machine, alice, repo, source)
    start = server.log_size()
    again = up(machine, alice, repo, source)
    assert again["commit"] == first["commit"] and again["files"] == 0
    assert not [r for r in server.requests_since(start) if "/commit/" in r or "xorbs" in r or "shards" in r]
    write_text(source / "config.json", "{}")
    assert up(machine, alice, repo, source)["files"] == 1


def test_chunks_that_the_hub_has_are_not_sent_again(new_repo, machine, other_machine, alice, server, tmp_path):
    one, two = new_repo(), new_repo()
    base = random_bytes(24 * MIB, seed=3)
    (tmp_path / "a.bin").write_bytes(base)
    up(machine, alice, one, tmp_path / "a.bin")
    before = server.stored_bytes()
    (tmp_path / "b.bin").write_bytes(base[: 12 * MIB] + b"a few new octets" + base[12 * MIB :])
    up(machine, alice, one, tmp_path / "b.bin")
    assert server.stored_bytes() - before < 2 * MIB
    up(machine, alice, two, tmp_path / "a.bin")
    assert server.stored_bytes() - before < 4 * MIB
    got = other_machine.mirfa("download", one.id, "b.bin").stdout.strip()
    assert sha256(type(tmp_path)(got)) == sha256(tmp_path / "b.bin")
    got = other_machine.hub2().hf("download", two.id, "a.bin", "--json").stdout
    assert sha256(type(tmp_path)(json.loads(got)["path"])) == sha256(tmp_path / "a.bin")


def test_equal_and_repeating_contents_travel_once(repo, machine, other_machine, alice, server, tmp_path):
    source = tmp_path / "source"
    block = random_bytes(3 * MIB, seed=9)
    source.mkdir()
    for name in ("a", "b", "c"):
        (source / f"{name}.bin").write_bytes(block)
    (source / "zeros.bin").write_bytes(bytes(12 * MIB))
    (source / "twice.bin").write_bytes(block + block)
    before = server.stored_bytes()
    up(machine, alice, repo, source)
    assert server.stored_bytes() - before < 5 * MIB
    assert back(other_machine, repo, tmp_path) == tree(source)


def test_without_xet_the_same_files_go_the_lfs_way(repo, machine, other_machine, alice, server, tmp_path):
    source = small_model(tmp_path / "source", weights=3 * MIB)
    start = server.log_size()
    up(machine, alice, repo, source, HF_HUB_DISABLE_XET="1")
    requests = server.requests_since(start)
    assert any("info/lfs/objects/batch" in r for r in requests) and not any("/v1/xorbs" in r for r in requests)
    assert back(other_machine, repo, tmp_path) == tree(source)


def test_one_file_goes_where_it_is_told_and_a_missing_repository_and_branch_are_made(machine, other_machine, alice, web, tmp_path):
    write_text(tmp_path / "notes.txt", "hello")
    done = told(machine.mirfa("upload", "acme/made-by-upload", tmp_path / "notes.txt", "docs/notes.md", "--revision", "feature/x",
                              "--private", "--json", person=alice))
    assert re.fullmatch(r"[0-9a-f]{40}", done["commit"])
    info = web.get("/api/models/acme/made-by-upload/revision/feature%2Fx", token=alice.token).json()
    assert info["private"] and "docs/notes.md" in [s["rfilename"] for s in info["siblings"]]
    main = web.get("/api/models/acme/made-by-upload", token=alice.token).json()
    assert "docs/notes.md" not in [s["rfilename"] for s in main["siblings"]]


def test_a_pull_request_is_opened_with_files_small_and_large(repo, machine, other_machine, alice, bob, tmp_path):
    source = small_model(tmp_path / "source")
    up(machine, alice, repo, source)
    write_text(source / "config.json", '{"changed": true}')
    write_random(source / "more.bin", 2 * MIB, seed=77)
    done = up(machine, bob, repo, source, "--create-pr", "--message", "Better")
    number = int(done["pull_request"].rsplit("/", 1)[1])
    assert back(other_machine, repo, tmp_path, "--revision", f"refs/pr/{number}") == tree(source)
    write_text(source / "second.txt", "more")
    up(machine, bob, repo, source, "--revision", f"refs/pr/{number}")
    shown = told(machine.mirfa("discussion", "show", repo.id, number, "--json", person=alice))
    assert (shown["status"], shown["author"], shown["title"]) == ("open", "bob", "Better")
    machine.mirfa("discussion", "merge", repo.id, number, person=alice)
    assert back(other_machine, repo, tmp_path) == tree(source)


def test_patterns_choose_and_delete(repo, machine, other_machine, alice, tmp_path):
    source = small_model(tmp_path / "source")
    up(machine, alice, repo, source, "in/side", "--exclude", "*.txt")
    names = set(back(other_machine, repo, tmp_path))
    assert names == {"in/side/README.md", "in/side/config.json", "in/side/model.safetensors"}
    (source / "config.json").unlink()
    done = up(machine, alice, repo, source, "in/side", "--include", "README.md", "--delete", "*.json")
    assert (done["files"], done["deleted"]) == (0, 1)
    assert set(back(other_machine, repo, tmp_path)) == {"in/side/README.md", "in/side/model.safetensors"}


def test_a_card_that_is_wrong_is_told_before_anything_is_sent(repo, machine, alice, server, tmp_path):
    write_text(tmp_path / "README.md", "---\nlicense: [not, closed\n---\n")
    start = server.log_size()
    refused = machine.mirfa("upload", repo.id, tmp_path / "README.md", person=alice, check=False)
    assert refused.returncode == 2 and "README.md" in refused.stderr
    assert not [r for r in server.requests_since(start) if "/commit/" in r]


def test_refusals_name_what_was_wrong(repo, machine, alice, bob, tmp_path):
    write_text(tmp_path / "a.txt", "a")
    stranger = machine.mirfa("upload", repo.id, tmp_path / "a.txt", person=bob, check=False)
    assert stranger.returncode == 4 and "Error:" in stranger.stderr
    nobody = machine.mirfa("upload", repo.id, tmp_path / "a.txt", check=False)
    assert nobody.returncode == 4
    missing = machine.mirfa("upload", repo.id, tmp_path / "none", person=alice, check=False)
    assert missing.returncode == 1 and "does not exist" in missing.stderr


def xorbs_taken(server, since):
    """Names of the xorbs that the hub took."""
    return set(re.findall(r"POST /\S*v1/xorbs/\S*?([0-9a-f]{64}) 200 ", server.log_since(since)))


def test_an_upload_that_was_killed_goes_on_and_what_it_sent_is_not_sent_again(repo, machine, other_machine, alice, server, tmp_path):
    source = tmp_path / "source"
    write_random(source / "big.bin", 360 * MIB, seed=21)
    start = server.log_size()
    process = subprocess.Popen([PROGRAM, "upload", repo.id, source], env=machine.environment(alice), stdout=subprocess.DEVNULL)
    states = machine.home / "hf/mirfa/uploads"
    deadline = time.monotonic() + 200
    while process.poll() is None and time.monotonic() < deadline and not any(p.stat().st_size > 10_000 for p in states.glob("*")):
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was done before it could be killed"
    before = xorbs_taken(server, start)
    assert before
    start = server.log_size()
    up(machine, alice, repo, source)
    assert before - xorbs_taken(server, start), "what was noted as sent was sent again"
    assert not list(states.glob("*"))
    assert back(other_machine, repo, tmp_path) == tree(source)


def test_memory_stays_flat_when_files_are_large(repo, machine, other_machine, alice, tmp_path):
    """Up and down: the most that either held is far below the file."""
    write_random(tmp_path / "big.bin", 640 * MIB, seed=4)

    def peak(*words, person=None):
        measured = machine if person else other_machine
        done = measured.run(["/usr/bin/python3", "-c",
                             "import resource, subprocess, sys\n"
                             "subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr)\n"
                             "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)", PROGRAM, *words], person)
        return int(done.stdout.strip())

    assert peak("upload", repo.id, tmp_path / "big.bin", person=alice) < 480
    assert peak("download", repo.id, "big.bin") < 320
    assert peak("download", repo.id, "big.bin", "--force-download") < 320


def test_a_commit_has_its_description(machine, alice, repo, web, tmp_path):
    write_text(tmp_path / "up/note.txt", "a note")
    machine.mirfa("upload", repo.id, tmp_path / "up", ".", "--message", "Weights", "--description", "Of the second training.", person=alice)
    newest = web.get(f"{repo.api}/commits/main").json()[0]
    assert (newest["title"], newest["message"]) == ("Weights", "Of the second training.")
