# SPDX-License-Identifier: Apache-2.0
"""Input that is wrong, false or meant badly: a clear answer, and nothing has changed afterwards."""

import base64
import hashlib
import json
from urllib.parse import urlsplit

import pytest

from harness.paths import SOURCE
from harness.web import commit_body, file_line

BAD_PATHS = ["../up.txt", "a/../../up.txt", "a/../b.txt", ".git/config", "sub/.git/hooks/x", ".GIT/config", "/etc/passwd",
             "a//b.txt", "a/./b.txt", "..", ".", "", "a/", "nul\0byte.txt", "two\nlines.txt", "folder\r\n/a.txt", "x" * 4096, "/".join(["deep"] * 1000)]


@pytest.fixture
def untouched(repo, web, alice):
    """Asserts at the end that the repository is as it was."""
    def state():
        return [web.get(f"{repo.api}/{what}", token=alice.token).json() for what in ("refs?include_prs=1", "tree/main?recursive=true")]

    before = state()
    yield repo
    assert state() == before


def commit(web, repo, alice, body, **headers):
    return web.post(f"{repo.api}/commit/main", token=alice.token, body=body,
                    headers={"Content-Type": "application/x-ndjson", **headers})


def is_clear(answer):
    """A JSON object that tells the reason; no sign of the machine's inside."""
    told = answer.json()
    assert isinstance(told, dict) and told["error"], answer.text
    assert "/src/" not in answer.text and "exception" not in answer.text.lower()
    return True


@pytest.mark.parametrize("path", BAD_PATHS, ids=lambda path: repr(path[:20]))
def test_paths_that_leave_the_repository_or_cannot_be_files(web, untouched, alice, path):
    answer = commit(web, untouched, alice, commit_body("bad", ("file", {"path": path, "content": "eA==", "encoding": "base64"})))
    assert answer.status in (400, 413, 422) and is_clear(answer)
    answer = commit(web, untouched, alice, commit_body("bad", ("deletedFile", {"path": path})))
    assert 400 <= answer.status < 500 and is_clear(answer)
    answer = web.post(f"{untouched.api}/preupload/main", token=alice.token,
                      as_json={"files": [{"path": path, "sample": "eA==", "size": 1}]})
    assert answer.status in (400, 413, 422) and is_clear(answer)


def test_a_path_that_is_not_utf8(web, untouched, alice):
    body = b'{"key":"header","value":{"summary":"x"}}\n{"key":"file","value":{"path":"bad\xff\xfe.txt","content":"eA=="}}\n'
    answer = commit(web, untouched, alice, body)
    assert answer.status in (400, 422) and is_clear(answer)


@pytest.mark.parametrize("path", ["%2e%2e/%2e%2e/etc/passwd", "..%2f..%2fetc/passwd", ".git/config", "%00", "a%00b", "%ff%fe",
                                  "x" * 4096, "%", "%zz"], ids=lambda path: path[:20])
def test_reading_such_paths_finds_nothing(web, repo, path):
    for route in (f"{repo.page}/resolve/main/{path}", f"{repo.page}/raw/main/{path}", f"{repo.api}/tree/main/{path}",
                  f"{repo.api}/revision/{path}"):
        answer = web.get(route)
        assert 400 <= answer.status < 500, (route, answer.status)
        assert b"root:" not in answer.body


BROKEN = {
    "no lines": b"",
    "not json": b"hello\n",
    "a list": b"[1,2]\n",
    "no header": commit_body("x", file_line("a.txt", b"a")).split(b"\n", 1)[1],
    "an empty summary": commit_body("", file_line("a.txt", b"a")),
    "an unknown key": commit_body("x", ("evil", {"path": "a"})),
    "a line that breaks off": commit_body("x", file_line("a.txt", b"a"), file_line("b.txt", b"b" * 1000))[:-400],
    "content that is not base64": commit_body("x", ("file", {"path": "a.txt", "content": "§§§", "encoding": "base64"})),
    "an unknown encoding": commit_body("x", ("file", {"path": "a.txt", "content": "eA==", "encoding": "rot13"})),
    "a number as path": commit_body("x", ("file", {"path": 7, "content": "eA=="})),
    "no content": commit_body("x", ("file", {"path": "a.txt"})),
    "deep nesting": commit_body("x") + b'{"key":"file","value":' + b"[" * 100_000 + b"\n",
    "a large file nobody sent": commit_body("x", ("lfsFile", {"path": "a.bin", "algo": "sha256", "oid": "ab" * 32, "size": 5})),
    "a large file with a strange hash": commit_body("x", ("lfsFile", {"path": "a.bin", "algo": "md5", "oid": "ab" * 16, "size": 5})),
    "a parent that is none": commit_body("x", file_line("a.txt", b"a")).replace(b'"description": ""', b'"parentCommit": "zz"'),
    "one good and one bad line": commit_body("x", file_line("good.txt", b"good"), ("deletedFile", {"path": "missing.txt"})),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_commit_that_is_broken(web, untouched, alice, name):
    answer = commit(web, untouched, alice, BROKEN[name])
    assert 400 <= answer.status < 500 and is_clear(answer)


def test_a_commit_that_ends_before_its_announced_length(web, untouched, alice):
    body = commit_body("x", file_line("a.txt", b"a"))
    host = urlsplit(web.base).netloc
    request = (f"POST {untouched.api}/commit/main HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {alice.token}\r\n"
               f"Content-Type: application/x-ndjson\r\nContent-Length: {len(body) + 100}\r\n\r\n").encode() + body
    assert b" 200 " not in web.raw(request, timeout=10)


def test_a_body_longer_than_announced_is_not_the_next_request(web, untouched, alice):
    host = urlsplit(web.base).netloc
    smuggled = f"DELETE /api/repos/delete HTTP/1.1\r\nHost: {host}\r\n\r\n"
    body = commit_body("x", ("deletedFile", {"path": "missing.txt"}))
    request = (f"POST {untouched.api}/commit/main HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {alice.token}\r\n"
               f"Content-Length: {len(body)}\r\nTransfer-Encoding: chunked\r\n\r\n").encode() + body + smuggled.encode()
    answer = web.raw(request, timeout=10)
    assert answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("head", [
    "Content-Length: 5\r\nContent-Length: 6\r\n",
    "Content-Length: -1\r\n",
    "Content-Length: 5, 5\r\n",
    "Content-Length: 99999999999999999999999\r\n",
    "Transfer-Encoding: chunked, identity\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Transfer-Encoding: xchunked\r\n",
    "X-Folded: a\r\n b: c\r\nContent-Length: x\r\n",
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
], ids=lambda head: head[:34].replace("\r\n", " "))
def test_heads_that_proxies_and_servers_read_differently(web, head):
    host = urlsplit(web.base).netloc
    request = f"POST /api/repos/create HTTP/1.1\r\nHost: {host}\r\n{head}\r\nhello"
    answer = web.raw(request.encode(), timeout=10)
    assert answer.split(b" ")[1:2] in ([b"400"], [b"413"], [b"501"]), answer[:200]
    assert answer.count(b"HTTP/1.1 ") == 1


@pytest.mark.parametrize("request_bytes", [
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n",
    b"G\0T / HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X-Many: 1\r\n" * 20_000 + b"\r\n", b"\r\n" * 1000,
], ids=["tls", "no target", "version", "no host", "nul", "long target", "many headers", "empty lines"])
def test_what_is_not_http_is_answered_shortly_and_the_server_lives(web, request_bytes):
    answer = web.raw(request_bytes, timeout=10)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4") or answer.startswith(b"HTTP/1.1 5")
    assert web.get("/healthz").status == 200


class TestLfs:
    """R-53, R-54, R-56 with content that is not what was said."""

    CONTENT = b"the real content"

    def offered(self, web, repo, alice, oid=None, size=None):
        answer = web.post(f"{repo.page}.git/info/lfs/objects/batch", token=alice.token, as_json={
            "operation": "upload", "transfers": ["basic"],
            "objects": [{"oid": oid or hashlib.sha256(self.CONTENT).hexdigest(), "size": size or len(self.CONTENT)}]})
        assert answer.status == 200, answer.text
        return answer.json()["objects"][0]

    def held(self, web, repo, alice):
        return "actions" not in self.offered(web, repo, alice)

    def test_other_content_than_announced(self, web, untouched, alice):
        href = self.offered(web, untouched, alice)["actions"]["upload"]["href"]
        for wrong in (b"THE REAL CONTENT", b"the real content and more", b"the real", b""):
            answer = web.ask("PUT", href, body=wrong)
            assert answer.status in (400, 413, 422) and is_clear(answer), wrong
        assert not self.held(web, untouched, alice)
        assert web.ask("PUT", href, body=self.CONTENT).status in (200, 201, 204) and self.held(web, untouched, alice)

    def test_an_address_changed_by_its_holder(self, web, untouched, alice):
        href = self.offered(web, untouched, alice)["actions"]["upload"]["href"]
        other = hashlib.sha256(b"something else").hexdigest()
        for changed in (href.replace(hashlib.sha256(self.CONTENT).hexdigest(), other), href[:-1] + ("0" if href[-1] != "0" else "1"),
                        href.split("?")[0]):
            if changed != href:
                assert web.ask("PUT", changed, body=b"something else").status in (400, 401, 403, 404)

    def test_requests_that_make_no_sense(self, web, untouched, alice):
        batch = f"{untouched.page}.git/info/lfs/objects/batch"
        for body in ({}, {"operation": "steal", "objects": []}, {"operation": "upload"}, {"operation": "upload", "objects": {}},
                     {"operation": "upload", "objects": [{"oid": "a" * 64}]}, [1]):
            answer = web.post(batch, token=alice.token, as_json=body)
            assert 400 <= answer.status < 500 and answer.json()["message"], body
        for oid, size in (("zz", 1), ("../" * 20, 1), ("A" * 65, 1), ("a" * 64, -5)):
            assert self.offered(web, untouched, alice, oid, size)["error"]["code"] == 422

    def test_verifying_what_was_not_sent(self, web, untouched, alice):
        href = self.offered(web, untouched, alice)["actions"]["verify"]["href"]
        answer = web.post(href, token=alice.token, as_json={"oid": hashlib.sha256(self.CONTENT).hexdigest(), "size": 16})
        assert answer.status in (404, 422)


class TestCas:
    """The chunk store with false hashes, foreign tokens and paths that do not exist."""

    @pytest.fixture
    def grant(self, web, untouched, alice):
        return web.get(f"{untouched.api}/xet-write-token/main", token=alice.token).json()

    EXAMPLE = json.loads((SOURCE / "src/format/testdata/xet_vectors.json").read_text())["example_hello_world"]
    XORB, XORB_HASH = bytes.fromhex(EXAMPLE["xorb"]), EXAMPLE["xorb_hash"]  # of one chunk
    SHARD = bytes.fromhex(EXAMPLE["shard_upload"])  # of a file in that xorb
    NOBODYS_SHARD = SHARD.replace(bytes.fromhex(EXAMPLE["xorb_hash_raw"]), b"none" * 8)
    FALSE_SHARD = SHARD.replace(bytes.fromhex(EXAMPLE["sha256_stored"]), b"none" * 8)

    def test_a_xorb_that_is_none_or_lies_about_its_hash(self, web, grant):
        def put(name, body):
            return web.post(f"{grant['casUrl']}/v1/xorbs/default/{name}", token=grant["accessToken"], body=body)

        other = self.XORB[:-1] + b"D"
        for name, body in (("ab" * 32, b""), ("ab" * 32, b"garbage" * 100), ("ab" * 32, b"\0" * 4096), ("ab" * 32, self.XORB),
                           (self.XORB_HASH, other), (self.XORB_HASH, self.XORB[:-1]), (self.XORB_HASH, self.XORB + b"!")):
            answer = put(name, body)
            assert answer.status in (400, 422) and is_clear(answer), body[:30]
            assert web.head(f"{grant['casUrl']}/v1/xorbs/default/{name}", token=grant["accessToken"]).status == 404
        assert put(self.XORB_HASH, self.XORB).status == 200

    def test_a_shard_that_is_none_names_a_xorb_that_nobody_sent_or_lies_about_a_file(self, web, grant):
        cas, token = grant["casUrl"], grant["accessToken"]
        assert web.post(f"{cas}/v1/xorbs/default/{self.XORB_HASH}", token=token, body=self.XORB).status == 200
        for version in ("v1", "v2"):
            for body in (b"", b"MDB" + b"\0" * 500, b"\xff" * 10_000, self.NOBODYS_SHARD, self.SHARD[:-201]):
                answer = web.post(f"{cas}/{version}/shards", token=token, body=body)
                assert 400 <= answer.status < 500 and is_clear(answer), (version, answer.status, answer.body)
        old = web.post(f"{cas}/v1/shards", token=token, body=self.FALSE_SHARD)
        assert old.status in (400, 422) and "SHA-256" in old.json()["error"]
        lines = web.post(f"{cas}/v2/shards", token=token, body=self.FALSE_SHARD)  # they begin before the file is hashed
        last = json.loads(lines.body.splitlines()[-1])
        assert lines.status == 200 and last["type"] == "error" and "SHA-256" in last["message"], lines.body
        assert web.head(f"{cas}/v1/files/{self.EXAMPLE['file_hash']}", token=token).status == 404

    def test_a_route_that_does_not_exist_is_not_found_whatever_is_sent(self, web, grant):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = web.ask(method, f"{grant['casUrl']}/v9/xorbs/default/{'ab' * 32}", token=grant["accessToken"],
                             body=b"x" * (5 << 20))
            assert answer.status == 404 and is_clear(answer), method

    def test_hashes_that_are_none(self, web, grant):
        for bad in ("zz", "0" * 63, "../../etc/passwd", "%00" * 32):
            for route in ("v1/chunks/default", "v1/reconstructions", "v2/reconstructions"):
                assert web.get(f"{grant['casUrl']}/{route}/{bad}", token=grant["accessToken"]).status in (400, 404)

    def test_tokens_of_another_kind_or_made_up(self, web, grant, alice, bob, untouched):
        route = f"{grant['casUrl']}/v1/reconstructions/{'ab' * 32}"
        read = web.get(f"{untouched.api}/xet-read-token/main").json()["accessToken"]
        assert web.get(route).status == 401
        for token in ("nonsense", grant["accessToken"][:-3] + "AAA", alice.token, "eyJhbGciOiJub25lIn0.e30."):
            assert web.get(route, token=token).status in (401, 403), token
        assert web.post(f"{grant['casUrl']}/v1/xorbs/default/{'ab' * 32}", token=read, body=b"x").status in (401, 403)
        assert web.get(f"{untouched.api}/xet-write-token/main", token=bob.token).status == 403


class TestAccounts:
    def test_wrong_scopes_and_schemes(self, web, untouched, alice):
        for sign in (f"Basic {base64.b64encode(b'alice:' + alice.password.encode()).decode()}", "Bearer", "Bearer ", "Basic !!!",
                     "Digest x", f"Bearer {alice.token}x", f"Bearer {alice.token.lower()}"):
            answer = web.get("/api/whoami-v2", headers={"Authorization": sign})
            assert answer.status == 401 and is_clear(answer), sign
        assert web.get("/api/whoami-v2", token=alice.token).status == 200

    def test_a_body_that_never_ends_is_cut_at_a_limit(self, web, alice):
        answer = web.post("/api/repos/create", token=alice.token, body=b'{"name":"' + b"x" * 30_000_000 + b'"}',
                          headers={"Content-Type": "application/json"})
        assert answer.status in (400, 413)

    def test_wrong_json_types(self, web, alice, untouched):
        for body in ({"name": 7}, {"name": None}, {"name": ["a"]}, {"type": "model"}, {"name": "x", "type": "planet"},
                     {"name": "x", "visibility": "odd"}, "text", None, 5):
            answer = web.post("/api/repos/create", token=alice.token, body=json.dumps(body).encode(),
                              headers={"Content-Type": "application/json"})
            assert 400 <= answer.status < 500 and is_clear(answer), body
