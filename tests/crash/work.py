# SPDX-License-Identifier: Apache-2.0
"""Clients that work at the same time, each through one door. What a client was doing when the server died it does again
when the server is back, as a person would: `pending` stays until the answer has come."""

import hashlib
import json
import random
import subprocess
import threading

from harness.clients import Machine
from harness.paths import CLIENTS
from harness.server import Person, Server
from harness.web import commit_body, file_line

from pathlib import Path

from told import Told

SHARED = "shared"


class Refused(Exception):
    """An answer that is not the one that was asked for."""


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


class Client:
    """`operations` is how many it does at most before the kill."""

    name = ""
    operations = 12

    def __init__(self, server: Server, person: Person, machine: Machine, told: Told, seed: str):
        self.server, self.person, self.machine, self.told = server, person, machine, told
        self.random = random.Random(f"{seed} {self.name}")
        self.pending = None
        self.begun = 0
        self.counter = 0
        self.began = threading.Condition()

    def prepare(self) -> None:
        """What must be there before the work begins; the server is alive and stays so."""

    def step(self) -> None:
        """One operation, or the one that was interrupted. Raises whatever the client sees when it fails."""
        again = self.pending is not None
        if not again:
            self.pending = self.next_operation()
        with self.began:
            self.begun += 1
            self.began.notify_all()
        self.pending(again)
        self.pending = None

    def next_operation(self):
        raise NotImplementedError

    def close(self) -> None:
        """Ends what the client has running, which would ask a dead server for long; nothing is begun any more."""

    def reopen(self) -> None:
        """The server is back."""

    def number(self) -> int:
        self.counter += 1
        return self.counter

    def content(self, least: int, most: int) -> bytes:
        """Some contents are everybody's: the same octets come through several doors at once."""
        if self.random.random() < 0.3:
            return random.Random(self.random.randrange(4)).randbytes(150_000)
        return self.random.randbytes(self.random.randint(least, most))

    def ask(self, method: str, path: str, *also: int, **how) -> "Answer":
        answer = self.server.web.ask(method, path, token=self.person.token, **how)
        if answer.status not in (200, 201, *also):
            raise Refused(f"{method} {path.split('?')[0]}: {answer.status} {answer.text[:500]}")
        return answer

    def full(self, repo: str) -> str:
        return f"{self.person.name}/{repo}"

    def new_repo(self, name: str, *also: int, **fields) -> None:
        with self.told.lock:
            self.told.unsure.add(name)
        self.ask("POST", "/api/repos/create", *also, as_json={"name": name, "type": "model", **fields})
        self.told.repo_made(name)

    def writes_to(self, *repos: str) -> None:
        with self.told.lock:
            for repo in repos:
                self.told.repos[repo].writers.add(self.name)

    def commit(self, repo: str, lines: list, files: dict[str, str]) -> None:
        answer = self.ask("POST", f"/api/models/{self.full(repo)}/commit/main", body=commit_body("work", *lines),
                          headers={"Content-Type": "application/x-ndjson"})
        self.told.commit_made(repo, answer.json()["commitOid"], files)


class CommitClient(Client):
    """Small files by the commit API, on a repository of its own and on the one that is everybody's."""

    name = "commit"
    operations = 20

    def prepare(self):
        self.new_repo("commits")
        self.writes_to("commits", SHARED)

    def next_operation(self):
        repo = self.random.choice(["commits", SHARED])
        number = self.number()
        files = {f"commit/{number}-{i}.txt": self.random.randbytes(self.random.randint(1, 5_000))
                 for i in range(self.random.randint(1, 4))}
        return lambda again: self.commit(repo, [file_line(path, content) for path, content in files.items()],
                                         {path: digest(content) for path, content in files.items()})


class LfsClient(Client):
    """Large files by LFS in plain requests, then a commit that names them."""

    name = "lfs"
    repo = "lfs"
    transfers = ["basic"]
    settings: dict = {}

    def prepare(self):
        self.new_repo(self.repo, **self.settings)
        self.writes_to(self.repo, SHARED)

    def next_operation(self):
        repo = self.random.choice([self.repo, SHARED]) if self.transfers == ["basic"] else self.repo
        path, content = f"{self.name}/{self.number()}.bin", self.content(3_000, 300_000)
        names_it = self.random.random() < 0.8

        def upload(again):
            self.upload(repo, content)
            self.told.object_stored(repo, digest(content), len(content))
            if names_it:
                line = {"path": path, "algo": "sha256", "oid": digest(content), "size": len(content)}
                self.commit(repo, [("lfsFile", line)], {path: digest(content)})

        return upload

    def upload(self, repo: str, content: bytes) -> None:
        wanted = {"operation": "upload", "transfers": self.transfers, "hash_algo": "sha256",
                  "objects": [{"oid": digest(content), "size": len(content)}]}
        kind = {"Accept": "application/vnd.git-lfs+json", "Content-Type": "application/vnd.git-lfs+json"}
        answer = self.ask("POST", f"/{self.full(repo)}.git/info/lfs/objects/batch", as_json=wanted, headers=kind).json()
        actions = answer["objects"][0].get("actions")
        if actions:
            self.send(actions["upload"], content)

    def send(self, action: dict, content: bytes) -> None:
        self.ask("PUT", action["href"], body=content)


class PartsClient(LfsClient):
    """The same in parts."""

    name = "parts"
    repo = "parts"
    transfers = ["basic", "multipart"]
    settings = {"lfsmultipartthresh": 1}

    def send(self, action, content):
        size = int(action["header"]["chunk_size"])
        numbers = sorted(key for key in action["header"] if key.isdigit())
        parts = []
        for number in numbers:
            part = content[(int(number) - 1) * size:int(number) * size]
            tag = self.ask("PUT", action["header"][number], body=part).headers["ETag"]
            parts.append({"partNumber": int(number), "etag": tag})
        self.ask("POST", action["href"], as_json={"oid": digest(content), "parts": parts})


class HubClient(Client):
    """Large files by Xet: huggingface_hub as it is, in a process of its own."""

    name = "hub"
    operations = 8

    def __init__(self, *how):
        super().__init__(*how)
        self.guard = threading.Lock()
        self.closed = False                             # guarded by guard, as is what follows
        self.child: subprocess.Popen | None = None

    def prepare(self):
        self.new_repo("xet")
        self.writes_to("xet", SHARED)
        self.start_child()

    def next_operation(self):
        repo = self.random.choice(["xet", SHARED])
        path = f"hub/{self.number()}.bin"
        content = self.content(100_000, 1_500_000)
        if self.random.random() < 0.5:  # a changed copy: chunks that are stored already
            content = random.Random(77).randbytes(600_000) + content
        file = self.machine.home / f"upload-{self.counter}.bin"
        file.write_bytes(content)
        return lambda again: self.upload(repo, path, file, digest(content))

    def start_child(self) -> None:
        """The library takes its time to load: a kill while it does would be none in the middle of an upload."""
        command = [CLIENTS / "hub-2/bin/python", Path(__file__).with_name("hub_uploader.py")]
        with self.guard:
            if self.closed:
                raise Refused("closed")
            self.child = subprocess.Popen(command, env=self.machine.environment(self.person), text=True, cwd=self.machine.home,
                                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.answer()

    def answer(self) -> dict:
        line = self.child.stdout.readline()
        if not line:
            raise Refused(self.child.stderr.read()[-3000:])
        return json.loads(line)

    def upload(self, repo: str, path: str, file: Path, sha256: str) -> None:
        if self.child is None or self.child.poll() is not None:
            self.start_child()
        print(json.dumps({"repo": self.full(repo), "path": path, "file": str(file)}), file=self.child.stdin, flush=True)
        self.told.commit_made(repo, self.answer()["commit"], {path: sha256})

    def close(self):
        with self.guard:
            self.closed = True
            if self.child is not None:
                self.child.kill()
                self.child.wait()

    def reopen(self):
        self.closed = False


class GitClient(Client):
    """Pushes with git-lfs; now and then one with more than fits the server's memory for a push."""

    name = "git"
    operations = 4
    big_first = False

    def prepare(self):
        self.new_repo("git")
        self.writes_to("git")
        self.git = self.machine.git(self.person)
        self.folder = self.git.clone(f"{self.server.url}/{self.full('git')}", name="git")

    def next_operation(self):
        number = self.number()
        contents = {f"git/{number}.txt": self.random.randbytes(300), f"git/{number}.bin": self.content(10_000, 400_000)}
        if self.random.random() < 0.15 or (self.big_first and number == 1):
            contents |= {f"git/{number}-{i}.plain": self.random.randbytes(5_000_000) for i in range(2)}
        files = {path: digest(content) for path, content in contents.items()}
        for path, content in contents.items():
            (self.folder / path).parent.mkdir(exist_ok=True)
            (self.folder / path).write_bytes(content)
        commit = self.git.commit(self.folder, f"work {number}")
        return lambda again: self.push(commit, files)

    def push(self, commit: str, files: dict[str, str]) -> None:
        done = self.git("push", "origin", "main", cwd=self.folder, check=False)
        if done.returncode != 0:
            raise Refused(done.stderr)
        self.told.commit_made("git", commit, files)


class RefClient(Client):
    """Branches and tags."""

    name = "refs"

    def prepare(self):
        self.new_repo("refs")
        head = self.ask("GET", f"/api/models/{self.full('refs')}").json()["sha"]
        self.told.commit_made("refs", head, {})
        self.head = head

    def next_operation(self):
        name = f"{self.random.choice(['branch', 'tag'])}-{self.number()}"
        message = self.random.choice(["", "with a message"])

        def make(again):
            exists = [409] if again else []
            if name.startswith("branch"):
                self.ask("POST", f"/api/models/{self.full('refs')}/branch/{name}", *exists, as_json={"startingPoint": self.head})
            else:
                self.ask("POST", f"/api/models/{self.full('refs')}/tag/{self.head}", *exists, as_json={"tag": name, "message": message})
            self.told.ref_made("refs", name, self.head)

        return make


class RepoClient(Client):
    """Repositories made, moved and deleted."""

    name = "repos"

    def prepare(self):
        self.mine: list[str] = []

    def next_operation(self):
        number = self.number()
        name = f"repo-{number}"
        kind = "make" if not self.mine else "delete" if number % 4 == 0 else self.random.choice(["make", "make", "move"])
        if kind == "make":
            return lambda again: self.make(name, again)
        old = self.mine.pop(self.random.randrange(len(self.mine)))
        return (lambda again: self.move(old, name, again)) if kind == "move" else (lambda again: self.delete(old, again))

    def make(self, name: str, again: bool) -> None:
        self.new_repo(name, *([409] if again else []))
        self.mine.append(name)

    def move(self, old: str, new: str, again: bool) -> None:
        with self.told.lock:
            self.told.unsure |= {old, new}
        moved = self.server.web.post("/api/repos/move", token=self.person.token, as_json={
            "fromRepo": self.full(old), "toRepo": self.full(new), "type": "model"})
        if moved.status != 200 and not (again and self.ask("GET", f"/api/models/{self.full(new)}").json()["id"] == self.full(new)):
            raise Refused(f"move: {moved.status} {moved.text}")
        self.told.repo_gone(old)
        self.told.repo_made(new)
        self.mine.append(new)

    def delete(self, name: str, again: bool) -> None:
        with self.told.lock:
            self.told.unsure.add(name)
        self.ask("DELETE", "/api/repos/delete", *([404, 401] if again else []), as_json={"name": name, "type": "model"})
        self.told.repo_gone(name)


class TokenClient(Client):
    """Tokens made by the administration program beside the server."""

    name = "tokens"
    operations = 6

    def next_operation(self):
        return lambda again: self.told.token_made(self.server.new_token(self.person.name, "read", f"token {self.number()}"))


CLIENTS_AT_WORK = [CommitClient, LfsClient, PartsClient, HubClient, GitClient, RefClient, RepoClient, TokenClient]
