# SPDX-License-Identifier: Apache-2.0
"""`mirfa auth` and `hf auth` on one machine: each signs in for the other."""

import json
import re
import stat
import subprocess
import threading

import pytest

from harness.paths import PROGRAM


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_a_token_stored_by_us_signs_the_python_client_in_and_out(machine, alice):
    told = machine.mirfa("auth", "login", "--stdin", text=alice.token + "\n")
    assert "alice" in told.stdout
    home = machine.home / "hf"
    assert (home / "token").read_bytes() == alice.token.encode()
    assert (mode(home / "token"), mode(home / "stored_tokens"), mode(home)) == (0o600, 0o600, 0o700)
    hf = machine.hub2()
    assert json.loads(hf.hf("auth", "whoami", "--json").stdout)["user"] == "alice"
    assert "write of the tests" in hf.hf("auth", "list").stdout
    hf.hf("auth", "logout")
    assert machine.mirfa("auth", "whoami", check=False).returncode == 4


def test_tokens_of_the_python_client_are_listed_switched_and_forgotten_by_us(machine, alice, bob):
    hf = machine.hub2()
    hf.hf("auth", "login", "--token", alice.token)
    before = (machine.home / "hf/stored_tokens").read_bytes()
    listed = json.loads(machine.mirfa("auth", "list", "--json").stdout)
    assert [(t["name"], t["active"]) for t in listed] == [("write of the tests", "yes")]
    assert alice.token not in json.dumps(listed)
    machine.mirfa("auth", "login", "--token", bob.read_token)
    assert json.loads(hf.hf("auth", "whoami", "--json").stdout)["user"] == "bob"
    machine.mirfa("auth", "switch", "write of the tests")
    assert machine.mirfa("auth", "token").stdout.strip() == alice.token
    machine.mirfa("auth", "logout", "--token-name", "read of the tests")
    assert (machine.home / "hf/stored_tokens").read_bytes() == before
    assert machine.mirfa("auth", "switch", "nobody", check=False).returncode == 3


def test_whoami_tells_organisations_and_a_bad_token_is_named_as_such(machine, alice):
    told = json.loads(machine.mirfa("auth", "whoami", "--json", person=alice).stdout)
    assert told["user"] == "alice" and told["orgs"] == ["acme"]
    refused = machine.mirfa("auth", "login", "--token", "hf_" + "x" * 34, check=False)
    assert refused.returncode == 4 and "Invalid credentials" in refused.stderr and "request" in refused.stderr
    assert not (machine.home / "hf/token").exists()


@pytest.fixture
def device_login(machine):
    process = subprocess.Popen([PROGRAM, "auth", "login"], env=machine.environment(None), cwd=machine.home,
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    watchdog = threading.Timer(120, process.kill)
    watchdog.start()
    yield process
    watchdog.cancel()
    process.kill()
    process.wait()


def test_the_device_flow_signs_in_when_a_browser_approves(machine, web, alice, device_login):
    seen = ""
    while not (found := re.search(r"code (\S+):", seen)):
        line = device_login.stderr.readline()
        assert line, seen
        seen += line
    session = web.post("/api/session", as_json={"login": alice.name, "password": alice.password})
    cookie = session.headers["Set-Cookie"].split(";")[0]
    approved = web.post(f"/api/device/{found.group(1)}", as_json={"decision": "approve"},
                        headers={"Origin": machine.server.url, "Cookie": cookie, "X-CSRF-Token": session.json()["csrf"]})
    assert approved.status == 200, approved.text
    assert device_login.wait(60) == 0, device_login.stderr.read()
    stored = (machine.home / "hf/stored_tokens").read_text()
    assert "[oauth-" in stored and "expires_at" in stored  # the name that whoami gives the token
    assert json.loads(machine.hub2().hf("auth", "whoami", "--json").stdout)["user"] == "alice"
