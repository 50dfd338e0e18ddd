# SPDX-License-Identifier: Apache-2.0
"""The servers that are measured: ours, and the peers it is compared with. Each in a folder of its own, on a free port."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from .measure import cpu_seconds
from .web import Web

START_SECONDS = 60
STOP_SECONDS = 60


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port: int, process: subprocess.Popen, what: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError(f"{what} did not start")


class Served:
    """A server as a context: started at the beginning of the block, stopped at its end, its folder removed."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.processes: list[subprocess.Popen] = []
        self.port = 0
        folder.mkdir(parents=True)

    def start(self) -> None:
        raise NotImplementedError

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_) -> None:
        for process in reversed(self.processes):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cpu_seconds(self) -> float:
        """Processor time so far, of all its processes and what they have started."""
        return cpu_seconds([process.pid for process in self.processes])

    def run(self, *command, **options) -> subprocess.Popen:
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen([str(word) for word in command], stdout=log, stderr=subprocess.STDOUT,
                                       stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process


class Mirfa(Served):
    """The release program on an empty data folder, with one user and a token that may write."""

    USER = "bench"

    def __init__(self, folder: Path, program: Path):
        super().__init__(folder)
        self.program = program
        self.data = folder / "data"
        self.token = ""
        self.start_seconds = 0.0

    def start(self) -> None:
        began = time.monotonic()
        process = self.run(self.program, "serve", "--data", self.data, "--listen", "127.0.0.1:0")
        self.port = self._wait_until_listening(process)
        self.start_seconds = time.monotonic() - began
        self._admin("user", "create", self.USER, "--email", "bench@example.test", "--password-stdin", text="a long pass phrase\n")
        self.token = self._admin("token", "create", self.USER, "--name", "bench", "--role", "write")

    @property
    def pid(self) -> int:
        return self.processes[0].pid

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def web(self) -> Web:
        return Web(self.port, self.token)

    def new_repository(self, name: str) -> str:
        self.web.ask("POST", "/api/repos/create", {"type": "model", "name": name, "organization": None, "private": False})
        return f"{self.USER}/{name}"

    def _admin(self, *words: str, text: str | None = None) -> str:
        command = [str(self.program), "admin", "--data", str(self.data), *words]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=60).stdout.strip()

    def _wait_until_listening(self, process: subprocess.Popen) -> int:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and process.poll() is None:
            found = re.search(r"listening on https?://127\.0\.0\.1:(\d+)", (self.folder / "log").read_text(errors="replace"))
            if found:
                return int(found.group(1))
            time.sleep(0.001)
        raise RuntimeError(f"the server did not start:\n{(self.folder / 'log').read_text(errors='replace')}")


NGINX = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
daemon off;
worker_processes {workers};
{user}
events {{ worker_connections 2048; }}
http {{
    access_log {folder}/access.log;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    sendfile on;
    keepalive_requests 100000000;
    client_max_body_size 0;
    server {{
        listen 127.0.0.1:{port} reuseport;
        root {folder}/files;
        default_type application/octet-stream;
        {more}
    }}
}}
"""

GIT_LOCATION = """
        location /git/ {{
            fastcgi_pass unix:{folder}/fcgi.socket;
            fastcgi_param SCRIPT_FILENAME {folder}/http-backend;
            fastcgi_param GIT_HTTP_EXPORT_ALL 1;
            fastcgi_param GIT_PROJECT_ROOT {folder}/repositories;
            fastcgi_param PATH_INFO $path;
            fastcgi_param QUERY_STRING $query_string;
            fastcgi_param REQUEST_METHOD $request_method;
            fastcgi_param CONTENT_TYPE $content_type;
            fastcgi_param CONTENT_LENGTH $content_length;
            fastcgi_param REMOTE_USER bench;
            fastcgi_param REMOTE_ADDR $remote_addr;
            fastcgi_buffering off;
            fastcgi_request_buffering off;
            if ($uri ~ "^/git(/.*)$") {{ set $path $1; }}
        }}
"""


class Nginx(Served):
    """Debian's nginx over the files of its folder, with sendfile and its default of an access log."""

    more = ""

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def start(self) -> None:
        self.files.mkdir()
        self.port = free_port()
        user = "user root;" if os.getuid() == 0 else ""
        (self.folder / "nginx.conf").write_text(NGINX.format(
            folder=self.folder, port=self.port, user=user, workers=os.cpu_count(), more=self.more.format(folder=self.folder)))
        process = self.run("/usr/sbin/nginx", "-c", self.folder / "nginx.conf", "-p", self.folder)
        wait_for_port(self.port, process, "nginx")


# fcgiwrap ignores the end of its children, so that their times are in nobody's sum: they are written down here.
HTTP_BACKEND = """#!/bin/bash
TIMEFORMAT='%3U %3S'
{{ time /usr/lib/git-core/git-http-backend 2>/dev/null; }} 2>> {folder}/times
"""


class GitBackend(Nginx):
    """git's own http-backend behind nginx and fcgiwrap."""

    more = GIT_LOCATION

    def cpu_seconds(self) -> float:
        return super().cpu_seconds() + sum(float(seconds) for seconds in self.times.read_text().split())

    def start(self) -> None:
        (self.folder / "repositories").mkdir()
        self.times = self.folder / "times"
        self.times.touch()
        script = self.folder / "http-backend"
        script.write_text(HTTP_BACKEND.format(folder=self.folder))
        script.chmod(0o755)
        address = self.folder / "fcgi.socket"
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "GIT_CONFIG_NOSYSTEM": "1"}
        self.run("/usr/sbin/fcgiwrap", "-c", os.cpu_count(), "-s", f"unix:{address}", env=environment)
        deadline = time.monotonic() + START_SECONDS
        while not address.exists():
            if time.monotonic() > deadline:
                raise RuntimeError("fcgiwrap did not start")
            time.sleep(0.01)
        super().start()

    def new_repository(self, name: str) -> str:
        folder = self.folder / "repositories" / f"{name}.git"
        subprocess.run(["git", "init", "-q", "--bare", str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "config", "http.receivepack", "true"], check=True)
        return f"http://127.0.0.1:{self.port}/git/{name}.git"


class BarePut(Served):
    """The loop of recv, SHA-256, write and fsync."""

    def __init__(self, folder: Path, program: Path):
        super().__init__(folder)
        self.program = program

    def start(self) -> None:
        self.port = free_port()
        (self.folder / "stored").mkdir()
        process = self.run(self.program, str(self.port), self.folder / "stored")
        wait_for_port(self.port, process, "the bare loop")
