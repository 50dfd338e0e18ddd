# SPDX-License-Identifier: Apache-2.0
"""What docs/operate tells operators: backups, a full disk, stopping, metrics, the commands."""

import json
import re
import signal
import subprocess
import threading
import urllib.request

import pytest

from harness import content
from harness.clients import Machine
from harness.paths import PROGRAM, SOURCE
from harness.server import Server
from harness.web import commit, commit_body, file_line, lfs_line

NEVER_ENOUGH = "999999999"


def test_a_backup_taken_beside_the_server_is_a_data_folder(machine, alice, server, repo, tmp_path):
    source = content.small_model(tmp_path / "model", weights=9 * content.MIB)
    machine.hub2(alice).hf("upload", repo.id, source, ".")
    copy = Server(tmp_path / "restored")
    server.admin("backup", str(copy.data))
    machine.hub2(alice).hf("upload", repo.id, content.write_random(tmp_path / "later.bin", 9 * content.MIB), "later.bin")
    again = subprocess.run([PROGRAM, "admin", "--data", server.data, "backup", copy.data], capture_output=True, text=True)
    assert again.returncode == 1 and "is not empty" in again.stderr

    copy.start()
    try:
        elsewhere = Machine(tmp_path / "elsewhere", copy)
        elsewhere.hub2(alice).hf("download", repo.id, "--local-dir", tmp_path / "copy")
        assert content.tree(tmp_path / "copy") == content.tree(source)
        clone = elsewhere.git(alice).clone(f"{copy.url}/{repo.id}")
        assert elsewhere.git(alice)("fsck", "--full", cwd=clone).returncode == 0
        assert copy.web.get(repo.file("later.bin")).status == 404
    finally:
        assert copy.stop() == 0


def test_a_backup_taken_while_people_write_has_every_repository_whole(machine, alice, server, new_repo, tmp_path):
    """What was acknowledged before it began is in it; what came during it is in it as a whole or not at all."""
    repos = [new_repo() for _ in range(3)]
    acknowledged = {repo.id: [] for repo in repos}
    begun, done = threading.Event(), threading.Event()

    def write(repo):
        while not done.is_set():
            number = len(acknowledged[repo.id])
            large = content.random_bytes(100_000, seed=1000 * repos.index(repo) + number)
            acknowledged[repo.id].append(commit(server.web, repo, alice, f"Number {number}", file_line(f"{number}.txt", b"x" * number),
                                                lfs_line(server.web, repo, alice, f"{number}.bin", large)))
            if all(len(commits) >= 3 for commits in acknowledged.values()):
                begun.set()

    writers = [threading.Thread(target=write, args=(repo,)) for repo in repos]
    for writer in writers:
        writer.start()
    assert begun.wait(60)
    before = {name: list(commits) for name, commits in acknowledged.items()}
    copy = Server(tmp_path / "restored")
    server.admin("backup", str(copy.data))
    done.set()
    for writer in writers:
        writer.join()
    copy.start()
    try:
        git = Machine(tmp_path / "elsewhere", copy).git(alice)
        for repo in repos:
            clone = git.clone(f"{copy.url}/{repo.id}", name=repo.id.replace("/", "-"))
            assert git("fsck", "--full", cwd=clone).returncode == 0
            assert git("lfs", "fsck", cwd=clone).returncode == 0
            there = git("rev-list", "HEAD", cwd=clone).stdout.split()
            assert set(before[repo.id]) <= set(there)
            assert set(there) - set(before[repo.id]) <= {*acknowledged[repo.id], there[-1]}
    finally:
        assert copy.stop() == 0


def test_the_log_names_each_request_as_its_client_does(server, web):
    position = server.log_size()
    assert web.get("/healthz", headers={"X-Request-Id": "asked-by-a-test"}).status == 200
    assert "asked-by-a-test" in server.log_since(position)


@pytest.fixture
def full_disk(tmp_path):
    """A server that thinks its disk is full, and a person with a repository from before."""
    server = Server(tmp_path / "full").start()
    person = server.new_person("carol", admin=True)
    assert server.web.post("/api/repos/create", token=person.token, as_json={"name": "old"}).status == 200
    assert server.stop() == 0
    server.flags = ("--free-space-floor-mb", NEVER_ENOUGH)
    server.start()
    yield server, person
    assert server.stop() == 0


def test_a_full_disk_refuses_every_upload_and_says_so(full_disk, tmp_path):
    server, person = full_disk
    before = server.stored_bytes()
    body = commit_body("x", ("file", {"path": "a.txt", "content": "eA==", "encoding": "base64"}))
    commit = server.web.post("/api/models/carol/old/commit/main", token=person.token, body=body,
                             headers={"Content-Type": "application/x-ndjson"})
    assert commit.status == 507 and "nearly full" in commit.headers["X-Error-Message"]

    machine = Machine(tmp_path / "home", server)
    large = content.write_random(tmp_path / "large.bin", 11 * content.MIB)
    for client in (machine.hub2(person), machine.hub1x(person), machine.hub0x(person)):
        said = client.hf("upload", "carol/old", large, "large.bin", check=False)
        assert said.returncode != 0 and "nearly full" in said.stdout + said.stderr, said

    git = machine.git(person)
    folder = git.clone(f"{server.url}/carol/old")
    (folder / "b.txt").write_text("b")
    git.commit(folder, "By git")
    push = git("push", cwd=folder, check=False)
    assert push.returncode != 0 and "nearly full" in push.stderr

    assert server.web.get("/carol/old/resolve/main/.gitattributes").status == 200
    assert server.stored_bytes() - before < content.MIB
    assert server.web.get("/carol/old/resolve/main/a.txt").status == 404


def test_sigterm_finishes_what_runs_and_takes_nothing_new(machine, alice, repo, server, tmp_path):
    size = 64 * content.MIB
    machine.hub2(alice).hf("upload", repo.id, content.write_random(tmp_path / "a.bin", size), "a.bin")
    with urllib.request.urlopen(server.url + repo.file("a.bin")) as download:
        got = len(download.read(content.MIB))
        server.process.send_signal(signal.SIGTERM)
        stopping = threading.Event()

        def wait_until_refused():
            while server.process.poll() is None:
                try:
                    urllib.request.urlopen(server.url + "/healthz", timeout=5).close()
                except OSError:
                    stopping.set()
                    return

        watcher = threading.Thread(target=wait_until_refused)
        watcher.start()
        watcher.join(30)
        assert stopping.is_set(), "the server went on taking connections"
        got += len(download.read())
    assert got == size
    assert server.process.wait(30) == 0
    server.start()


ALWAYS_THERE = {"libc6", "libgcc-s1", "libstdc++6"}  # Debian's own base, or needed by every library in the list


def packages_of_libraries():
    """Debian packages of the libraries that the program itself asks for: at its start, or when it first calls one of their
    functions (decision 0021)."""
    head = subprocess.run(["objdump", "-p", PROGRAM], check=True, capture_output=True, text=True).stdout
    at_start = set(re.findall(r"(?m)^ +NEEDED +(\S+)$", head))
    named = {name.decode() for name in re.findall(rb"\0(lib[\w.+-]+\.so\.[\w.]+)(?=\0)", PROGRAM.read_bytes())}
    assert at_start and at_start <= named | {"ld-linux-x86-64.so.2"}
    known = subprocess.run(["/sbin/ldconfig", "-p"], check=True, capture_output=True, text=True).stdout
    # The first of a name is the one of this processor's own kind.
    places = {name: path for name, path in reversed(re.findall(r"(?m)^\s*(\S+) \(.*\) => (/\S+)", known)) if name in named}
    assert named == set(places), named - set(places)
    found = set()
    for path in places.values():
        # dpkg knows a file by the name it was installed under, before /lib became a link to /usr/lib
        for name in (path, f"/usr{path}", path.removeprefix("/usr")):
            owner = subprocess.run(["dpkg", "-S", name], capture_output=True, text=True)
            if owner.returncode == 0:
                found.add(owner.stdout.split(":")[0])
                break
        else:
            raise AssertionError(f"no package has {path}")
    return found


def test_the_documented_libraries_are_those_that_the_program_needs():
    page = (SOURCE / "docs/operate/systemd.md").read_text()
    listed = re.search(r"(?ms)^apt-get install (.*?)^```", page).group(1).replace("\\", "").split()
    assert "git" in listed
    assert sorted(set(listed) - {"git"}) == sorted(packages_of_libraries() - ALWAYS_THERE)


def test_metrics_are_for_this_machine_or_with_the_token(tmp_path):
    server = Server(tmp_path / "metrics", flags=("--metrics-token", "s3cret")).start()
    try:
        assert server.web.get("/healthz").text == "ok\n"
        assert 'mirfa_requests_total{method="GET"' in server.web.get("/metrics").text
        far = {"X-Forwarded-For": "192.0.2.7"}
        assert server.web.get("/metrics", headers=far).status == 403
        assert server.web.get("/metrics", headers={**far, "Authorization": "Bearer wrong"}).status == 403
        assert server.web.get("/metrics", headers={**far, "Authorization": "Bearer s3cret"}).status == 200
    finally:
        assert server.stop() == 0


def test_the_commands_of_an_administrator(server, alice):
    def refused(*words):
        done = subprocess.run([PROGRAM, "admin", "--data", server.data, *words], capture_output=True, text=True, input="")
        return done.returncode, done.stderr

    server.new_person("dora")
    server.admin("org", "create", "dorm", "--owner", "dora")
    server.admin("org", "add", "dorm", "bob", "--role", "contributor")
    assert json.loads(server.admin("org", "members", "dorm", "--json")) == [
        {"name": "bob", "role": "contributor"}, {"name": "dora", "role": "admin"}]
    server.admin("org", "remove", "dorm", "bob")
    assert server.admin("org", "members", "dorm") == "dora\tadmin"
    assert refused("org", "remove", "dorm", "dora")[0] == 1
    assert "dorm" in [row["name"] for row in json.loads(server.admin("org", "list", "--json"))]

    assert sorted(row["name"] for row in json.loads(server.admin("token", "list", "dora", "--json"))) == [
        "read of the tests", "write of the tests"]
    server.admin("token", "revoke", "dora", "--name", "read of the tests")
    assert server.admin("token", "list", "dora") == "write of the tests\twrite"
    code, why = refused("token", "create", "dora", "--name", "x", "--role", "fineGrained")
    assert code == 2 and "/settings/tokens" in why

    server.admin("user", "promote", "dora")
    assert {row["name"]: row["admin"] for row in json.loads(server.admin("user", "list", "--json"))}["dora"] is True
    server.admin("user", "demote", "dora")
    server.admin("user", "passwd", "dora", "--password-stdin", text="another long pass phrase\n")
    code, why = refused("user", "delete", "dora")
    assert code == 1 and "dorm" in why
    server.admin("org", "delete", "dorm")
    server.admin("user", "delete", "dora")
    told = [row["action"] for row in json.loads(server.admin("audit", "list", "--json"))]
    assert told[:5] == ["user.delete", "organization.delete", "password.change", "user.unmake-admin", "user.make-admin"]
    assert refused("user", "delete", "nobody")[0] == 1
    assert refused("user", "shout")[0] == 2
