# SPDX-License-Identifier: Apache-2.0
"""Signing in by token and by the device flow, and what a bad token is told."""

import json
import re
import subprocess
import threading

import pytest


def test_login_by_token_keeps_it_and_whoami_tells_the_user_and_organisations(machine, alice):
    client = machine.hub2()
    client.hf("auth", "login", "--token", alice.token)
    assert (machine.home / "hf/token").read_text() == alice.token
    assert "write of the tests" in (machine.home / "hf/stored_tokens").read_text()
    told = json.loads(client.hf("auth", "whoami", "--json").stdout)
    assert told["user"] == "alice" and "acme" in json.dumps(told["orgs"])
    client.hf("auth", "logout")
    assert not (machine.home / "hf/token").exists()


def test_a_bad_token_is_named_as_such(machine):
    client = machine.hub2()
    said = client.hf("auth", "login", "--token", "hf_" + "x" * 34, check=False)
    assert said.returncode == 1 and "invalid" in (said.stdout + said.stderr).lower()
    assert not (machine.home / "hf/token").exists()

    def look(repo_id):
        api.model_info(repo_id)

    failure = machine.hub2(HF_TOKEN="hf_" + "x" * 34).fails(look, repo_id="acme/none")
    assert failure.status == 401 and "Invalid credentials" in failure.text


def test_a_revoked_token_stops_working(machine, server, alice):
    token = server.new_token("alice", "write", "short lived")

    def who():
        return api.whoami()["name"]

    client = machine.hub2(HF_TOKEN=token)
    assert client.call(who) == "alice"
    server.revoke_token("alice", "short lived")
    assert client.fails(who).status == 401


class DeviceLogin:
    """`hf auth login` without a token, read line by line until it says where to go."""

    def __init__(self, machine):
        program = machine.hub2().folder / "bin/hf"
        self.process = subprocess.Popen([program, "auth", "login"], env=machine.environment(None, PYTHONUNBUFFERED="1"),
                                        cwd=machine.home, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True)
        self.seen = ""
        self.watchdog = threading.Timer(120, self.process.kill)
        self.watchdog.start()

    def wait_for(self, pattern):
        for line in self.process.stdout:
            self.seen += line
            if found := re.search(pattern, self.seen):
                return found
        raise AssertionError(f"{pattern} was not said:\n{self.seen}")

    def end(self):
        self.seen += self.process.stdout.read()
        self.watchdog.cancel()
        return self.process.wait(60)


@pytest.fixture
def device_login(machine):
    login = DeviceLogin(machine)
    yield login
    login.watchdog.cancel()
    login.process.kill()
    login.process.wait()


def answer_in_browser(desk, address, person, button):
    """Opens the page, signs in on the way, presses the button that is asked for."""
    desk.sign_in(person)
    desk.page.goto(address)
    desk.settled()
    desk.button(button).click()


def test_device_flow_signs_in_when_the_person_approves(machine, desk, alice, device_login):
    address = device_login.wait_for(r"(http://\S+)").group(1)
    answer_in_browser(desk, address, alice, "Approve")
    assert device_login.end() == 0, device_login.seen
    assert "[oauth-" in (machine.home / "hf/stored_tokens").read_text()  # the client stores it by the name whoami gives

    def who():
        return api.whoami()["name"]

    assert machine.hub2().call(who) == "alice"


def test_device_flow_ends_when_the_person_refuses(machine, desk, bob, device_login):
    address = device_login.wait_for(r"(http://\S+)").group(1)
    answer_in_browser(desk, address, bob, "Deny")
    assert device_login.end() != 0
    assert not (machine.home / "hf/token").exists()


def test_a_stranger_cannot_approve_without_the_pages_secret(web, alice):
    """A page of another site may post to the approval, but it has no CSRF token."""
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    client = "client_id=26be6b09-91c5-47da-9861-d2d2bb7a7e36"
    started = web.post("/oauth/device", body=client.encode(), headers=form).json()
    session = web.post("/api/session", as_json={"login": alice.name, "password": alice.password})
    assert session.status == 200, session.text
    cookie = session.headers["Set-Cookie"].split(";")[0]
    address = f"/api/device/{started['user_code']}"
    for headers in ({"Origin": "http://evil.test"}, {"Origin": "http://evil.test", "X-CSRF-Token": session.json()["csrf"]}, {}):
        refused = web.post(address, as_json={"decision": "approve"}, headers=headers | {"Cookie": cookie})
        assert refused.status == 403, headers
    polled = web.post("/oauth/token", headers=form, body=(f"grant_type=urn:ietf:params:oauth:grant-type:device_code&{client}"
                                                          f"&device_code={started['device_code']}").encode())
    assert polled.status == 400 and polled.json()["error"] in ("authorization_pending", "slow_down")
