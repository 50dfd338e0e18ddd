# SPDX-License-Identifier: Apache-2.0
"""Rounds of work, each ended by SIGKILL: at a random moment, or at a fault point of the program. See README.md."""

import argparse
import concurrent.futures
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from harness.clients import Machine
from harness.paths import PROGRAM
from harness.server import Person, Server

from inspection import Inspection
from told import Told
from work import CLIENTS_AT_WORK, SHARED, GitClient

WORK_SECONDS = 60          # for a fault point to be reached
# How often the points are passed before the kill, by the beginnings of their names; the others stop at the first time.
PASSES = {"catalog-": 40, "store-": 4, "commit-": 12, "upload-": 4, "cache-": 2}


class Failed(Exception):
    pass


class Round:
    """One server on a copy of `template`, work, a kill, a look, and the same work again."""

    def __init__(self, folder: Path, template: Path, person: Person, seed: int, fault: str | None):
        self.folder, self.person, self.seed, self.fault = folder, person, seed, fault
        self.random = random.Random(seed)
        shutil.copytree(template, folder / "data")
        self.server = Server(folder)
        self.told = Told()
        self.clients = []
        self.over = threading.Event()
        self.failures: list[str] = []

    def run(self) -> str:
        """Gives a line about what happened. Raises Failed."""
        try:
            self._work_until_the_kill()
            self._look("after the kill")
            self._work_again()
            self._look("after more work")
            if status := self.server.stop():
                raise Failed(f"the server ended with {status}")
        finally:
            for client in self.clients:
                client.close()
            self.server.kill()
        return f"{self.told.count} answers, {sum(len(repo.files) for repo in self.told.repos.values())} files"

    def _work_until_the_kill(self) -> None:
        self._prepare()
        threads = [threading.Thread(target=self._work, args=(client,), daemon=True) for client in self.clients]
        for thread in threads:
            thread.start()
        if self.fault:
            self._wait_for_the_fault(threads)
        else:
            self._kill_at_a_random_moment()
        self.over.set()
        for client in self.clients:
            client.close()
        for thread in threads:
            thread.join()
        if self.failures:
            raise Failed("before the kill: " + "; ".join(self.failures))

    def _prepare(self) -> None:
        """The clients' repositories are made before a fault is armed, so that it comes in the middle of work."""
        self.server.start()
        self.server.listen = self.server.address.removeprefix("http://")  # the same after each start
        machine = Machine(self.folder / "home", self.server)
        self.clients = [kind(self.server, self.person, machine, self.told, f"{self.seed}") for kind in CLIENTS_AT_WORK]
        self.clients[0].new_repo(SHARED)
        for client in self.clients:
            client.prepare()
        if self.fault:
            if self.server.stop() != 0:
                raise Failed("the server did not stop")
            passes = next((most for start, most in PASSES.items() if self.fault.startswith(start)), 1)
            passes = 1 if self.fault == "commit-objects-staged" else self.random.randint(1, passes)
            self.server.environment = {"MIRFA_FAULT": f"{self.fault}:{passes}"}
            next(client for client in self.clients if isinstance(client, GitClient)).big_first = self.fault == "commit-objects-staged"
            try:
                self.server.start()
            except AssertionError:  # the point lies on the way to the first answer
                if self.server.process.returncode != -signal.SIGKILL:
                    raise

    def _work(self, client) -> None:
        for _ in range(client.operations):
            if self.over.is_set():
                return
            try:
                client.step()
            except Exception:
                if not self._dies_soon():
                    self.failures.append(f"{client.name}: {traceback.format_exc()}")
                return

    def _dies_soon(self) -> bool:
        """A client may see the end of a connection before the system has buried the server."""
        try:
            self.server.process.wait(10)
            return True
        except subprocess.TimeoutExpired:
            return False

    def _wait_for_the_fault(self, threads: list[threading.Thread]) -> None:
        ends = time.monotonic() + WORK_SECONDS
        while self.server.process.poll() is None and time.monotonic() < ends and any(thread.is_alive() for thread in threads):
            try:
                self.server.process.wait(0.05)
            except subprocess.TimeoutExpired:
                pass
        status = self.server.process.poll()
        if status is None:
            self.server.kill()
            raise Failed("the work never came to the fault point: " + "; ".join(self.failures))
        if status != -signal.SIGKILL:
            raise Failed(f"the server ended by itself with {status}")

    def _kill_at_a_random_moment(self) -> None:
        """Some time after one of the clients, any, has begun its first, second or later operation."""
        slow = [client for client in self.clients if client.name in ("hub", "git", "lfs", "parts")]
        client = self.random.choice(self.clients + slow)
        count = self.random.randint(1, max(1, client.operations // 2))
        with client.began:
            client.began.wait_for(lambda: client.begun >= count or self.failures, WORK_SECONDS)
        self.over.wait(self.random.choice([0, 0.02, 0.1, 0.4]) * self.random.random())
        self.server.kill()

    def _look(self, when: str) -> None:
        if when == "after the kill":
            self.server.environment = {}
            self.server.start()
        faults = Inspection(self.server, self.person, self.told, self.folder).look()
        if faults:
            raise Failed(f"{when}:\n  " + "\n  ".join(faults[:20]))

    def _work_again(self) -> None:
        """Each client repeats what was interrupted, then does something new. All must succeed."""
        def work(client):
            client.reopen()
            steps = 2 if client.pending else 1
            for _ in range(steps):
                client.step()

        with concurrent.futures.ThreadPoolExecutor(len(self.clients)) as pool:
            for client, done in [(client, pool.submit(work, client)) for client in self.clients]:
                if error := done.exception():
                    raise Failed(f"{client.name} cannot go on after the restart: {error}")


def fault_points() -> list[str]:
    """The program itself knows its points: asked for one that is none, it lists them."""
    asked = subprocess.run([PROGRAM, "serve"], env={"MIRFA_FAULT": "?"}, capture_output=True, text=True, timeout=30)
    points = [line.strip() for line in asked.stderr.splitlines()[1:]]
    assert asked.returncode == 2 and len(points) > 10, asked.stderr
    return points


def make_template(folder: Path) -> tuple[Path, Person]:
    """A data folder in which nothing is but somebody to work."""
    server = Server(folder).start()
    person = server.new_person("ada", admin=True)
    assert server.stop() == 0
    return server.data, person


def run_round(folder: Path, template: Path, person: Person, seed: int, fault: str | None) -> bool:
    what = f"at {fault}" if fault else "at a random moment"
    started = time.monotonic()
    folder.mkdir()
    work = None
    try:
        work = Round(folder, template, person, seed, fault)
        line = work.run()
        print(f"ok   seed {seed}, killed {what}: {line}, {time.monotonic() - started:.1f} s", flush=True)
        shutil.rmtree(folder)
        return True
    except Exception as error:
        text = str(error) if isinstance(error, Failed) else traceback.format_exc()
        log = work.server.log_since(0)[-3000:] if work else ""
        again = f"--rounds 0 --faults {fault}" if fault else "--rounds 1 --faults none"
        print(f"FAIL seed {seed}, killed {what}: {text}\n--- end of the server's log, all in {folder}\n{log}\n"
              f"--- again with: tests/crash/run {again} --seed {seed}", flush=True)
        return False


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=10, help="kills at random moments (10)")
    options.add_argument("--faults", default="all", help="all, none, or the name of one fault point (all)")
    options.add_argument("--seed", type=int, default=None, help="of the first round; the next ones count on (random)")
    options.add_argument("--jobs", type=int, default=os.cpu_count() or 2, help="rounds at the same time (one per core)")
    given = options.parse_args()
    seed = given.seed if given.seed is not None else int.from_bytes(os.urandom(3), "big")
    points = fault_points() if given.faults == "all" else [] if given.faults == "none" else [given.faults]
    rounds = [None] * given.rounds + points
    base = Path(tempfile.mkdtemp(prefix="mirfa-crash-"))
    template, person = make_template(base / "template")
    print(f"{given.rounds} random rounds and {len(points)} fault points, seed {seed}", flush=True)
    with concurrent.futures.ThreadPoolExecutor(given.jobs) as pool:
        good = list(pool.map(lambda at: run_round(base / f"round-{at}", template, person, seed + at, rounds[at]), range(len(rounds))))
    if all(good):
        shutil.rmtree(base)
    print(f"{sum(good)} of {len(good)} rounds passed", flush=True)
    return 0 if all(good) and good else 1


sys.exit(main())
