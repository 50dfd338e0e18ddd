# SPDX-License-Identifier: Apache-2.0
"""Small answers per second, against nginx with the same octets in a file."""

import re
import subprocess
import time
from collections.abc import Iterator

from harness.bench import Bench
from harness.measure import Sample, Spent
from harness.table import MICRO, Row, compared
from harness.web import at_once, connect, read_head, small_file

CONNECTIONS = 16
AIM = 2.5


def rows(bench: Bench) -> Iterator[Row]:
    with bench.mirfa() as mirfa, bench.nginx() as nginx:
        repo = mirfa.new_repository("small")
        card = small_file("README.md", "---\nlicense: mit\ntags: [bench]\n---\n# A model\n")
        mirfa.web.commit(repo, *(small_file(f"file-{i:02}.txt", f"content {i}\n") for i in range(20)), card,
                         small_file("config.json", "{}\n"))
        for name, target, method, token in (
            ("model info", f"/api/models/{repo}", "GET", ""),
            ("model info, by token", f"/api/models/{repo}", "GET", mirfa.token),
            ("HEAD resolve", f"/{repo}/resolve/main/config.json", "HEAD", ""),
            ("GET resolve of a small file", f"/{repo}/resolve/main/config.json", "GET", ""),
            ("tree page of 23 entries", f"/api/models/{repo}/tree/main", "GET", ""),
        ):
            answer = mirfa.web.ask(method, target)
            size = len(answer.body) if method == "GET" else int(answer.headers["content-length"])
            (nginx.files / "answer").write_bytes(answer.body or bytes(size))
            rates: list[str] = []

            def round_of(server, address: str, credentials: str):
                def run(_: int) -> Sample:
                    with Spent(server) as spent:
                        count, text = load(bench, server.port, address, method, credentials)
                    if server is mirfa:
                        rates.append(text)
                    return spent.sample(count)
                return run

            pairs = bench.interleaved(round_of(mirfa, target, token), round_of(nginx, "/answer", ""))
            yield compared(name, pairs, f"{MICRO}/request", "nginx", AIM, sorted(rates)[len(rates) // 2])


def load(bench: Bench, port: int, target: str, method: str, token: str) -> tuple[int, str]:
    """Gives the number of answers, and rate and latency in words."""
    if method == "HEAD":  # wrk waits for a body behind every Content-Length
        return hammer(port, f"HEAD {target} HTTP/1.1\r\nHost: bench\r\n\r\n".encode(), 1 if bench.quick else 4)
    return wrk(bench, port, target, method, token)


def hammer(port: int, request: bytes, seconds: float) -> tuple[int, str]:
    """The same for requests whose answers have no body, from threads of this process."""
    ends = time.monotonic() + seconds

    def one(_: int) -> list[float]:
        times = []
        with connect(port) as connection:
            began = time.monotonic()
            while began < ends:
                connection.sendall(request)
                status, _, _ = read_head(connection)
                if status != 200:
                    raise RuntimeError(f"{request!r}: {status}")
                now = time.monotonic()
                times.append(now - began)
                began = now
        return times

    times = sorted(sum(at_once(CONNECTIONS, one), []))
    return len(times), f"{len(times) / seconds:.0f}/s, p99 {times[len(times) * 99 // 100] * 1e3:.2f}ms"


def wrk(bench: Bench, port: int, target: str, method: str, token: str) -> tuple[int, str]:
    script = bench.folder / "request.lua"
    script.write_text(f'wrk.method = "{method}"\n' + (f'wrk.headers["Authorization"] = "Bearer {token}"\n' if token else ""))
    seconds = 1 if bench.quick else 4
    done = subprocess.run(["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{seconds}s", "--latency", "-s", str(script),
                           f"http://127.0.0.1:{port}{target}"], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in done or "Socket errors" in done:
        raise RuntimeError(f"{method} {target} failed under load:\n{done}")
    count = int(re.search(r"(\d+) requests in", done).group(1))
    rate = float(re.search(r"Requests/sec:\s*([\d.]+)", done).group(1))
    p99 = re.search(r"99%\s+(\S+)", done).group(1)
    return count, f"{rate:.0f}/s, p99 {p99}"
