# SPDX-License-Identifier: Apache-2.0
"""examples/train, built against the installed library as a stranger would, pushes to the real hub while it trains."""

import random
import re
import signal
import subprocess
import time

import pytest

from harness.clients import Machine
from harness.content import tree
from harness.paths import PROGRAM, SOURCE
from harness.server import Server

BUILD = PROGRAM.parent


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """Where the example is, after an installation into an empty folder."""
    if not (BUILD / "cmake_install.cmake").exists():
        pytest.skip(f"{BUILD} is no build folder, so there is nothing to install")
    work = tmp_path_factory.mktemp("example")

    def cmake(*words):
        done = subprocess.run(["cmake", *map(str, words)], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr

    cmake("--install", BUILD, "--prefix", work / "prefix", "--component", "sdk")
    cmake("-S", SOURCE / "examples/train", "-B", work / "build", f"-DCMAKE_PREFIX_PATH={work / 'prefix'}")
    cmake("--build", work / "build")
    return work / "build/train"


def numbers(output: str, word: str) -> list[int]:
    return [int(n) for n in re.findall(rf"^{word} (\d+)", output, re.MULTILINE)]


def downloaded(machine, repo_id, folder):
    machine.hub2().hf("download", repo_id, "--local-dir", folder)
    return tree(folder)


def below(files: dict, folder: str) -> dict:
    return {path.removeprefix(folder + "/"): digest for path, digest in files.items() if path.startswith(folder + "/")}


def messages(server, repo_id) -> list[str]:
    return [commit["title"] for commit in server.web.get(f"/api/models/{repo_id}/commits/main").json()]


def test_the_last_checkpoint_the_model_and_the_card_arrive_as_they_were(example, repo, machine, other_machine, alice, server, tmp_path):
    run = tmp_path / "run"
    done = machine.run([example, repo.id, run, "--steps", "400", "--every", "100"], alice)
    assert numbers(done.stdout, "announced") == [100, 200, 300, 400]
    assert numbers(done.stdout, "dropped") == numbers(done.stdout, "later") == []
    got = downloaded(other_machine, repo.id, tmp_path / "got")
    last = tree(run / "checkpoint-400")
    assert below(got, "last-checkpoint") == last
    assert {path: got[path] for path in ("model.safetensors", "config.json")} == {path: last[path] for path in ("model.safetensors", "config.json")}
    assert "optimizer.safetensors" not in got
    info = server.web.get(repo.api).json()
    card = info["cardData"]
    assert card["license"] == "apache-2.0" and card["pipeline_tag"] == "tabular-classification" and "spiral" in info["tags"]
    accuracy = float(re.search(r"^accuracy ([\d.]+)$", done.stdout, re.MULTILINE)[1])
    assert card["model-index"][0]["results"][0]["metrics"][0]["value"] == pytest.approx(accuracy)
    assert "- `batch_size`: 32\n" in (tmp_path / "got/README.md").read_text()
    machine.run([PROGRAM, "card", "check", tmp_path / "got"])
    made = messages(server, repo.id)
    assert made[0] == "End of training" and "Training in progress, step 400" in made
    assert info["sha"] in done.stdout.splitlines()[-1]
    assert not list(run.glob(".mirfa/*/*/plan.json"))


def test_all_checkpoints_arrive_each_in_its_folder(example, machine, other_machine, alice, tmp_path):
    run, repo_id = tmp_path / "run", "acme/all-checkpoints"
    done = machine.run([example, repo_id, run, "--steps", "300", "--every", "100", "--all"], alice)
    assert numbers(done.stdout, "replaced") == []
    got = downloaded(other_machine, repo_id, tmp_path / "got")
    for step in (100, 200, 300):
        assert below(got, f"checkpoint-{step}") == tree(run / f"checkpoint-{step}")


def test_a_hub_that_is_away_is_waited_for(example, tmp_path):
    hub = Server(tmp_path / "hub").start()
    alice = hub.new_person("alice", admin=True)
    machine = Machine(tmp_path / "home", hub)
    hub.stop()
    run = tmp_path / "run"
    trainer = subprocess.Popen([example, "alice/away", run, "--steps", "200", "--every", "100"], env=machine.environment(alice),
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        while not list(run.glob(".mirfa/*/*/plan.json")) and trainer.poll() is None:
            time.sleep(0.02)
        hub = Server(tmp_path / "hub", listen=hub.address.removeprefix("http://")).start()
        output, _ = trainer.communicate(timeout=120)
        assert trainer.returncode == 0, output
        assert downloaded(machine, "alice/away", tmp_path / "got")["model.safetensors"] == tree(run / "checkpoint-200")["model.safetensors"]
    finally:
        trainer.kill()
        hub.stop()


@pytest.mark.parametrize("layout", ["--all", "last"])
def test_killed_again_and_again_while_it_pushes_what_was_announced_arrives_or_gives_way(example, machine, other_machine, alice, server,
                                                                                       tmp_path, layout):
    run, repo_id = tmp_path / "run", f"acme/killed-{layout.strip('-')}"
    words = [example, repo_id, run, "--steps", "60", "--every", "10", "--hidden", "65536", *([layout] if layout == "--all" else [])]
    chance = random.Random(7)
    output, kills = "", 0
    for turn in range(12):
        start = server.log_size()
        log = tmp_path / f"turn-{turn}.log"
        with log.open("w") as out:
            trainer = subprocess.Popen([str(word) for word in words], env=machine.environment(alice), stdout=out, stderr=subprocess.STDOUT)
        if turn < 8:  # at the second, third, … request of a push, each round at another
            wanted = chance.randrange(2, 14)
            while trainer.poll() is None and len(server.requests_since(start)) < wanted:
                time.sleep(0.002)
            if trainer.poll() is None:
                trainer.send_signal(signal.SIGKILL)
                kills += 1
        status = trainer.wait(timeout=200)
        output += log.read_text()
        if status == 0:
            break
    assert status == 0, output
    assert kills >= 4, "the kills came too late to tell anything"
    announced, replaced = set(numbers(output, "announced")), set(numbers(output, "replaced"))
    assert announced == {10, 20, 30, 40, 50, 60} and numbers(output, "dropped") == []
    got = downloaded(other_machine, repo_id, tmp_path / "got")
    if layout == "--all":
        on_hub = {int(path.split("/")[0].removeprefix("checkpoint-")) for path in got if path.startswith("checkpoint-")}
        assert announced - on_hub <= replaced
        for step in on_hub:
            assert below(got, f"checkpoint-{step}") == tree(run / f"checkpoint-{step}")
    else:
        assert below(got, "last-checkpoint") == tree(run / "checkpoint-60")
    assert got["model.safetensors"] == tree(run / "checkpoint-60")["model.safetensors"]
    assert not list(run.glob(".mirfa/*/*/plan.json"))
    clone = machine.git(alice).clone(server.url + "/" + repo_id)
    assert tree(clone) == got
    machine.git(alice)("fsck", "--strict", cwd=clone)
    # Nothing is committed twice: two pushes of one step would have nothing to change in the second.
    made = messages(server, repo_id)
    assert len(made) == len(set(made)), made
