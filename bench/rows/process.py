# SPDX-License-Identifier: Apache-2.0
"""What the program costs before anybody uses it: start-up, and memory when idle and with idle connections."""

import time
from collections.abc import Iterator

from harness.bench import Bench
from harness.measure import memory_bytes
from harness.table import Row
from harness.web import connect, read_head

MB = 1e6
CONNECTIONS = 1_000
SETTLE_SECONDS = 1


def rows(bench: Bench) -> Iterator[Row]:
    starts, idle, connected = [], [], []
    for _ in range(bench.rounds):
        with bench.mirfa() as mirfa:
            starts.append(mirfa.start_seconds * 1e3)
            time.sleep(SETTLE_SECONDS)
            idle.append(memory_bytes(mirfa.pid) / MB)
            connections = [asked_once(mirfa.port) for _ in range(CONNECTIONS)]
            connected.append(memory_bytes(mirfa.pid) / MB)
            for connection in connections:
                connection.close()
    yield Row("start-up in an empty folder", "ms", starts, at_most=100)
    yield Row("idle memory", "MB", idle, at_most=25)
    yield Row("memory with 1,000 idle connections", "MB", connected, at_most=45)


def asked_once(port: int):
    """A connection that has been used and is kept."""
    connection = connect(port)
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: bench\r\n\r\n")
    read_head(connection)
    return connection
