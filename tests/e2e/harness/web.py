# SPDX-License-Identifier: Apache-2.0
"""Plain HTTP requests, exactly as written: no client library, no redirects followed, nothing added."""

import base64
import hashlib
import http.client
import json
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    @property
    def error_code(self) -> str | None:
        return self.headers["X-Error-Code"]


class Web:
    """Requests to one server. A path that is a whole URL goes where it says."""

    def __init__(self, base: str):
        self.base = base

    def ask(self, method: str, path: str, *, token: str | None = None, headers: dict[str, str] | None = None,
            body: bytes | None = None, as_json=None) -> Answer:
        url = urlsplit(path if "://" in path else self.base + path)
        sent = dict(headers or {})
        if token:
            sent["Authorization"] = f"Bearer {token}"
        if as_json is not None:
            body = json.dumps(as_json).encode()
            sent.setdefault("Content-Type", "application/json")
        kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
        connection = kind(url.hostname, url.port, timeout=120)
        try:
            connection.request(method, url.path + ("?" + url.query if url.query else ""), body=body, headers=sent)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **how) -> Answer:
        return self.ask("GET", path, **how)

    def head(self, path: str, **how) -> Answer:
        return self.ask("HEAD", path, **how)

    def post(self, path: str, **how) -> Answer:
        return self.ask("POST", path, **how)

    def raw(self, request: bytes, *, finish: bool = True, timeout: float = 30) -> bytes:
        """Sends octets as they are and reads until the server closes or falls silent."""
        url = urlsplit(self.base)
        with socket.create_connection((url.hostname, url.port), timeout=timeout) as connection:
            connection.sendall(request)
            if finish:
                connection.shutdown(socket.SHUT_WR)
            answer = b""
            try:
                while block := connection.recv(65536):
                    answer += block
            except (TimeoutError, ConnectionResetError):
                pass
            return answer


def commit_body(summary: str, *lines: tuple[str, dict]) -> bytes:
    """The NDJSON of R-57."""
    rows = [("header", {"summary": summary, "description": ""}), *lines]
    return b"".join(json.dumps({"key": key, "value": value}).encode() + b"\n" for key, value in rows)


def file_line(path: str, content: bytes) -> tuple[str, dict]:
    return "file", {"path": path, "content": base64.b64encode(content).decode(), "encoding": "base64"}


def lfs_line(web: Web, repo, person, path: str, content: bytes) -> tuple[str, dict]:
    """A large file that was uploaded just now by LFS (R-63, R-64)."""
    digest = hashlib.sha256(content).hexdigest()
    wanted = {"oid": digest, "size": len(content)}
    batch = web.post(f"{repo.page}.git/info/lfs/objects/batch", token=person.token,
                     as_json={"operation": "upload", "transfers": ["basic"], "objects": [wanted]})
    assert batch.status == 200, batch.text
    if action := batch.json()["objects"][0].get("actions", {}).get("upload"):
        sent = web.ask("PUT", action["href"], headers=action.get("header"), body=content)
        assert sent.status == 200, sent.text
    return "lfsFile", {"path": path, "algo": "sha256", "oid": digest, "size": len(content)}


def deleted_line(path: str) -> tuple[str, dict]:
    return "deletedFile", {"path": path}


def commit(web: Web, repo, person, summary: str, *lines: tuple[str, dict], revision: str = "main") -> str:
    """A commit past every client and page; its hash."""
    answer = web.post(f"{repo.api}/commit/{revision.replace('/', '%2F')}", token=person.token, body=commit_body(summary, *lines),
                      headers={"Content-Type": "application/x-ndjson"})
    assert answer.status == 200, answer.text
    return answer.json()["commitOid"]
