# SPDX-License-Identifier: Apache-2.0
"""curl and bare HTTP on resolve and raw: ranges, validators, headers that browsers and old clients need."""

import re

import pytest

from harness import content

SIZE = 3_000_000


@pytest.fixture(scope="module")
def files(world, tmp_path_factory):
    """One repository with a small text, an empty file and the same kind of large file by both doors."""
    from harness.clients import Machine
    folder = tmp_path_factory.mktemp("files")
    machine = Machine(folder / "home", world.server)
    content.write_text(folder / "up/small.txt", "0123456789")
    content.write_text(folder / "up/empty.txt", "")
    content.write_text(folder / "up/page.html", "<script>alert(1)</script>")
    content.write_random(folder / "up/xet.bin", SIZE, seed=1)
    machine.hub2(world.alice).hf("upload", "acme/curl", folder / "up", ".")
    content.write_random(folder / "lfs/lfs.bin", SIZE, seed=2)
    machine.hub0x(world.alice).hf("upload", "acme/curl", folder / "lfs", ".")
    return {path.name: path.read_bytes() for path in [*folder.glob("up/*"), *folder.glob("lfs/*")]}


NAMES = ["small.txt", "xet.bin", "lfs.bin"]


@pytest.mark.parametrize("name", NAMES)
def test_curl_fetches_the_whole_and_resumes_a_part(machine, files, name, tmp_path):
    address = f"{machine.endpoint}/acme/curl/resolve/main/{name}"
    whole = files[name]
    machine.curl("--fail", "-L", "-o", str(tmp_path / "whole"), address)
    assert (tmp_path / "whole").read_bytes() == whole
    (tmp_path / "part").write_bytes(whole[:7])
    machine.curl("--fail", "-L", "-C", "-", "-o", str(tmp_path / "part"), address)
    assert (tmp_path / "part").read_bytes() == whole


@pytest.mark.parametrize("name", NAMES)
def test_ranges(web, files, name):
    whole = files[name]
    size = len(whole)
    path = f"/acme/curl/resolve/main/{name}"
    cases = {"bytes=0-0": (0, 1), "bytes=1-5": (1, 6), "bytes=7-": (7, size), "bytes=-3": (size - 3, size),
             f"bytes=-{size + 5}": (0, size), f"bytes={size - 2}-{size + 100}": (size - 2, size), f"bytes=0-{size}": (0, size),
             f"bytes={size // 3}-{size // 2}": (size // 3, size // 2 + 1)}
    for wanted, (first, end) in cases.items():
        answer = web.get(path, headers={"Range": wanted})
        assert answer.status == 206 and answer.body == whole[first:end], wanted
        assert answer.headers["Content-Range"] == f"bytes {first}-{end - 1}/{size}", wanted
        assert answer.headers["Content-Length"] == str(end - first), wanted
    for wanted in (f"bytes={size}-", f"bytes={size + 9}-{size + 10}"):
        answer = web.get(path, headers={"Range": wanted})
        assert answer.status == 416 and answer.headers["Content-Range"] == f"bytes */{size}", wanted
    for wanted in ("bytes=5-2", "lines=1-2", "bytes=a-b"):
        answer = web.get(path, headers={"Range": wanted})
        assert answer.status in (200, 416), wanted
        assert answer.status == 416 or answer.body == whole, wanted


def test_ranges_of_a_rebuilt_file_at_many_places(web, files):
    whole = files["xet.bin"]
    for number in range(40):
        first = number * 74_321 % SIZE
        end = min(SIZE, first + 1 + number * 9_777)
        answer = web.get("/acme/curl/resolve/main/xet.bin", headers={"Range": f"bytes={first}-{end - 1}"})
        assert answer.status == 206 and answer.body == whole[first:end], (first, end)


def test_an_empty_file(web, files):
    path = "/acme/curl/resolve/main/empty.txt"
    plain = web.get(path)
    assert (plain.status, plain.body, plain.headers["Content-Length"]) == (200, b"", "0")
    ranged = web.get(path, headers={"Range": "bytes=0-0"})
    assert ranged.status == 200 and ranged.headers["Content-Range"] == "bytes */0" and ranged.body == b""


@pytest.mark.parametrize("name", [*NAMES, "empty.txt"])
def test_head_tells_all_that_get_does(web, files, name):
    path = f"/acme/curl/resolve/main/{name}"
    commit = web.get("/api/models/acme/curl").json()["sha"]
    head, get = web.head(path, headers={"Accept-Encoding": "identity"}), web.get(path, headers={"Accept-Encoding": "gzip"})
    assert head.status == get.status == 200 and head.body == b""
    for header in ("ETag", "Content-Length", "X-Repo-Commit", "Accept-Ranges", "Content-Type"):
        assert head.headers[header] == get.headers[header] is not None, header
    assert head.headers["X-Repo-Commit"] == commit and head.headers["Content-Length"] == str(len(files[name]))
    assert head.headers["Content-Encoding"] is None is get.headers["Content-Encoding"]
    tree = {entry["path"]: entry for entry in web.get("/api/models/acme/curl/tree/main").json()}[name]
    assert head.headers["ETag"] == f'"{tree["lfs"]["oid"] if "lfs" in tree else tree["oid"]}"'
    assert web.get(path, headers={"If-None-Match": head.headers["ETag"]}).status == 304


def test_a_file_of_the_chunk_store_says_how_it_is_read_there_and_others_do_not(web, files):
    head = web.head("/acme/curl/resolve/main/xet.bin")
    commit = head.headers["X-Repo-Commit"]
    assert head.headers["X-Linked-Size"] == str(SIZE) and head.headers["X-Linked-Etag"] == head.headers["ETag"]
    name = head.headers["X-Xet-Hash"]
    assert re.fullmatch("[0-9a-f]{64}", name)
    links = {relation: address for address, relation in re.findall(r'<([^>]*)>; rel="([a-z-]*)"', head.headers["Link"])}
    assert links == {"xet-auth": f"{web.base}/api/models/acme/curl/xet-read-token/{commit}",
                     "xet-reconstruction-info": f"{web.base}/cas/v1/reconstructions/{name}"}
    access = web.get(links["xet-auth"])
    assert access.status == 200 and {"X-Xet-Cas-Url", "X-Xet-Access-Token", "X-Xet-Token-Expiration"} <= set(access.headers)
    plan = web.get(links["xet-reconstruction-info"], token=access.json()["accessToken"])
    assert plan.status == 200 and sum(term["unpacked_length"] for term in plan.json()["terms"]) == SIZE
    for other in ("small.txt", "lfs.bin"):
        headers = web.head(f"/acme/curl/resolve/main/{other}").headers
        assert headers["X-Xet-Hash"] is None is headers["Link"], other


def test_every_spelling_of_a_revision(web, files):
    commit = web.get("/api/models/acme/curl").json()["sha"]
    for revision in ("main", commit, commit[:7], "refs/heads/main", "refs%2Fheads%2Fmain", "HEAD"):
        answer = web.get(f"/acme/curl/resolve/{revision}/small.txt")
        assert answer.body == files["small.txt"] and answer.headers["X-Repo-Commit"] == commit, revision


def test_raw_gives_the_pointer(web, files):
    answer = web.get("/acme/curl/raw/main/xet.bin")
    assert answer.text.startswith("version https://git-lfs.github.com/spec/v1\noid sha256:") and f"size {SIZE}\n" in answer.text
    assert web.get("/acme/curl/raw/main/small.txt").body == files["small.txt"]


def test_what_could_run_in_a_browser_is_a_download_in_a_sandbox(web, files):
    answer = web.get("/acme/curl/resolve/main/page.html")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_other_origins_may_read_but_never_with_cookies(web, files):
    answer = web.get("/acme/curl/resolve/main/small.txt", headers={"Origin": "http://page.test"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*" and answer.headers["Access-Control-Allow-Credentials"] is None
    assert "X-Repo-Commit" in answer.headers["Access-Control-Expose-Headers"]
    assert web.ask("OPTIONS", "/api/models/acme/curl", headers={
        "Origin": "http://page.test", "Access-Control-Request-Method": "GET"}).status == 204


def test_errors_are_json_with_code_and_commit_and_no_token_in_an_address_counts(web, files, alice):
    answer = web.get("/acme/curl/resolve/main/none.txt")
    assert answer.status == 404 and answer.error_code == "EntryNotFound" and answer.headers["X-Repo-Commit"]
    assert answer.json()["error"] and answer.headers["X-Request-Id"]
    head = web.head("/acme/curl/resolve/nowhere/none.txt")
    assert head.status == 404 and head.error_code == "RevisionNotFound"
    web.post("/api/repos/create", token=alice.token, as_json={"name": "curl-hidden", "organization": "acme", "private": True})
    assert web.get(f"/api/models/acme/curl-hidden?token={alice.token}").status == 401
    assert web.get("/api/models/acme/curl-hidden", headers={"X-Request-Id": "mine-1"}).headers["X-Request-Id"] == "mine-1"
