# SPDX-License-Identifier: Apache-2.0
"""`mirfa download` and the Python client on one cache: what one has brought, the other uses."""

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import time

import pytest

from harness.content import MIB, small_model, tree, write_random, write_text
from harness.paths import PROGRAM


def upload(machine, person, repo, folder, **more):
    """With a message of its own: equal commits of one second have one id, by which `hf cache rm` knows repositories."""
    machine.hub2(person, **more).hf("upload", repo.id, folder, ".", "--repo-type", repo.type, "--commit-message", repo.id)


def download_with_hf(machine, repo, *words, **more):
    told = machine.hub2(**more).hf("download", repo.id, "--repo-type", repo.type, *words, "--json")
    return json.loads(told.stdout)["path"]


def download_with_us(machine, repo, *words, **more):
    return machine.mirfa("download", repo.id, "--repo-type", repo.type, *words, **more).stdout.strip()


def listing(folder):
    """Every name below with what it is: mode and size of a file, target of a link."""
    found = {}
    for base, folders, names in os.walk(folder):
        for name in [*folders, *names]:
            path = os.path.join(base, name)
            info = os.lstat(path)
            found[os.path.relpath(path, folder)] = os.readlink(path) if os.path.islink(path) else (info.st_mode, info.st_size if name in names else 0)
    return found


def contents(requests):
    return [r for r in requests if "/resolve/" in r and r.startswith("GET") or "/reconstructions/" in r or "token" in r]


@pytest.fixture(params=["model", "dataset"])
def filled(request, new_repo, machine, alice, tmp_path):
    repo = new_repo(type=request.param)
    upload(machine, alice, repo, small_model(tmp_path / "source"))
    return repo


def test_our_snapshot_is_the_python_clients_and_costs_it_no_content(filled, other_machine, server, tmp_path):
    ours = download_with_us(other_machine, filled)
    assert tree(tmp_path / "source") == tree(type(tmp_path)(ours))
    cache = other_machine.home / "hf/hub"
    before = listing(cache)
    start = server.log_size()
    assert download_with_hf(other_machine, filled) == ours
    assert contents(server.requests_since(start)) == []
    assert len([r for r in server.requests_since(start) if "/revision/" in r]) == 1
    after = listing(cache)
    assert after == before
    commit = os.path.basename(ours)
    start = server.log_size()
    assert download_with_hf(other_machine, filled, "--revision", commit) == ours
    assert download_with_us(other_machine, filled, "--revision", commit) == ours
    assert server.requests_since(start) == []
    assert download_with_hf(other_machine, filled, HF_HUB_OFFLINE="1") == ours
    assert (cache / f"{filled.type}s--{filled.id.replace('/', '--')}/refs/main").read_bytes() == commit.encode()


def test_the_python_clients_snapshot_is_ours_and_costs_us_no_content(filled, other_machine, server):
    theirs = download_with_hf(other_machine, filled)
    before = listing(other_machine.home / "hf/hub")
    start = server.log_size()
    assert download_with_us(other_machine, filled) == theirs
    assert len(server.requests_since(start)) == 1
    assert download_with_us(other_machine, filled, HF_HUB_OFFLINE="1") == theirs
    start = server.log_size()
    assert download_with_us(other_machine, filled, "--revision", os.path.basename(theirs)) == theirs
    assert download_with_us(other_machine, filled, "config.json", "--revision", os.path.basename(theirs)).endswith("/config.json")
    assert server.requests_since(start) == []
    assert listing(other_machine.home / "hf/hub") == before


def test_both_make_the_same_tree_of_files_and_links(filled, machine, other_machine):
    download_with_us(machine, filled)
    download_with_hf(other_machine, filled)
    modes = {}
    for m in (machine, other_machine):
        found = listing(m.home / "hf/hub")
        modes[m] = {name: what for name, what in found.items() if "/trees/" not in name and name != "CACHEDIR.TAG"}
    assert modes[machine] == modes[other_machine]


def test_one_file_one_link_and_an_absent_file_is_remembered(filled, other_machine, server):
    path = download_with_us(other_machine, filled, "tokenizer/vocab.txt")
    assert os.path.islink(path) and open(path).read() == "one\ntwo\nthree\n"
    missing = other_machine.mirfa("download", filled.id, "no.bin", "--repo-type", filled.type, check=False)
    assert missing.returncode == 3 and "no.bin" in missing.stderr

    def known(repo_id, repo_type):
        return hub.try_to_load_from_cache(repo_id, "no.bin", repo_type=repo_type) is hub._CACHED_NO_EXIST

    assert other_machine.hub2().call(known, repo_id=filled.id, repo_type=filled.type)


def test_two_repositories_share_one_payload_across_clients(new_repo, machine, other_machine, alice, tmp_path, server):
    one, two, three = new_repo(), new_repo(), new_repo()
    for repo in (one, two, three):
        upload(machine, alice, repo, small_model(tmp_path / "source"))
    download_with_us(other_machine, one)
    start = server.log_size()
    download_with_hf(other_machine, two)
    assert not [r for r in server.requests_since(start) if "reconstructions" in r]
    start = server.log_size()
    download_with_us(other_machine, three)
    assert not [r for r in server.requests_since(start) if "reconstructions" in r]
    store = other_machine.home / "hf/hub/blobs"
    payloads = [p for p in store.glob("??/*") if p.suffix == ""]
    assert len(payloads) == 1 and payloads[0].stat().st_size == 2 * MIB
    lines = (payloads[0].parent / (payloads[0].name + ".refs")).read_text().splitlines()
    assert len(lines) == 3
    hf = other_machine.hub2()
    hf.hf("cache", "rm", f"model/{one.id}", "--yes")
    assert payloads[0].exists()
    listed = json.loads(hf.hf("cache", "ls", "--json").stdout)
    assert sorted(r["repo_id"] for r in listed) == sorted([two.id, three.id])
    for repo in (two, three):
        hf.hf("cache", "verify", repo.id)
        hf.hf("cache", "rm", f"model/{repo.id}", "--yes")
    assert not payloads[0].exists()


@pytest.mark.parametrize("variable", ["HF_HUB_DISABLE_SHARED_BLOBS", "HF_HUB_DISABLE_XET", "HF_HUB_DISABLE_SYMLINKS"])
def test_each_switch_gives_the_same_layout_as_the_python_clients(new_repo, machine, other_machine, alice, tmp_path, variable):
    repo = new_repo()
    source = small_model(tmp_path / "source")
    upload(machine, alice, repo, source)
    ours = download_with_us(machine, repo, **{variable: "1"})
    theirs = download_with_hf(other_machine, repo, **{variable: "1"})
    assert tree(source) == tree(type(source)(ours)) == tree(type(source)(theirs))
    shape = [{n: w if isinstance(w, str) else w[1] for n, w in listing(m.home / "hf/hub").items()
              if "/trees" not in n and n != "CACHEDIR.TAG" and ".locks" not in n} for m in (machine, other_machine)]
    assert shape[0] == shape[1]


def test_patterns_and_folders_choose_files(filled, other_machine):
    def names(*words):
        plan = json.loads(other_machine.mirfa("download", filled.id, "--repo-type", filled.type, "--dry-run", "--json", *words).stdout)
        return sorted(f["file"] for f in plan)

    assert names("--include", "*.txt", "--exclude", "tokenizer/*") == ["empty.txt"]
    assert names("tokenizer/") == ["tokenizer/größe und عربي.txt", "tokenizer/vocab.txt"]
    assert not (other_machine.home / "hf/hub" / "blobs").exists()


def test_a_local_folder_made_by_either_is_left_alone_by_the_other(filled, other_machine, server, tmp_path):
    for first, second in ((download_with_us, download_with_hf), (download_with_hf, download_with_us)):
        folder = tmp_path / first.__name__
        first(other_machine, filled, "--local-dir", folder)
        assert tree(tmp_path / "source") == tree(folder)
        start = server.log_size()
        second(other_machine, filled, "--local-dir", folder)
        assert contents(server.requests_since(start)) == []
        write_text(folder / "config.json", "changed here")
        os.utime(folder / "config.json", (time.time() + 100, time.time() + 100))
        second(other_machine, filled, "--local-dir", folder)
        assert tree(tmp_path / "source") == tree(folder)
        os.utime(folder / "model.safetensors", (time.time() + 100, time.time() + 100))
        start = server.log_size()
        second(other_machine, filled, "--local-dir", folder)
        assert not [r for r in server.requests_since(start) if "reconstructions" in r]


def test_offline_an_incomplete_snapshot_is_said_to_be_so(filled, other_machine):
    folder = download_with_us(other_machine, filled)
    os.unlink(os.path.join(folder, "config.json"))
    refused = other_machine.mirfa("download", filled.id, "--repo-type", filled.type, check=False, HF_HUB_OFFLINE="1")
    assert refused.returncode == 6 and "config.json" in refused.stderr
    assert download_with_us(other_machine, filled, "--exclude", "config.json", HF_HUB_OFFLINE="1") == folder


def test_a_server_that_is_gone_leaves_the_cache_in_use(filled, other_machine):
    folder = download_with_us(other_machine, filled)
    gone = {"HF_ENDPOINT": "http://127.0.0.1:9"}
    assert download_with_us(other_machine, filled, **gone) == folder
    assert download_with_us(other_machine, filled, "config.json", **gone).endswith("config.json")


def test_private_repositories_need_a_token_and_others_see_nothing(new_repo, machine, other_machine, alice, bob, tmp_path):
    repo = new_repo(private=True)
    upload(machine, alice, repo, small_model(tmp_path / "source"))
    for person in (None, bob):
        refused = other_machine.mirfa("download", repo.id, check=False, person=person)
        assert refused.returncode == 3 and "no such repository" in refused.stderr
    assert other_machine.mirfa("download", repo.id, person=alice).returncode == 0
    assert other_machine.mirfa("download", repo.id, "config.json", "--token", alice.read_token, "--force-download").returncode == 0


@pytest.mark.parametrize("xet", [True, False], ids=["by chunks", "by ranges"])
def test_a_killed_download_is_taken_up_and_nothing_half_is_visible(new_repo, machine, other_machine, alice, tmp_path, server, xet):
    repo = new_repo()
    whole = 192 * MIB
    write_random(tmp_path / "source/big.bin", whole, seed=5)
    upload(machine, alice, repo, tmp_path / "source")
    way = {"HF_HUB_DISABLE_XET": "0" if xet else "1"}
    place = other_machine.home / f"hf/hub/models--{repo.id.replace('/', '--')}"

    def part():
        return sum(path.stat().st_size for path in (place / "blobs").glob("*.mirfa-part"))

    for least in (8 * MIB, 32 * MIB):
        process = subprocess.Popen([PROGRAM, "download", repo.id], env=other_machine.environment(None, **way), stdout=subprocess.DEVNULL)
        while process.poll() is None and part() < least:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "it was done before it could be killed"
        assert not list(place.glob("snapshots/*/big.bin"))
    there = part()
    assert server.stop() == 0  # what it still sends to nobody is in the log after this
    server.listen = server.address.removeprefix("http://")
    server.start()
    position = server.log_size()
    ours = download_with_us(other_machine, repo, **way)
    assert tree(tmp_path / "source") == tree(type(tmp_path)(ours))
    assert not list(place.glob("blobs/*.mirfa-part*"))
    assert server.octets_sent_since(position) < whole - there + 4 * MIB


def test_six_mixed_processes_bring_each_content_once(filled, other_machine, server, tmp_path):
    hf = other_machine.hub2()
    start = server.log_size()
    commands = [[PROGRAM, "download", filled.id, "--repo-type", filled.type],
                [hf.folder / "bin/hf", "download", filled.id, "--repo-type", filled.type, "-q"]] * 3
    processes = [subprocess.Popen(c, env=other_machine.environment(None), stdout=subprocess.PIPE, text=True) for c in commands]
    folders = {p.communicate(timeout=120)[0].strip() for p in processes}
    assert all(p.returncode == 0 for p in processes) and len(folders) == 1
    gets = [r for r in server.requests_since(start) if r.startswith("GET") and "/resolve/" in r]
    assert len(gets) == len(set(gets))
    size = sum(path.stat().st_size for path in (tmp_path / "source").rglob("*") if path.is_file())
    assert server.octets_sent_since(start) < 1.5 * size, "a content of the chunk store came twice"
    assert tree(tmp_path / "source") == tree(type(tmp_path)(folders.pop()))
    left = [n for n in listing(other_machine.home / "hf/hub") if n.endswith((".tmp", ".incomplete", ".shared")) or "mirfa" in os.path.basename(n)]
    assert left == []
    hf.hf("cache", "verify", filled.id, "--repo-type", filled.type)


@pytest.mark.parametrize("hidden", ["0", "1"])
def test_a_terminal_sees_how_far_it_is_unless_it_is_asked_not_to(new_repo, machine, other_machine, alice, tmp_path, hidden):
    repo = new_repo()
    upload(machine, alice, repo, small_model(tmp_path / "source", weights=12 * MIB))
    terminal, side = pty.openpty()
    process = subprocess.Popen([PROGRAM, "download", repo.id], stdout=subprocess.PIPE, stderr=side,
                               env=other_machine.environment(None, HF_HUB_DISABLE_PROGRESS_BARS=hidden))
    os.close(side)
    shown = b""
    with contextlib.suppress(OSError):  # a terminal that nobody writes to any more
        while piece := os.read(terminal, 4096):
            shown += piece
    os.close(terminal)
    assert process.wait(60) == 0
    if hidden == "1":
        assert shown == b""
    else:
        last = shown.decode().split("\r")[-2 if shown.endswith(b"\r\n") else -1]
        assert "100%" in last, shown
        assert re.search(r"(\d+)/\1 files", last), last


def test_names_that_leave_their_folder_are_refused_before_any_request(machine, server):
    start = server.log_size()
    for words in (["a--b/c"], ["a/b..c"], [".a/b"], ["a/" + "x" * 97], ["a/b", "../x"], ["a/b", "/x"], ["a/b", "a/C:x"],
                  ["a/b", "x", "--revision", "../../y"]):
        refused = machine.mirfa("download", *words, check=False)
        assert refused.returncode == 2, (words, refused.stderr)
    assert server.requests_since(start) == []


def test_a_renamed_repository_keeps_the_folder_it_was_asked_by(new_repo, machine, other_machine, alice, web, tmp_path):
    repo = new_repo()
    upload(machine, alice, repo, small_model(tmp_path / "source"))
    moved = web.post("/api/repos/move", token=alice.token,
                     as_json={"fromRepo": repo.id, "toRepo": repo.id + "-new", "type": "model"})
    assert moved.status == 200
    ours = download_with_us(other_machine, repo)
    assert f"models--{repo.id.replace('/', '--')}/" in ours
    assert tree(tmp_path / "source") == tree(type(tmp_path)(ours))
    assert download_with_hf(other_machine, repo) == ours


@pytest.mark.parametrize("age", ["hub1x", "hub0x"])
def test_older_python_clients_and_we_read_each_others_caches(new_repo, machine, other_machine, alice, server, tmp_path, age):
    repo = new_repo()
    upload(machine, alice, repo, small_model(tmp_path / "source"))

    def take(repo_id):
        return hub.snapshot_download(repo_id)

    ours = download_with_us(other_machine, repo)
    start = server.log_size()
    assert getattr(other_machine, age)().call(take, repo_id=repo.id) == ours
    assert not [r for r in server.requests_since(start) if r.startswith("GET") and "/resolve/" in r or "reconstructions" in r]
    theirs = getattr(machine, age)().call(take, repo_id=repo.id)
    start = server.log_size()
    assert download_with_us(machine, repo) == theirs
    assert contents(server.requests_since(start)) == []


def test_a_cache_elsewhere_and_one_file_at_a_time(new_repo, machine, other_machine, alice, tmp_path):
    repo = new_repo()
    upload(machine, alice, repo, small_model(tmp_path / "source"))
    folder = download_with_us(other_machine, repo, "--cache-dir", tmp_path / "cache", "--max-workers", "1")
    assert folder.startswith(str(tmp_path / "cache/models--")) and tree(tmp_path / "source") == tree(type(tmp_path)(folder))
    assert not (other_machine.home / "hf/hub").exists()
    refused = other_machine.mirfa("download", repo.id, "--max-workers", "0", check=False)
    assert refused.returncode == 2 and "--max-workers" in refused.stderr
