# SPDX-License-Identifier: Apache-2.0
"""git as Debian ships it: clone, push, shallow, partial, mirror, refusals that a person can read."""

import pytest

from harness import content


@pytest.fixture
def git(machine, alice):
    return machine.git(alice)


def fsck(git, folder):
    said = git("fsck", "--full", "--strict", cwd=folder)
    assert "error" not in said.stderr and "missing" not in said.stdout, said.stdout + said.stderr


def test_a_commit_by_the_api_is_cloned_and_a_push_is_seen_by_the_api(machine, git, alice, repo, web):
    def upload(repo_id):
        return api.upload_file(path_or_fileobj=b"from the api\n", path_in_repo="api.txt", repo_id=repo_id).oid

    commit = machine.hub2(alice).call(upload, repo_id=repo.id)
    folder = git.clone(repo.git)
    assert git.line("rev-parse", "HEAD", cwd=folder) == commit and (folder / "api.txt").read_text() == "from the api\n"
    fsck(git, folder)

    content.write_text(folder / "sub/git.txt", "from git\n")
    pushed = git.commit(folder, "A commit by git\n\nWith a body.")
    git("push", cwd=folder)
    assert web.get(repo.api).json()["sha"] == pushed
    assert web.get(repo.file("sub/git.txt")).body == b"from git\n"
    newest = web.get(f"{repo.api}/commits/main").json()[0]
    assert (newest["title"], newest["message"], newest["authors"][0]["user"]) == ("A commit by git", "With a body.", "alice")
    blob = git.line("rev-parse", "HEAD:sub/git.txt", cwd=folder)
    assert web.head(repo.file("sub/git.txt")).headers["ETag"] == f'"{blob}"'


@pytest.mark.parametrize("version", ["0", "1", "2"])
def test_every_protocol_version_clones_and_fetches(git, repo, machine, version):
    speak = ("-c", f"protocol.version={version}")
    folder = machine.home / "clone"
    git(*speak, "clone", repo.git + ".git", folder)
    content.write_text(folder / "a.txt", "a")
    git.commit(folder, "a")
    git(*speak, "push", cwd=folder)
    other = machine.home / "other"
    git(*speak, "clone", repo.git, other)
    content.write_text(folder / "b.txt", "b")
    git.commit(folder, "b")
    git(*speak, "push", cwd=folder)
    git(*speak, "pull", cwd=other)
    assert content.tree(folder) == content.tree(other)


def long_history(git, repo, machine, commits=30):
    folder = git.clone(repo.git, name="history")
    for number in range(commits):
        content.write_text(folder / "log.txt", f"{number}\n" * (number + 1))
        content.write_random(folder / f"data/{number}.dat", 3000, seed=number)
        git.commit(folder, f"Step {number}")
    git("tag", "-a", "v1", "-m", "First", cwd=folder)
    git("branch", "topic/one", "HEAD~5", cwd=folder)
    git("push", "origin", "main", "topic/one", "v1", cwd=folder)
    return folder


def test_shallow_deepened_and_single_branch_clones(git, repo, machine):
    folder = long_history(git, repo, machine)
    shallow = git.clone(repo.git, "--depth", "1", name="shallow")
    assert git.line("rev-list", "--count", "HEAD", cwd=shallow) == "1" and content.tree(shallow) == content.tree(folder)
    git("fetch", "--deepen", "4", cwd=shallow)
    assert git.line("rev-list", "--count", "HEAD", cwd=shallow) == "5"
    git("fetch", "--unshallow", cwd=shallow)
    assert git.line("rev-list", "--count", "HEAD", cwd=shallow) == "31"
    fsck(git, shallow)
    one = git.clone(repo.git, "--single-branch", "--branch", "topic/one", name="one")
    assert git.line("log", "-1", "--format=%s", cwd=one) == "Step 24"


def test_a_shallow_clone_can_push(git, repo, machine, web):
    long_history(git, repo, machine, commits=5)
    shallow = git.clone(repo.git, "--depth", "1", name="shallow")
    content.write_text(shallow / "from-shallow.txt", "x")
    commit = git.commit(shallow, "From a shallow clone")
    git("push", cwd=shallow)
    assert web.get(repo.api).json()["sha"] == commit


def test_a_partial_clone_fetches_blobs_when_they_are_read(git, repo, machine):
    folder = long_history(git, repo, machine)
    partial = git.clone(repo.git, "--filter=blob:none", "--no-checkout", name="partial")
    missing = git("rev-list", "--objects", "--all", "--missing=print", cwd=partial).stdout
    assert sum(line.startswith("?") for line in missing.splitlines()) > 30
    git("checkout", "main", cwd=partial)
    assert content.tree(partial) == content.tree(folder)
    assert git.line("show", "HEAD~10:log.txt", cwd=partial) == git.line("show", "HEAD~10:log.txt", cwd=folder)


def test_one_commit_is_fetched_by_its_id_and_a_proposal_by_its_ref(git, repo, machine, bob):
    folder = long_history(git, repo, machine, commits=8)
    wanted = git.line("rev-parse", "HEAD~6", cwd=folder)
    empty = machine.home / "empty"
    git("init", empty)
    git("fetch", "--depth", "1", repo.git, wanted, cwd=empty)
    assert git.line("rev-parse", "FETCH_HEAD", cwd=empty) == wanted

    def propose(repo_id):
        return api.upload_file(path_or_fileobj=b"pr", path_in_repo="pr.txt", repo_id=repo_id, create_pr=True).oid

    commit = machine.hub2(bob).call(propose, repo_id=repo.id)
    git("fetch", "origin", "refs/pr/1:pr/1", cwd=folder)
    assert git.line("rev-parse", "pr/1", cwd=folder) == commit
    git("checkout", "pr/1", cwd=folder)
    content.write_text(folder / "more.txt", "more")
    added = git.commit(folder, "More for the proposal")
    git("push", "origin", "pr/1:refs/pr/1", cwd=folder)
    assert repo.server.web.get(f"{repo.api}/revision/refs%2Fpr%2F1").json()["sha"] == added
    assert git("push", "origin", "pr/1:refs/pr/77", cwd=folder, check=False).returncode != 0


def test_branches_and_tags_are_pushed_deleted_and_moved(git, repo, machine, web):
    folder = long_history(git, repo, machine, commits=6)
    refs = web.get(f"{repo.api}/refs").json()
    tag = git.line("rev-parse", "v1^{commit}", cwd=folder)
    assert {branch["name"] for branch in refs["branches"]} == {"main", "topic/one"}
    assert refs["tags"] == [{"name": "v1", "ref": "refs/tags/v1", "targetCommit": tag}]
    git("push", "origin", "--delete", "topic/one", cwd=folder)
    git("push", "origin", ":refs/tags/v1", cwd=folder)
    git("push", "origin", "HEAD~2:refs/heads/back", cwd=folder)
    git("push", "--force", "origin", "HEAD~3:refs/heads/back", cwd=folder)
    refs = web.get(f"{repo.api}/refs").json()
    assert {branch["name"] for branch in refs["branches"]} == {"main", "back"} and refs["tags"] == []


def test_the_default_branch_is_not_deleted_and_forced_only_by_administrators(git, repo, machine, server, bob, web):
    folder = long_history(git, repo, machine, commits=8)
    head = web.get(repo.api).json()["sha"]
    refused = git("push", "origin", "--delete", "main", cwd=folder, check=False)
    assert refused.returncode != 0 and web.get(repo.api).json()["sha"] == head
    behind = git("push", "origin", "HEAD~1:main", cwd=folder, check=False)
    assert behind.returncode != 0
    server.add_member("acme", "bob", "write")
    try:
        writer = machine.git(bob)
        theirs = writer.clone(repo.git, name="theirs")
        forced = writer("push", "--force", "origin", "HEAD~1:main", cwd=theirs, check=False)
        assert forced.returncode != 0 and web.get(repo.api).json()["sha"] == head
    finally:
        server.remove_member("acme", "bob")
    git("push", "--force", "origin", "HEAD~1:main", cwd=folder)
    assert web.get(repo.api).json()["sha"] == git.line("rev-parse", "HEAD~1", cwd=folder)


def test_a_mirror_of_another_repository_arrives_whole(git, machine, new_repo, web):
    source, target = new_repo(), new_repo()
    long_history(git, source, machine)
    mirror = machine.home / "mirror.git"
    git("clone", "--mirror", source.git, mirror)
    git("push", "--mirror", target.git, cwd=mirror)
    theirs, ours = (git("ls-remote", there.git, "refs/heads/*", "refs/tags/*").stdout for there in (source, target))
    assert theirs == ours
    assert len(web.get(f"{target.api}/commits/main?limit=1000").json()) == 31


def test_a_large_plain_file_is_refused_with_what_to_do(git, repo, web):
    folder = git.clone(repo.git)
    (folder / ".gitattributes").write_text("")
    content.write_random(folder / "huge.dat", 11 * content.MIB)
    head = web.get(repo.api).json()["sha"]
    git.commit(folder, "Too large")
    said = git("push", cwd=folder, check=False)
    assert said.returncode != 0 and "huge.dat" in said.stderr and "lfs" in said.stderr.lower()
    assert web.get(repo.api).json()["sha"] == head


def test_a_pointer_without_content_is_refused(git, repo, web):
    folder = git.clone(repo.git)
    content.write_text(folder / "ghost.txt", "version https://git-lfs.github.com/spec/v1\n"
                       f"oid sha256:{'ab' * 32}\nsize 1234\n")
    head = web.get(repo.api).json()["sha"]
    git.commit(folder, "A pointer to nothing")
    said = git("push", cwd=folder, check=False)
    assert said.returncode != 0 and "ghost.txt" in said.stderr
    assert web.get(repo.api).json()["sha"] == head


def test_a_name_of_two_lines_is_refused_and_speaks_only_for_itself(git, repo, web):
    """What a file is called comes back in the refusal, where it could pass for the server's own words."""
    folder = git.clone(repo.git)
    (folder / 'a\nremote: "All" is well.txt').write_text("a")
    head = web.get(repo.api).json()["sha"]
    git.commit(folder, "Two lines")
    said = git("push", cwd=folder, check=False)
    assert said.returncode != 0 and "is no legal name in a folder" in said.stderr, said.stderr
    assert not any(line.startswith('remote: "All"') for line in said.stderr.splitlines()), said.stderr
    assert web.get(repo.api).json()["sha"] == head
    (folder / "deep").mkdir()
    (folder / "deep/carriage\rreturn.txt").write_text("b")
    git("mv", 'a\nremote: "All" is well.txt', 'the "All" is well.txt', cwd=folder)
    git("add", "-A", cwd=folder)
    git("commit", "--amend", "-m", "A hidden one", cwd=folder)
    assert git("push", cwd=folder, check=False).returncode != 0
    git("rm", "-rf", "deep", cwd=folder)
    git("commit", "--amend", "-m", "Quotes alone", cwd=folder)
    git("push", cwd=folder)
    assert web.get(repo.file("the%20%22All%22%20is%20well.txt")).body == b"a"


def test_a_branch_is_not_put_on_a_tag_object(git, repo, web):
    """It was accepted, and main could not be cloned any more."""
    folder = git.clone(repo.git)
    git("tag", "-a", "v1", "-m", "one", cwd=folder)
    tag, head = git.line("rev-parse", "v1", cwd=folder), git.line("rev-parse", "HEAD", cwd=folder)
    said = git("push", "--force", "origin", f"{tag}:refs/heads/main", cwd=folder, check=False)
    assert said.returncode != 0 and "only refs/tags/ keeps annotated tags" in said.stderr
    assert web.get(repo.api).json()["sha"] == head


def test_a_stranger_reads_why_his_push_is_refused_whatever_its_size(machine, bob, new_repo):
    """The pack is read over, not stored; git shows the reason only when all of it was taken."""
    public, stranger = new_repo(), machine.git(bob)
    folder = stranger.clone(public.git)
    (folder / ".gitattributes").write_text("")
    for number in range(4):
        content.write_random(folder / f"{number}.dat", 9 * content.MIB)
    stranger.commit(folder, "Much")
    said = stranger("push", cwd=folder, check=False)
    assert said.returncode != 0 and "required permissions: repo.write" in said.stderr


def test_what_the_server_cannot_store_is_refused_and_the_rest_of_the_push_too(git, repo, web):
    """One bad ref must not leave half of a push behind when it was asked to be atomic."""
    folder = git.clone(repo.git)
    git("checkout", "-b", "fine", cwd=folder)
    content.write_text(folder / "fine.txt", "fine")
    git.commit(folder, "Fine")
    git("checkout", "-b", "bad", cwd=folder)
    (folder / ".gitattributes").write_text("")
    content.write_random(folder / "huge.dat", 11 * content.MIB)
    git.commit(folder, "Bad")
    assert git("push", "--atomic", "origin", "fine", "bad", cwd=folder, check=False).returncode != 0
    assert [branch["name"] for branch in web.get(f"{repo.api}/refs").json()["branches"]] == ["main"]


def test_strangers_clone_public_and_nothing_else(machine, bob, alice, new_repo):
    public, hidden = new_repo(), new_repo(private=True)
    nobody, stranger = machine.git(), machine.git(bob)
    nobody.clone(public.git, name="public")
    for who in (nobody, stranger):
        assert who("clone", hidden.git, machine.home / "never", check=False).returncode != 0
    assert not (machine.home / "never").exists()
    folder = machine.home / "public"
    content.write_text(folder / "x.txt", "x")
    stranger.commit(folder, "x")
    said = stranger("push", cwd=folder, check=False)
    assert said.returncode != 0 and "required permissions: repo.write" in said.stderr
    machine.git(alice).clone(hidden.git, name="mine")


def test_tokens_work_as_password_in_the_address(machine, alice, repo):
    address = repo.git.replace("://", f"://anything:{alice.read_token}@")
    folder = machine.git().clone(address, name="with-token")
    content.write_text(folder / "x.txt", "x")
    machine.git(alice).commit(folder, "x")
    assert machine.git()("push", cwd=folder, check=False).returncode != 0


def test_a_moved_repository_is_cloned_and_pushed_at_its_old_name(machine, git, alice, repo, web):
    folder = git.clone(repo.git)
    machine.hub2(alice).hf("repos", "move", repo.id, f"{repo.id}-new")
    content.write_text(folder / "x.txt", "x")
    commit = git.commit(folder, "x")
    git("push", cwd=folder)
    assert web.get(f"{repo.api}-new").json()["sha"] == commit
    assert git.line("rev-parse", "HEAD", cwd=git.clone(repo.git, name="again")) == commit


def test_datasets_and_spaces_are_cloned_under_their_prefix(git, new_repo, web):
    for kind, fields in (("dataset", {}), ("space", {"sdk": "static"})):
        repo = new_repo(kind, **fields)
        folder = git.clone(repo.git, name=kind)
        content.write_text(folder / "x.txt", kind)
        git.commit(folder, kind)
        git("push", cwd=folder)
        assert web.get(repo.file("x.txt")).text == kind


def test_what_git_may_write_and_the_api_may_not_is_read_back_faithfully(git, repo, web):
    """A symbolic link, an executable, an empty file, odd names."""
    folder = git.clone(repo.git)
    content.write_text(folder / "run me.sh", "#!/bin/sh\n").chmod(0o755)
    (folder / "link").symlink_to("run me.sh")
    content.write_text(folder / "100% #1?.txt", "odd")
    git.commit(folder, "Odd things")
    git("push", cwd=folder)
    entries = {entry["path"]: entry["type"] for entry in web.get(f"{repo.api}/tree/main").json()}
    assert entries == {".gitattributes": "file", "100% #1?.txt": "file", "link": "file", "run me.sh": "file"}
    assert web.get(repo.file("100%25%20%231%3F.txt")).body == b"odd"
    again = git.clone(repo.git, name="again")
    assert (again / "link").is_symlink() and (again / "run me.sh").stat().st_mode & 0o111
