# SPDX-License-Identifier: Apache-2.0
"""What clients were told to be done: all of it must be there after a kill."""

import threading
from dataclasses import dataclass, field


@dataclass
class Repo:
    files: dict[str, str] = field(default_factory=dict)      # path on main -> SHA-256 of the content
    commits: list[str] = field(default_factory=list)         # of main, in the order of the answers
    refs: dict[str, str] = field(default_factory=dict)       # branch or tag -> commit
    objects: dict[str, int] = field(default_factory=dict)    # SHA-256 of LFS objects uploaded -> size
    writers: set[str] = field(default_factory=set)           # who commits there: each may have one commit in flight


class Told:
    """Threads: any; everything is changed under `lock`."""

    def __init__(self):
        self.lock = threading.Lock()
        self.repos: dict[str, Repo] = {}
        self.gone: set[str] = set()      # deleted, or moved away
        self.unsure: set[str] = set()    # names that a request in flight may have made or taken away
        self.tokens: list[str] = []
        self.count = 0

    def repo_made(self, name: str) -> None:
        with self.lock:
            self.count += 1
            self.unsure.discard(name)
            self.repos.setdefault(name, Repo())

    def repo_gone(self, name: str) -> None:
        with self.lock:
            self.count += 1
            self.unsure.discard(name)
            self.repos.pop(name, None)
            self.gone.add(name)

    def commit_made(self, repo: str, commit: str, files: dict[str, str]) -> None:
        with self.lock:
            self.count += 1
            if commit not in self.repos[repo].commits:
                self.repos[repo].commits.append(commit)
            self.repos[repo].files |= files

    def ref_made(self, repo: str, name: str, commit: str) -> None:
        with self.lock:
            self.count += 1
            self.repos[repo].refs[name] = commit

    def object_stored(self, repo: str, sha256: str, size: int) -> None:
        with self.lock:
            self.count += 1
            self.repos[repo].objects[sha256] = size

    def token_made(self, token: str) -> None:
        with self.lock:
            self.count += 1
            self.tokens.append(token)
