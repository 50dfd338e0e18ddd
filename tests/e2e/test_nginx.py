# SPDX-License-Identifier: Apache-2.0
"""The whole way through Debian's nginx with the documented configuration."""

from urllib.parse import quote

import pytest

from conftest import World
from harness import content
from harness.nginx import Nginx, free_port
from harness.server import Server
from harness.web import commit_body, file_line


@pytest.fixture(scope="module", params=["", "/hub"], ids=["at the root", "below a path"])
def world(request, tmp_path_factory):
    """Another world than the other suites': the server's public address is the proxy's."""
    folder = tmp_path_factory.mktemp("behind-nginx")
    front, back = free_port(), free_port()
    server = Server(folder, public_url=f"http://127.0.0.1:{front}{request.param}", listen=f"127.0.0.1:{back}").start()
    nginx = Nginx(folder / "nginx", front, f"127.0.0.1:{back}", request.param).start()
    try:
        alice, bob = server.new_person("alice", admin=True), server.new_person("bob")
        server.admin("org", "create", "acme", "--owner", "alice")
        yield World(server, alice, bob)
    finally:
        nginx.stop()
        server.stop()


def test_a_model_goes_up_and_comes_back_by_todays_client(machine, other_machine, alice, repo, tmp_path):
    source = content.small_model(tmp_path / "model", weights=70 * content.MIB)
    machine.hub2(alice).hf("upload", repo.id, source, ".")
    other_machine.hub2().hf("download", repo.id, "--local-dir", tmp_path / "copy")
    assert content.tree(tmp_path / "copy") == content.tree(source)


def test_lfs_and_git_pass(machine, other_machine, alice, repo, tmp_path):
    machine.hub0x(alice).hf("upload", repo.id, content.write_random(tmp_path / "a.bin", 40 * content.MIB), "a.bin")
    git = machine.git(alice)
    folder = git.clone(repo.git)
    content.write_random(folder / "b.bin", 5 * content.MIB, seed=3)
    content.write_random(folder / "plain.dat", 3 * content.MIB, seed=4)
    git.commit(folder, "By git")
    git("push", cwd=folder)
    assert content.tree(other_machine.git().clone(repo.git)) == content.tree(folder)


def test_addresses_are_the_public_ones_and_slashes_of_revisions_survive(machine, web, alice, bob, repo):
    def propose(repo_id):
        return api.upload_file(path_or_fileobj=b"pr", path_in_repo="pr.txt", repo_id=repo_id, create_pr=True).pr_url

    assert machine.hub2(bob).call(propose, repo_id=repo.id).startswith(machine.endpoint)
    assert web.get(repo.file("pr.txt", "refs%2Fpr%2F1")).body == b"pr"
    token = web.get(f"{repo.api}/xet-write-token/main", token=alice.token).json()
    assert token["casUrl"].startswith(machine.endpoint)
    assert web.get(repo.file("pr.txt", "refs%2Fpr%2F1"), headers={"Range": "bytes=1-1"}).body == b"r"


def test_long_paths_pass_whether_the_file_is_there_or_not_or_moved(web, alice, repo):
    folder = "/".join("d" * 200 for _ in range(18)) + "/"
    missing = web.get(repo.file(folder + "missing.bin"))
    assert missing.status == 404 and missing.error_code == "EntryNotFound"
    assert folder in missing.json()["error"] and len(missing.headers["X-Error-Message"]) <= 1024

    path = "/".join("ملف" * 40 for _ in range(15))  # 3.6 KB, thrice as many when they are escaped
    made = web.post(f"{repo.api}/commit/main", token=alice.token, headers={"Content-Type": "application/x-ndjson"},
                    body=commit_body("A long path", file_line(path, b"found")))
    assert made.status == 200, made.text
    found = web.get(repo.file(quote(path)))
    assert found.status == 200 and found.body == b"found"
    assert web.get(repo.file(quote(path + "x"))).error_code == "EntryNotFound"

    moved = web.post("/api/repos/move", token=alice.token, as_json={"fromRepo": repo.id, "toRepo": "acme/moved", "type": "model"})
    assert moved.status == 200, moved.text
    redirect = web.get(repo.file(quote(path)))
    assert redirect.status == 307 and redirect.headers["Location"].endswith(f"/acme/moved/resolve/main/{quote(path)}")


def test_operators_pages_are_not_shown_to_the_world(web):
    assert web.get("/metrics").status in (401, 403, 404)
