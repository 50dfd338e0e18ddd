# SPDX-License-Identifier: Apache-2.0
"""The release program on a free port and an empty data folder."""

import os
import re
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from .paths import PROGRAM
from .web import Web

START_SECONDS = 30
STOP_SECONDS = 30
SETTLE_SECONDS = 120


@dataclass(frozen=True)
class Person:
    """A user of the server under test. `read_token` may only read."""

    name: str
    password: str
    token: str
    read_token: str

    @property
    def email(self) -> str:
        return f"{self.name}@example.test"


class Server:
    """One server process; `folder` holds its data and its log."""

    def __init__(self, folder: Path, public_url: str | None = None, listen: str = "127.0.0.1:0", flags: tuple[str, ...] = ()):
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.listen = listen
        self.flags = (*flags, *(("--public-url", public_url) if public_url else ()))
        self.public_url = public_url
        self.environment: dict[str, str] = {}  # beside this process's own
        self.process: subprocess.Popen | None = None
        self.administrator: Person | None = None
        self.address = ""
        self.data.mkdir(parents=True, exist_ok=True)

    @property
    def url(self) -> str:
        """What clients get as their endpoint."""
        return self.public_url or self.address

    @property
    def web(self) -> Web:
        return Web(self.url)

    def start(self) -> "Server":
        before = self.log.stat().st_size if self.log.exists() else 0
        command = [PROGRAM, "serve", "--data", self.data, "--listen", self.listen, *self.flags]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                            env=os.environ | self.environment)
        self.address = self._wait_until_listening(before)
        return self

    def stop(self) -> int:
        """Asks the server to end as an operator does; its exit status, 0 if all went well."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            return -1

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def admin(self, *words: str, text: str | None = None) -> str:
        """`mirfa admin` on this server's data; what it prints on standard output, without the last newline."""
        command = [PROGRAM, "admin", "--data", self.data, *words]
        done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{' '.join(words)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout.rstrip("\n")

    def new_person(self, name: str, admin: bool = False) -> Person:
        password = f"{name} has a long pass phrase"
        self.admin("user", "create", name, "--email", f"{name}@example.test", "--password-stdin",
                   *(["--admin"] if admin else []), text=password + "\n")
        person = Person(name, password, self.new_token(name, "write"), self.new_token(name, "read"))
        if admin:
            self.administrator = person
        return person

    def new_token(self, user: str, role: str, name: str | None = None) -> str:
        return self.admin("token", "create", user, "--name", name or f"{role} of the tests", "--role", role)

    def revoke_token(self, user: str, name: str) -> None:
        self.admin("token", "revoke", user, "--name", name)

    def add_member(self, organization: str, user: str, role: str) -> None:
        self.admin("org", "add", organization, user, "--role", role)

    def remove_member(self, organization: str, user: str) -> None:
        self.admin("org", "remove", organization, user)

    def settle(self) -> None:
        """Waits until no job waits or runs: scans of what was committed write to the database too."""
        if self.process is None or self.process.poll() is not None or self.administrator is None:
            return
        deadline = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            answer = self.web.get("/api/admin/jobs?limit=100", token=self.administrator.read_token)
            assert answer.status == 200, answer.text
            if not any(job["state"] in ("waiting", "running") for job in answer.json()):
                return
            time.sleep(0.1)
        raise AssertionError(f"jobs still run after {SETTLE_SECONDS} seconds")

    def stored_bytes(self) -> int:
        """How much the data folder holds once no job is open: every file but the database's log, which is emptied and used
        again, and what goes away meanwhile."""
        self.settle()
        total = 0
        for folder, _, names in os.walk(self.data):
            for name in names:
                if name.endswith("-wal"):
                    continue
                try:
                    total += os.lstat(os.path.join(folder, name)).st_size
                except FileNotFoundError:
                    pass
        return total

    def log_since(self, offset: int) -> str:
        with self.log.open("rb") as log:
            log.seek(offset)
            return log.read().decode(errors="replace")

    def requests_since(self, offset: int) -> list[str]:
        """`METHOD /path` of every request since then, as the log has them."""
        return re.findall(r" ((?:GET|HEAD|POST|PUT|DELETE) /\S*) \d{3} ", self.log_since(offset))

    def octets_sent_since(self, offset: int) -> int:
        """How many octets the bodies of its answers to GET had since then, as the log has them."""
        return sum(int(octets) for octets in re.findall(r" GET /\S* \d{3} \S+ms (\d+)B", self.log_since(offset)))

    def log_size(self) -> int:
        return self.log.stat().st_size if self.log.exists() else 0

    def _wait_until_listening(self, before: int) -> str:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = re.search(r"listening on (https?://127\.0\.0\.1:\d+)", self.log_since(before))
            if found:
                return found.group(1)
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self.kill()
        raise AssertionError(f"the server did not start:\n{self.log_since(before)}")
