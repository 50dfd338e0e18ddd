# SPDX-License-Identifier: Apache-2.0
"""Debian's nginx with the configuration that docs/operate/ gives to operators, on ports of this test."""

import re
import socket
import subprocess
import time
from pathlib import Path

from .paths import SOURCE

DOCUMENTED = SOURCE / "docs/operate/nginx.conf"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def site_for(port: int, upstream: str, below: str = "") -> str:
    """The documented site with its ports replaced, and without TLS, for which a test has no certificate. `below` is the
    path that the hub lives at, "/hub", changed as nginx.md says."""
    site = DOCUMENTED.read_text(encoding="utf-8")
    site = re.sub(r"127\.0\.0\.1:8080", upstream, site)
    site = re.sub(r"(?m)^\s*(ssl_\w+|http2|server_name)\s[^;]*;\n", "", site)
    site = re.sub(r"(?m)^(\s*)listen\s[^;]*;", rf"\1listen 127.0.0.1:{port};", site)
    return re.sub(r"(?m)^(\s*location (?:= )?)/", rf"\1{below}/", site)


class Nginx:
    def __init__(self, folder: Path, port: int, upstream: str, below: str = ""):
        self.folder = folder
        self.port = port
        folder.mkdir(parents=True, exist_ok=True)
        places = "".join(f"    {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (folder / "site.conf").write_text(site_for(port, upstream, below), encoding="utf-8")
        (folder / "nginx.conf").write_text(
            f"pid {folder}/nginx.pid;\nerror_log {folder}/error.log;\ndaemon off;\nworker_processes 1;\nuser root;\n"
            f"events {{ worker_connections 512; }}\nhttp {{\n    access_log {folder}/access.log;\n{places}"
            f"    include {folder}/site.conf;\n}}\n", encoding="utf-8")
        self.process: subprocess.Popen | None = None

    def start(self) -> "Nginx":
        self.process = subprocess.Popen(["/usr/sbin/nginx", "-c", self.folder / "nginx.conf", "-p", self.folder],
                                        stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        self.stop()
        raise AssertionError(f"nginx did not start: {self.process.stderr.read()}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)
