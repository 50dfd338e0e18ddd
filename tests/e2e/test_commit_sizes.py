# SPDX-License-Identifier: Apache-2.0
"""Commits at the edges of what the API allows: none, a thousand, and one very large operation."""

import re
from pathlib import Path

from harness import content
from harness.content import MIB
from harness.web import commit, file_line


def most_memory(server) -> int:
    """The most that the server has held so far, in octets."""
    status = Path(f"/proc/{server.process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) * 1024


def test_a_thousand_operations_are_one_commit(web, alice, repo):
    lines = [file_line(f"d{number % 7}/{number:04}.txt", str(number).encode()) for number in range(1000)]
    made = commit(web, repo, alice, "A thousand", *lines)
    assert web.get(f"{repo.api}/commits/main").json()[0]["id"] == made
    assert web.get(repo.file("d5/0999.txt")).body == b"999"
    listed = web.get(f"{repo.api}/tree/main?recursive=true&limit=1000")
    names = [entry["path"] for entry in listed.json() if entry["type"] == "file"]
    while more := re.search(r'<([^>]*)>; rel="next"', listed.headers["Link"] or ""):
        listed = web.get(more[1])
        names += [entry["path"] for entry in listed.json() if entry["type"] == "file"]
    assert len([name for name in names if name.endswith(".txt")]) == 1000


def test_a_commit_of_nothing_is_a_commit(web, alice, repo):
    before = web.get(repo.api).json()["sha"]
    made = commit(web, repo, alice, "Nothing changed")
    newest, older = web.get(f"{repo.api}/commits/main").json()[:2]
    assert (newest["id"], newest["title"], older["id"]) == (made, "Nothing changed", before)


def test_a_line_of_130_megabytes_becomes_a_large_file_and_is_never_in_memory(web, alice, repo, server):
    """What a client does that asks for no upload mode: the content stands in the line, as Base64."""
    data = content.random_bytes(93 * MIB, seed=7)
    before = most_memory(server)
    line = file_line("w.bin", data)
    assert len(line[1]["content"]) > 130_000_000
    commit(web, repo, alice, "A long line", line)
    assert most_memory(server) - before < 48 * MIB
    entry = next(item for item in web.get(f"{repo.api}/tree/main").json() if item["path"] == "w.bin")
    assert entry["lfs"]["size"] == len(data) == entry["size"]
    assert web.get(repo.file("w.bin")).body == data
