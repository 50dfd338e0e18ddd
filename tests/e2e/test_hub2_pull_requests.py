# SPDX-License-Identifier: Apache-2.0
"""Proposals by today's Python client: anybody who may read can make one, on refs/pr/N, beside the branches."""

from harness import content


def test_a_stranger_proposes_one_file(machine, alice, bob, repo, web):
    def propose(repo_id):
        commit = api.upload_file(path_or_fileobj=b"better", path_in_repo="config.json", repo_id=repo_id, create_pr=True,
                                 commit_message="A better configuration", commit_description="Because.")
        return [commit.pr_num, commit.pr_revision, commit.pr_url, commit.oid]

    number, revision, url, commit = machine.hub2(bob).call(propose, repo_id=repo.id)
    assert (number, revision) == (1, "refs/pr/1") and url == f"{machine.endpoint}/{repo.id}/discussions/1"
    assert web.get(repo.file("config.json")).status == 404
    for spelling in ("refs%2Fpr%2F1", "refs/pr/1"):
        assert web.get(repo.file("config.json", spelling)).body == b"better"

    def look(repo_id):
        refs = api.list_repo_refs(repo_id, include_pull_requests=True)
        details = api.get_discussion_details(repo_id, 1)
        commits = api.list_repo_commits(repo_id, revision="refs/pr/1")
        return [[ref.ref for ref in refs.pull_requests], refs.pull_requests[0].target_commit, details.title, details.author,
                details.status, details.is_pull_request, details.target_branch, [commit.title for commit in commits],
                commits[1].commit_id == api.model_info(repo_id).sha]

    assert machine.hub2().call(look, repo_id=repo.id) == [
        ["refs/pr/1"], commit, "A better configuration", "bob", "open", True, "refs/heads/main",
        ["A better configuration", "initial commit"], True]
    page = web.get(f"/{repo.id}/discussions/1")
    assert page.status == 200 and "A better configuration" in page.text


def test_a_stranger_proposes_a_folder_with_large_files(machine, other_machine, bob, repo, tmp_path):
    source = content.small_model(tmp_path / "model")
    said = machine.hub2(bob).hf("upload", repo.id, source, ".", "--create-pr", "--quiet")
    assert "/discussions/1" in said.stdout or repo.id in said.stdout
    other_machine.hub2().hf("download", repo.id, "--revision", "refs/pr/1", "--local-dir", tmp_path / "copy")
    assert content.tree(tmp_path / "copy") == content.tree(source)


def test_the_author_adds_to_the_proposal_and_others_do_not(machine, alice, bob, server, repo):
    carol = server.new_person("carol")

    def propose(repo_id):
        return api.create_commit(repo_id, [hub.CommitOperationAdd("a.bin", b"first")], commit_message="One", create_pr=True).pr_num

    def add(repo_id, number):
        return api.upload_file(path_or_fileobj=b"second", path_in_repo="b.bin", repo_id=repo_id,
                               revision=f"refs/pr/{number}").oid

    number = machine.hub2(bob).call(propose, repo_id=repo.id)
    assert machine.hub2(carol).fails(add, repo_id=repo.id, number=number).status == 403
    machine.hub2(bob).call(add, repo_id=repo.id, number=number)
    machine.hub2(alice).call(add, repo_id=repo.id, number=number)

    def files(repo_id, number):
        return sorted(api.list_repo_files(repo_id, revision=f"refs/pr/{number}"))

    assert machine.hub2().call(files, repo_id=repo.id, number=number) == [".gitattributes", "a.bin", "b.bin"]


def test_an_empty_proposal_can_be_opened_first_and_filled_later(machine, bob, repo):
    def work(repo_id):
        opened = api.create_pull_request(repo_id, title="Later", description="Soon more")
        api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=repo_id, revision=opened.git_reference)
        listed = list(api.get_repo_discussions(repo_id))
        return [opened.num, opened.git_reference, opened.status, [item.title for item in listed]]

    assert machine.hub2(bob).call(work, repo_id=repo.id) == [1, "refs/pr/1", "draft", ["Later"]]


def test_nobody_proposes_to_what_is_hidden_from_them_or_without_signing_in(machine, bob, new_repo, repo):
    def propose(repo_id):
        api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=repo_id, create_pr=True)

    hidden = new_repo(private=True)
    assert "RepositoryNotFoundError" in machine.hub2(bob).fails(propose, repo_id=hidden.id).kinds
    assert machine.hub2().fails(propose, repo_id=repo.id).status in (401, 403)
