# SPDX-License-Identifier: Apache-2.0
"""Looks at all that a server shows and compares it with what clients were told."""

import hashlib
import subprocess
from pathlib import Path

from harness.clients import Machine
from harness.server import Person, Server

from told import Repo, Told

LFS = {"Accept": "application/vnd.git-lfs+json", "Content-Type": "application/vnd.git-lfs+json"}


class Inspection:
    """Everything found wrong is gathered in `faults`."""

    def __init__(self, server: Server, person: Person, told: Told, folder: Path):
        self.web = server.web
        self.server, self.person, self.told, self.folder = server, person, told, folder
        self.git = Machine(folder / "inspector", server).git(person)
        self.faults: list[str] = []

    def look(self) -> list[str]:
        listed = {item["id"].split("/")[1] for item in self._json("/api/models?author=%s&limit=1000" % self.person.name)}
        for name in sorted(self.told.repos.keys() - listed - self.told.unsure):
            self.faults.append(f"lost the repository {name}")
        for name in sorted(listed & self.told.gone - self.told.unsure):
            self.faults.append(f"the repository {name} was deleted or moved and is there again")
        for name in sorted(listed - self.told.repos.keys() - self.told.unsure):
            self.faults.append(f"nobody made the repository {name}")
        for name in sorted(listed):
            self._repository(name, self.told.repos.get(name, Repo()))
        for token in self.told.tokens:
            if self.web.get("/api/whoami-v2", token=token).status != 200:
                self.faults.append("lost a token")
        return self.faults

    def _check(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(fault)

    def _json(self, path: str):
        answer = self.web.get(path, token=self.person.token)
        if answer.status != 200:
            self.faults.append(f"GET {path}: {answer.status} {answer.text[:300]}")
            return []
        return answer.json()

    def _repository(self, name: str, told: Repo) -> None:
        api = f"/api/models/{self.person.name}/{name}"
        info = self._json(api)
        refs = self._json(f"{api}/refs")
        if not info or not refs:
            return
        there = {ref["name"]: ref["targetCommit"] for kind in ("branches", "tags") for ref in refs[kind]}
        self._check(there.get("main") == info["sha"], f"{name}: main is at {there.get('main')}, its information says {info['sha']}")
        for ref, commit in told.refs.items():
            self._check(there.get(ref) == commit, f"{name}: {ref} is at {there.get(ref)}, not at {commit}")
        self._history(name, told, self._clone(name))
        self._files(name, told)

    def _clone(self, name: str) -> list[str]:
        """Commits of main, newest first, from a clone in which git finds nothing wrong."""
        target = self.folder / f"clone-{name}"
        self.git("clone", "--quiet", "--mirror", f"{self.server.url}/{self.person.name}/{name}", target)
        found = self.git("fsck", "--full", "--strict", cwd=target, check=False)
        complaints = [line for line in (found.stdout + found.stderr).splitlines() if not line.startswith("notice:")]
        self._check(found.returncode == 0 and not complaints, f"{name}: git fsck: {complaints}")
        commits = self.git("rev-list", "main", cwd=target).stdout.split()
        subprocess.run(["rm", "-rf", target], check=True)
        return commits

    def _history(self, name: str, told: Repo, commits: list[str]) -> None:
        page = self.web.get(f"/api/models/{self.person.name}/{name}/commits/main?limit=1000", token=self.person.token)
        listed = [commit["id"] for commit in page.json()] if page.status == 200 else page.text
        self._check(listed == commits[:len(listed)] and listed, f"{name}: the list of commits differs from a clone's")
        self._check(page.headers["X-Total-Count"] == str(len(commits)), f"{name}: {page.headers['X-Total-Count']} commits are counted")
        lost = [commit for commit in told.commits if commit not in commits]
        self._check(not lost, f"{name}: lost the commits {lost}")
        unknown = len(commits) - len(set(commits) & set(told.commits)) - 1  # the first commit is the server's own
        self._check(unknown <= len(told.writers), f"{name}: {unknown} commits that nobody was told of, of {len(told.writers)} writers")

    def _files(self, name: str, told: Repo) -> None:
        there, large = {}, {}
        for item in self._json(f"/api/models/{self.person.name}/{name}/tree/main?recursive=true&limit=1000"):
            if item["type"] != "file":
                continue
            got = self.web.get(f"/{self.person.name}/{name}/resolve/main/{item['path']}", token=self.person.token)
            if got.status == 302:
                got = self.web.get(got.headers["Location"])
            there[item["path"]] = hashlib.sha256(got.body).hexdigest()
            self._check(got.status == 200 and len(got.body) == item["size"], f"{name}/{item['path']}: {got.status}, {len(got.body)} octets")
            if "lfs" in item:
                large[item["lfs"]["oid"]] = item["size"]
                self._check(there[item["path"]] == item["lfs"]["oid"], f"{name}/{item['path']}: the content has another SHA-256")
            else:
                named = hashlib.sha1(b"blob %d\0" % len(got.body) + got.body).hexdigest()
                self._check(named == item["oid"], f"{name}/{item['path']}: the content has another git id")
        for path, sha256 in told.files.items():
            self._check(there.get(path) == sha256, f"{name}/{path}: is {there.get(path)}, told was {sha256}")
        self._objects(name, told.objects | large)

    def _objects(self, name: str, objects: dict[str, int]) -> None:
        """Through LFS, those too that no commit names."""
        if not objects:
            return
        wanted = {"operation": "download", "transfers": ["basic"],
                  "objects": [{"oid": oid, "size": size} for oid, size in objects.items()]}
        answer = self.web.post(f"/{self.person.name}/{name}.git/info/lfs/objects/batch", token=self.person.token, as_json=wanted,
                               headers=LFS)
        if answer.status != 200:
            self.faults.append(f"{name}: LFS answers {answer.status}: {answer.text[:300]}")
            return
        for item in answer.json()["objects"]:
            action = item.get("actions", {}).get("download")
            body = self.web.get(action["href"]).body if action else b""
            self._check(hashlib.sha256(body).hexdigest() == item["oid"], f"{name}: LFS does not give {item['oid']}: {item.get('error')}")
