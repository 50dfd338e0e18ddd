# SPDX-License-Identifier: Apache-2.0
"""Signing in by token and by the device flow, and what a bad token is told."""

import json
import re
import subprocess
import threading

import pytest

from harness.browser import Browser


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


def answer_in_browser(web, address, person, button):
    """Opens the page, signs in on the way, presses the button that is asked for."""
    browser = Browser(web)
    browser.open(address)
    if any("password" in form.kinds.values() for form in browser.forms):
        assert browser.sign_in(person.name, person.password).status == 200
    form = next(form for form in browser.forms if any(button in " ".join(pair).lower() for pair in form.buttons))
    return browser.submit(form, {}, next(pair for pair in form.buttons if button in " ".join(pair).lower()))


def test_device_flow_signs_in_when_the_person_approves(machine, web, alice, device_login):
    address = device_login.wait_for(r"(http://\S+)").group(1)
    assert answer_in_browser(web, address, alice, "approve").status == 200
    assert device_login.end() == 0, device_login.seen
    assert "[oauth-" in (machine.home / "hf/stored_tokens").read_text()  # the client stores it by the name whoami gives

    def who():
        return api.whoami()["name"]

    assert machine.hub2().call(who) == "alice"


def test_device_flow_ends_when_the_person_refuses(machine, web, bob, device_login):
    address = device_login.wait_for(r"(http://\S+)").group(1)
    answer_in_browser(web, address, bob, "deny")
    assert device_login.end() != 0
    assert not (machine.home / "hf/token").exists()


def test_a_stranger_cannot_approve_without_the_pages_secret(web, alice):
    """A page of another site may post to the approval, but it has no CSRF token."""
    started = web.post("/oauth/device", body=b"client_id=26be6b09-91c5-47da-9861-d2d2bb7a7e36",
                       headers={"Content-Type": "application/x-www-form-urlencoded"}).json()
    browser = Browser(web)
    browser.open("/login")
    browser.sign_in(alice.name, alice.password)
    cookie = "; ".join(f"{key}={value}" for key, value in browser.cookies.items())
    refused = web.post("/device", body=f"code={started['user_code']}&decision=approve".encode(),
             headers={"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie, "Origin": "http://evil.test"})
    assert refused.status == 403
    polled = web.post("/oauth/token", headers={"Content-Type": "application/x-www-form-urlencoded"},
                      body=("grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id=26be6b09-91c5-47da-9861-"
                            f"d2d2bb7a7e36&device_code={started['device_code']}").encode())
    assert polled.status == 400 and polled.json()["error"] in ("authorization_pending", "slow_down")
