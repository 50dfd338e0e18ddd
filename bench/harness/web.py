# SPDX-License-Identifier: Apache-2.0
"""A client that costs little, so that the machine's cores are left to the servers."""

import hashlib
import http.client
import json
import socket
import threading
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

BUFFER = 1 << 20
STALL_SECONDS = 120


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Web:
    """Requests to one server, with one person's token. One thread at a time."""

    def __init__(self, port: int, token: str = ""):
        self.port = port
        self.token = token
        self.connection: http.client.HTTPConnection | None = None

    def ask(self, method: str, target: str, body=None, headers: dict | None = None, expect: int | None = 200) -> Answer:
        """`target` may be a whole URL of this server."""
        sent = dict(headers or {})
        if self.token and "Authorization" not in sent:
            sent["Authorization"] = f"Bearer {self.token}"
        if isinstance(body, (dict, list)):
            body, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)
        try:
            self.connection.request(method, local(target), body=body, headers=sent)
            got = self.connection.getresponse()
            answer = Answer(got.status, {name.lower(): value for name, value in got.getheaders()}, got.read())
        except (OSError, http.client.HTTPException):
            self.connection = None
            raise
        if expect is not None and answer.status != expect:
            raise RuntimeError(f"{method} {target}: {answer.status} {answer.body[:300]!r}")
        return answer

    def lfs_put(self, repo: str, file: Path) -> tuple[str, int]:
        """Sends a file as LFS does. Gives its SHA-256 and size."""
        size, oid = file.stat().st_size, sha256_of(file)
        put_file(self.port, self.lfs_address(repo, oid, size), file)
        return oid, size

    def lfs_address(self, repo: str, oid: str, size: int) -> str:
        """Where a file goes that the repository does not have."""
        batch = {"operation": "upload", "transfers": ["basic"], "objects": [{"oid": oid, "size": size}]}
        batch["ref"] = {"name": "refs/heads/main"}
        answer = self.ask("POST", f"/{repo}.git/info/lfs/objects/batch", batch).json
        return answer["objects"][0]["actions"]["upload"]["href"]

    def commit(self, repo: str, *operations: dict, summary: str = "bench") -> str:
        lines = [{"key": "header", "value": {"summary": summary}}, *operations]
        body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        answer = self.ask("POST", f"/api/models/{repo}/commit/main", body, {"Content-Type": "application/x-ndjson"})
        return answer.json["commitOid"]


def local(url: str) -> str:
    parts = urlsplit(url)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def sha256_of(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def large_file(path: str, oid: str, size: int) -> dict:
    return {"key": "lfsFile", "value": {"path": path, "algo": "sha256", "oid": oid, "size": size}}


def small_file(path: str, content: str) -> dict:
    return {"key": "file", "value": {"path": path, "content": content, "encoding": "utf-8"}}


def connect(port: int) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", port), STALL_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def read_head(connection: socket.socket) -> tuple[int, dict[str, str], bytes]:
    """Status, fields and what came behind the head."""
    octets = b""
    while b"\r\n\r\n" not in octets:
        more = connection.recv(65536)
        if not more:
            raise RuntimeError(f"the server closed the connection after {octets[:300]!r}")
        octets += more
    head, _, rest = octets.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    return int(lines[0].split()[1]), fields, rest


def get_and_count(port: int, target: str, token: str = "") -> int:
    """Downloads into nowhere. Gives the number of octets."""
    with connect(port) as connection:
        credentials = f"Authorization: Bearer {token}\r\n" if token else ""
        connection.sendall(f"GET {local(target)} HTTP/1.1\r\nHost: bench\r\n{credentials}Connection: close\r\n\r\n".encode())
        status, fields, rest = read_head(connection)
        if status != 200:
            raise RuntimeError(f"GET {target}: {status} {rest[:300]!r}")
        wanted, count, buffer = int(fields["content-length"]), len(rest), bytearray(BUFFER)
        while count < wanted:
            got = connection.recv_into(buffer)
            if got == 0:
                raise RuntimeError(f"GET {target}: ended after {count} of {wanted} octets")
            count += got
        return count


def get_by_many(port: int, target: str, connections: int, token: str = "") -> int:
    return sum(at_once(connections, lambda _: get_and_count(port, target, token)))


def put_file(port: int, target: str, file: Path, headers: dict | None = None, method: str = "PUT") -> bytes:
    """Sends a file from the page cache to the socket. Gives the body of the answer."""
    size = file.stat().st_size
    fields = {"Host": "bench", "Content-Length": size, "Connection": "close", **(headers or {})}
    head = f"{method} {local(target)} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    with connect(port) as connection, file.open("rb") as source:
        connection.sendall(f"{head}\r\n".encode())
        connection.sendfile(source)
        status, _, body = read_head(connection)
        while more := connection.recv(65536):
            body += more
        if status not in (200, 201, 204):
            raise RuntimeError(f"{method} {target}: {status} {body[:300]!r}")
        return body


def at_once(count: int, work) -> list:
    """Runs work(0) … work(count - 1) in threads of their own. Gives what they gave; raises what one raised."""
    results: list = [None] * count

    def run(index: int) -> None:
        try:
            results[index] = work(index)
        except BaseException as error:  # noqa: BLE001 - raised again below, in the caller's thread
            results[index] = error

    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results
