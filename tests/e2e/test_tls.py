# SPDX-License-Identifier: Apache-2.0
"""TLS without a proxy: every client, with the certificates that docs/operate/tls.md tells operators to make."""

import re
import socket
import subprocess

import pytest

from conftest import World
from harness import content
from harness.paths import SOURCE
from harness.server import Server

DOCUMENTED = SOURCE / "docs/operate/tls.md"


def make_certificates(folder):
    """Runs the documented lines that come before the server's own."""
    lines = re.search(r"```sh\n(.*?)```", DOCUMENTED.read_text(encoding="utf-8"), re.DOTALL)[1].split("mirfa serve", 1)[0]
    assert lines.count("openssl") == 3
    subprocess.run(["bash", "-euc", lines], cwd=folder, check=True, capture_output=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    make_certificates(folder)
    return folder


@pytest.fixture(scope="module")
def world(certificates, tmp_path_factory):
    flags = ("--tls-certificate", str(certificates / "fullchain.pem"), "--tls-key", str(certificates / "privkey.pem"))
    server = Server(tmp_path_factory.mktemp("server"), flags=flags).start()
    assert server.url.startswith("https://")
    try:
        yield World(server, server.new_person("alice", admin=True), server.new_person("bob"))
    finally:
        assert server.stop() == 0


def test_every_client_that_knows_the_authority_works(machine, other_machine, alice, certificates, tmp_path):
    authority = str(certificates / "ca.pem")
    source = content.small_model(tmp_path / "model", weights=12 * content.MIB)
    machine.hub2(alice, SSL_CERT_FILE=authority).hf("upload", "alice/model", source, ".")
    expected = content.tree(source)

    other_machine.hub2(SSL_CERT_FILE=authority).hf("download", "alice/model", "--local-dir", tmp_path / "2.x")
    other_machine.hub0x(REQUESTS_CA_BUNDLE=authority).hf("download", "alice/model", "--local-dir", tmp_path / "0.x")
    other_machine.mirfa("download", "alice/model", "--local-dir", tmp_path / "ours", SSL_CERT_FILE=authority)
    for copy in ("2.x", "0.x", "ours"):
        assert content.tree(tmp_path / copy) == expected, copy

    git = machine.git(alice)
    clone = tmp_path / "clone"
    git("clone", f"{machine.endpoint}/alice/model", clone, GIT_SSL_CAINFO=authority)
    assert content.tree(clone) == expected
    content.write_random(clone / "more.bin", 11 * content.MIB, seed=5)
    git.commit(clone, "By git")
    git("push", cwd=clone, GIT_SSL_CAINFO=authority)
    machine.curl("--fail", "-L", "--cacert", authority, "-o", str(tmp_path / "more"),
                 f"{machine.endpoint}/alice/model/resolve/main/more.bin")
    assert content.sha256(tmp_path / "more") == content.sha256(clone / "more.bin")


def test_strangers_certificates_old_protocols_and_plain_http_are_refused(machine, server, certificates):
    address = f"{machine.endpoint}/healthz"
    known = ["--cacert", str(certificates / "ca.pem")]
    assert machine.curl("--fail", *known, address).returncode == 0
    assert machine.curl(address, check=False).returncode == 60  # curl's word for an authority it does not know
    assert machine.curl(*known, "--tls-max", "1.1", address, check=False).returncode != 0

    port = int(machine.endpoint.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            assert b"200" not in plain.recv(4096)
        except ConnectionResetError:
            pass
    assert machine.curl("--fail", *known, address).returncode == 0
