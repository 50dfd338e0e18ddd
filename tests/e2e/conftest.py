# SPDX-License-Identifier: Apache-2.0
"""Fixtures: a server per file, people on it, a machine per test, repositories."""

import itertools
import re
from dataclasses import dataclass

import pytest

from harness.clients import Machine
from harness.paths import PROGRAM
from harness.server import Person, Server


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="also what is too heavy for every run")


def pytest_configure(config):
    config.addinivalue_line("markers", "full: too heavy for every run; needs --full")


def pytest_collection_modifyitems(config, items):
    if config.getoption("--full"):
        return
    heavy = pytest.mark.skip(reason="heavy: runs with --full")
    for item in items:
        if "full" in item.keywords:
            item.add_marker(heavy)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failed test shows what the server logged meanwhile."""
    outcome = yield
    report = outcome.get_result()
    server = item.funcargs.get("server") if hasattr(item, "funcargs") else None
    if report.failed and isinstance(server, Server):
        report.sections.append(("server log", server.log_since(getattr(item, "log_start", 0))[-20_000:]))


@pytest.fixture(autouse=True)
def _remember_log_position(request):
    server = request.getfixturevalue("server") if "server" in request.fixturenames else None
    request.node.log_start = server.log_size() if server else 0


@dataclass
class World:
    """A running server and the people every suite knows: alice administers it, bob is a stranger, acme is alice's."""

    server: Server
    alice: Person
    bob: Person


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    assert PROGRAM.exists(), f"{PROGRAM} is not there: run ./x build, or name the program in MIRFA_PROGRAM"
    server = Server(tmp_path_factory.mktemp("server")).start()
    try:
        alice, bob = server.new_person("alice", admin=True), server.new_person("bob")
        server.admin("org", "create", "acme", "--owner", "alice")
        yield World(server, alice, bob)
    finally:
        status = server.stop()
    assert status == 0, f"the server ended with {status}:\n{server.log_since(0)[-5000:]}"


@pytest.fixture
def server(world) -> Server:
    return world.server


@pytest.fixture
def web(server):
    return server.web


@pytest.fixture
def alice(world) -> Person:
    return world.alice


@pytest.fixture
def bob(world) -> Person:
    return world.bob


@pytest.fixture
def machine(tmp_path, server) -> Machine:
    return Machine(tmp_path / "home", server)


@pytest.fixture
def other_machine(tmp_path, server) -> Machine:
    """A second computer, for whoever downloads: nothing of the first one's caches is on it."""
    return Machine(tmp_path / "other-home", server)


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    from harness.chromium import launch

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def new_desk(chromium, server):
    """A person's browser: new_desk(language="ar", theme="dark", size="phone"). Mishaps on its pages fail the test."""
    from harness.chromium import Desk

    desks = []

    def make(**how) -> Desk:
        desks.append(Desk.at(chromium, server, **how))
        return desks[-1]

    yield make
    for desk in desks:
        desk.leave()


@pytest.fixture
def desk(new_desk):
    return new_desk()


@pytest.fixture
def accepted(machine, server, desk):
    """The metadata of a card that a library wrote, once the page shows one of its headings and neither the hub nor
    `mirfa card check` has anything against it."""
    from playwright.sync_api import expect

    def read(repo_id, heading="Framework versions"):
        text = server.web.get(f"/{repo_id}/resolve/main/README.md").text
        answer = server.web.post("/api/validate-yaml", as_json={"repoType": "model", "content": text})
        assert answer.status == 200 and answer.json() == {"errors": [], "warnings": []}, answer.text
        (machine.home / "README.md").write_text(text, encoding="utf-8")
        machine.mirfa("card", "check", machine.home / "README.md")
        expect(desk.open(f"/{repo_id}").get_by_role("heading", name=heading).first).to_be_visible()
        return server.web.get(f"/api/models/{repo_id}").json()["cardData"]

    return read


@dataclass(frozen=True)
class Repo:
    """A repository on the server under test."""

    id: str
    type: str
    server: Server

    @property
    def prefix(self) -> str:
        return "" if self.type == "model" else f"{self.type}s/"

    @property
    def page(self) -> str:
        return f"/{self.prefix}{self.id}"

    @property
    def api(self) -> str:
        return f"/api/{self.type}s/{self.id}"

    @property
    def git(self) -> str:
        return f"{self.server.url}{self.page}"

    def file(self, path: str, revision: str = "main") -> str:
        return f"{self.page}/resolve/{revision}/{path}"


numbers = itertools.count(1)


@pytest.fixture
def new_repo(request, server, alice):
    """Makes a repository over plain HTTP, named after the test: new_repo(type=…, owner=…, private=…)."""

    def make(type: str = "model", owner: str = "acme", person: Person = alice, **fields) -> Repo:
        name = f"{re.sub(r'[^a-z0-9]+', '-', request.node.name.lower())[:60].strip('-')}-{next(numbers)}"
        organization = None if owner == person.name else owner
        answer = server.web.post("/api/repos/create", token=person.token,
                                 as_json={"name": name, "organization": organization, "type": type, **fields})
        assert answer.status == 200, answer.text
        return Repo(f"{owner}/{name}", type, server)

    return make


@pytest.fixture
def repo(new_repo) -> Repo:
    return new_repo()
