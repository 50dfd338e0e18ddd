# SPDX-License-Identifier: Apache-2.0
"""`mirfa watch`: checkpoints of any trainer, whole ones only, each once."""

import json
import os
import shutil
import signal
import subprocess
import time

import pytest

from harness.content import safetensors, tree, write_text
from harness.paths import PROGRAM

QUICK = ("--every", "100ms", "--settle", "400ms", "--json")


def write_checkpoint(run, step, *, state=True, weights=50_000):
    folder = run / f"checkpoint-{step}"
    safetensors(folder / "model.safetensors", embed=("F32", (weights + step,)))
    safetensors(folder / "optimizer.safetensors", momentum=("F32", (weights + step,)))
    write_text(folder / "config.json", json.dumps({"step": step}))
    if state:
        write_text(folder / "trainer_state.json", json.dumps({"global_step": step}))
    return folder


class Watch:
    """`mirfa watch` in the background."""

    def __init__(self, machine, person, *words):
        self.log = machine.fresh_file(".log")
        with self.log.open("w") as errors:
            self.process = subprocess.Popen([str(word) for word in (PROGRAM, "watch", *words)], env=machine.environment(person),
                                            stdout=subprocess.PIPE, stderr=errors, text=True, cwd=machine.home)

    @property
    def said(self) -> str:
        return self.log.read_text()

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=90)
        return [json.loads(line) for line in out.splitlines()]


@pytest.fixture
def watching(machine, alice):
    started = []

    def start(*words, person=alice):
        started.append(Watch(machine, person, *words))
        return started[-1]

    yield start
    for watch in started:
        watch.process.kill()
        watch.process.wait()


def commits(server, repo):
    return [c["title"] for c in server.web.get(f"{repo.api}/commits/main").json() if c["title"].startswith("Training")]


def files(server, repo):
    return {sibling["rfilename"] for sibling in server.web.get(repo.api).json()["siblings"]}


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


def got(machine, repo, folder):
    machine.hub2().hf("download", repo.id, "--local-dir", folder)
    return tree(folder)


def test_the_latest_is_pushed_whole_and_the_next_takes_its_place(repo, watching, other_machine, server, tmp_path):
    run = tmp_path / "run"
    write_checkpoint(run, 10)
    watch = watching(run, repo.id, *QUICK)
    wait_for(lambda: commits(server, repo) == ["Training in progress, step 10"])
    write_text(run / "checkpoint-10/only-here.txt", "gone with the next")
    second = write_checkpoint(run, 20)
    wait_for(lambda: "Training in progress, step 20" in commits(server, repo))
    pushed = watch.stop()
    assert watch.process.returncode == 0 and pushed[-1]["step"] == 20
    found = got(other_machine, repo, tmp_path / "got")
    assert {p.removeprefix("last-checkpoint/"): d for p, d in found.items() if p.startswith("last-checkpoint/")} == tree(second)
    assert found["model.safetensors"] == tree(second)["model.safetensors"] and "optimizer.safetensors" not in found


def test_all_are_pushed_once_across_restarts_and_by_content(repo, watching, machine, alice, other_machine, server, tmp_path):
    run = tmp_path / "run"
    for step in range(1, 8):
        write_checkpoint(run, step)
    machine.mirfa("watch", run, repo.id, "--all", "--once", *QUICK, person=alice)
    assert commits(server, repo) == [f"Training in progress, step {n}" for n in range(7, 0, -1)]
    found = got(other_machine, repo, tmp_path / "got")
    for step in range(1, 8):
        assert all(found[f"checkpoint-{step}/{path}"] == digest for path, digest in tree(run / f"checkpoint-{step}").items())
    os.utime(run / "checkpoint-3/config.json")
    shutil.copytree(run / "checkpoint-4", run / "aside")
    shutil.rmtree(run / "checkpoint-4")
    (run / "aside").rename(run / "checkpoint-4")
    machine.mirfa("watch", run, repo.id, "--all", "--once", *QUICK, person=alice)
    assert len(commits(server, repo)) == 7
    write_text(run / "checkpoint-5/config.json", "{}")
    machine.mirfa("watch", run, repo.id, "--all", "--once", *QUICK, person=alice)
    assert len(commits(server, repo)) == 8


def test_of_all_the_newest_stay_on_the_hub(repo, machine, alice, other_machine, server, tmp_path):
    run = tmp_path / "run"
    for step in range(8, 12):
        write_checkpoint(run, step)
    machine.mirfa("watch", run, repo.id, "--all", "--keep", "2", "--once", *QUICK, person=alice)
    assert commits(server, repo) == [f"Training in progress, step {n}" for n in range(11, 7, -1)]
    found = got(other_machine, repo, tmp_path / "got")
    assert {path.split("/")[0] for path in found if "/" in path} == {"checkpoint-10", "checkpoint-11"}
    for step in (10, 11):
        assert all(found[f"checkpoint-{step}/{path}"] == digest for path, digest in tree(run / f"checkpoint-{step}").items())
    refused = machine.mirfa("watch", run, repo.id, "--keep", "2", "--once", person=alice, check=False)
    assert refused.returncode == 2 and "--all" in refused.stderr


def test_what_is_not_whole_waits_and_says_why(repo, watching, server, tmp_path):
    run = tmp_path / "run"
    first = write_checkpoint(run, 10)
    whole = (first / "model.safetensors").read_bytes()
    (first / "model.safetensors").write_bytes(whole[:-1])
    second = write_checkpoint(run, 20, state=False)
    third = write_checkpoint(run, 30)
    safetensors(third / "model-00001-of-00002.safetensors", a=("F32", (10,)))
    write_text(third / "model.safetensors.index.json", json.dumps({"metadata": {}, "weight_map": {
        "a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}}))
    watch = watching(run, repo.id, "--all", *QUICK)
    for reason in ("model.safetensors is not complete", "no trainer_state.json", "00002-of-00002"):
        wait_for(lambda: reason in watch.said)
    assert commits(server, repo) == []
    (first / "model.safetensors").write_bytes(whole)
    wait_for(lambda: commits(server, repo) == ["Training in progress, step 10"])
    write_text(second / "trainer_state.json", "{}")
    wait_for(lambda: len(commits(server, repo)) == 2)
    safetensors(third / "model-00002-of-00002.safetensors", b=("F32", (10,)))
    wait_for(lambda: len(commits(server, repo)) == 3)


def test_a_file_that_is_still_growing_is_not_sent(repo, watching, server, tmp_path):
    run = tmp_path / "run"
    write_text(run / "checkpoint-1/weights.bin", "0")  # a format of its own: only time tells
    watch = watching(run, repo.id, "--every", "50ms", "--settle", "2s", "--json")
    with (run / "checkpoint-1/weights.bin").open("a") as out:
        for _ in range(40):
            out.write("more")
            out.flush()
            time.sleep(0.1)
    assert commits(server, repo) == []
    wait_for(lambda: len(commits(server, repo)) == 1)
    watch.stop()
    assert server.web.get(repo.file("weights.bin")).status == 200


def test_patterns_message_branch_and_privacy(machine, alice, server, tmp_path):
    run = tmp_path / "run"
    write_checkpoint(run, 10)
    machine.mirfa("watch", run, "acme/watched", "--once", *QUICK, "--exclude", "optimizer*", "--message", "Nightly", "--private",
                  "--revision", "training", person=alice)
    info = server.web.get("/api/models/acme/watched/revision/training", token=alice.token).json()
    names = {s["rfilename"] for s in info["siblings"]} - {".gitattributes"}
    assert info["private"] and names == {f"{place}{name}" for place in ("", "last-checkpoint/") for name in (
        "model.safetensors", "config.json", "trainer_state.json")} - {"trainer_state.json"}
    assert server.web.get("/api/models/acme/watched/commits/training", token=alice.token).json()[0]["title"] == "Nightly"


def test_killed_while_it_pushes_the_next_start_goes_on(repo, watching, other_machine, server, tmp_path):
    run = tmp_path / "run"
    for step in range(1, 5):
        write_checkpoint(run, step, weights=1_000_000)
    expected = {step: tree(run / f"checkpoint-{step}") for step in range(1, 5)}
    for requests in (3, 7, 11):
        start = server.log_size()
        watch = watching(run, repo.id, "--all", *QUICK)
        wait_for(lambda: len(server.requests_since(start)) >= requests or watch.process.poll() is not None)
        watch.process.send_signal(signal.SIGKILL)
        watch.process.wait()
    shutil.rmtree(run / "checkpoint-1")  # was announced, and is kept
    watch = watching(run, repo.id, "--all", *QUICK)
    wait_for(lambda: len(commits(server, repo)) == 4)
    watch.stop()
    found = got(other_machine, repo, tmp_path / "got")
    for step, content in expected.items():
        assert all(found[f"checkpoint-{step}/{path}"] == digest for path, digest in content.items())
    assert len(commits(server, repo)) == 4


def test_refusals_end_with_the_status_that_tells_why(repo, machine, alice, bob, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    nothing = machine.mirfa("watch", empty, repo.id, "--once", *QUICK, person=alice, check=False)
    assert nothing.returncode == 3 and "no complete checkpoint" in nothing.stderr
    missing = machine.mirfa("watch", tmp_path / "none", repo.id, "--once", person=alice, check=False)
    assert missing.returncode == 1 and "no folder" in missing.stderr
    write_checkpoint(tmp_path / "run", 1)
    stranger = machine.mirfa("watch", tmp_path / "run", repo.id, "--once", *QUICK, person=bob, check=False)
    assert stranger.returncode == 4, stranger.stderr
    machine.mirfa("watch", tmp_path / "run", repo.id, "--once", *QUICK, person=alice)  # what bob could not is kept for alice
