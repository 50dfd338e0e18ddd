# SPDX-License-Identifier: Apache-2.0
"""One store behind every door: whatever way a file came in, every other way gives out the same octets."""

import pytest

from harness import content
from harness.content import MIB

SIZE = 9 * MIB + 12345


def upload_by_xet(machine, alice, repo, path):
    machine.hub2(alice).hf("upload", repo.id, path, "w.bin")


def upload_by_lfs_library(machine, alice, repo, path):
    machine.hub0x(alice).hf("upload", repo.id, path, "w.bin")


def upload_by_git_lfs(machine, alice, repo, path):
    git = machine.git(alice)
    folder = git.clone(repo.git, name=f"up-{repo.id.replace('/', '-')}")
    (folder / "w.bin").write_bytes(path.read_bytes())
    git.commit(folder, "By git-lfs")
    git("push", cwd=folder)


def upload_by_node(machine, alice, repo, path):
    machine.js(alice).call("""
        await hub.uploadFile({ repo: args.repo, accessToken, hubUrl,
                               file: { path: "w.bin", content: new Blob([fs.readFileSync(args.path)]) } });
        give(true);
    """, repo=repo.id, path=path)


def download_by_xet(machine, repo):
    return machine.home / machine.hub2().hf("download", repo.id, "w.bin", "--quiet").stdout.strip()


def download_by_plain_http(machine, repo):
    return machine.home / machine.hub0x().hf("download", repo.id, "w.bin", "--quiet").stdout.strip().splitlines()[-1]


def download_by_git_lfs(machine, repo):
    return machine.git().clone(repo.git, name="down") / "w.bin"


def download_by_curl(machine, repo):
    machine.curl("--fail", "-L", "-o", str(machine.home / "curl.bin"), f"{machine.endpoint}{repo.file('w.bin')}")
    return machine.home / "curl.bin"


def download_by_node(machine, repo):
    machine.js().call("""
        const blob = await hub.downloadFile({ repo: args.repo, hubUrl, path: "w.bin" });
        fs.writeFileSync(args.target, Buffer.from(await blob.arrayBuffer()));
        give(true);
    """, repo=repo.id, target=machine.home / "node.bin")
    return machine.home / "node.bin"


UPLOADS = [upload_by_xet, upload_by_lfs_library, upload_by_git_lfs, upload_by_node]
DOWNLOADS = [download_by_xet, download_by_plain_http, download_by_git_lfs, download_by_curl, download_by_node]


@pytest.mark.parametrize("upload", UPLOADS, ids=lambda door: door.__name__)
def test_every_door_gives_out_what_this_one_took_in(machine, other_machine, alice, repo, web, tmp_path, upload):
    # Half noise, half repetition, so that stored chunks of all schemes are met.
    path = tmp_path / "w.bin"
    path.write_bytes(content.random_bytes(SIZE // 2) + b"abcdefgh" * (SIZE // 16))
    upload(machine, alice, repo, path)
    expected, whole = content.sha256(path), path.read_bytes()
    for download in DOWNLOADS:
        assert content.sha256(download(other_machine, repo)) == expected, download.__name__
    for first, end in ((0, 1), (4_000_000, 5_500_000), (len(whole) - 1, len(whole))):
        answer = web.get(repo.file("w.bin"), headers={"Range": f"bytes={first}-{end - 1}"})
        assert answer.status == 206 and answer.body == whole[first:end]


def test_todays_client_sends_and_fetches_by_chunks(machine, other_machine, alice, repo, server, tmp_path):
    """Without the right headers it would quietly do with plain HTTP, and every other test would pass."""
    path = content.write_random(tmp_path / "w.bin", SIZE, seed=81)
    begun = server.log_size()
    upload_by_xet(machine, alice, repo, path)
    sent = " ".join(server.requests_since(begun))
    assert "POST /cas/v1/xorbs/" in sent and "/shards" in sent and "PUT " not in sent

    begun = server.log_size()
    assert content.sha256(download_by_xet(other_machine, repo)) == content.sha256(path)
    asked = server.requests_since(begun)
    assert [line for line in asked if "/reconstructions/" in line]
    assert not [line for line in asked if line.startswith("GET") and "/resolve/" in line]


def test_the_same_bytes_are_stored_once_for_each_kind_of_door_however_many_repositories_hold_them(
        machine, other_machine, alice, new_repo, web, server, tmp_path):
    """The chunk store and LFS keep files each in its own way: as chunks, and as it is."""
    size = 64 * MIB
    path = content.write_random(tmp_path / "w.bin", size, seed=80)
    hundredth = size // 100

    def added_by(upload, repo):
        before = server.stored_bytes()
        upload(machine, alice, repo, path)
        return server.stored_bytes() - before

    first, second, third, fourth, fifth, sixth = (new_repo() for _ in range(6))
    assert added_by(upload_by_xet, first) < size * 1.05
    assert added_by(upload_by_xet, second) < hundredth
    assert added_by(upload_by_git_lfs, third) < size * 1.05
    assert added_by(upload_by_git_lfs, fourth) < hundredth
    assert added_by(upload_by_lfs_library, fifth) < hundredth
    assert added_by(upload_by_lfs_library, first) < hundredth
    assert added_by(upload_by_node, sixth) < hundredth
    for repo in (first, second, third, fourth, fifth, sixth):
        entry = next(item for item in web.get(f"{repo.api}/tree/main").json() if item["path"] == "w.bin")
        assert entry["lfs"]["oid"] == content.sha256(path)
        assert content.sha256(download_by_plain_http(other_machine, repo)) == content.sha256(path)


def test_a_repository_deleted_by_one_door_leaves_the_others_bytes_alone(machine, other_machine, alice, new_repo, tmp_path):
    path = content.write_random(tmp_path / "w.bin", 2 * MIB)
    first, second = new_repo(), new_repo()
    upload_by_xet(machine, alice, first, path)
    upload_by_xet(machine, alice, second, path)
    machine.hub2(alice).hf("repos", "delete", first.id, "--yes")
    assert content.sha256(download_by_xet(other_machine, second)) == content.sha256(path)


def test_everything_is_still_there_after_a_restart(machine, other_machine, alice, repo, server, tmp_path):
    path = content.write_random(tmp_path / "w.bin", 3 * MIB)
    upload_by_xet(machine, alice, repo, path)
    assert server.stop() == 0
    server.listen = server.address.removeprefix("http://")
    server.start()
    for download in DOWNLOADS:
        assert content.sha256(download(other_machine, repo)) == content.sha256(path), download.__name__
