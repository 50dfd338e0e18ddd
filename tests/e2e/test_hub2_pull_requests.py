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


def test_a_discussion_from_its_question_to_its_end(machine, alice, bob, repo):
    def ask(repo_id):
        made = api.create_discussion(repo_id, title="Which licence?", description="The card **says** nothing.")
        comment = api.comment_discussion(repo_id, made.num, comment="Anybody?")
        edited = api.edit_discussion_comment(repo_id, made.num, comment.id, new_content="Anybody *there*?")
        renamed = api.rename_discussion(repo_id, made.num, new_title="Which licence is it?")
        return [made.num, made.status, made.is_pull_request, comment.content, comment.id, edited.content, edited.edited,
                edited.rendered, edited.number_of_edits, edited.edit_history[0]["raw"], edited.last_edited_by,
                renamed.old_title, renamed.new_title]

    made = machine.hub2(bob).call(ask, repo_id=repo.id)
    comment = made.pop(4)
    assert made == [1, "open", False, "Anybody?", "Anybody *there*?", True, "<p>Anybody <em>there</em>?</p>\n", 1, "Anybody?",
                    "bob", "Which licence?", "Which licence is it?"]

    def answer(repo_id, comment):
        hidden = api.hide_discussion_comment(repo_id, 1, comment)
        closed = api.change_discussion_status(repo_id, 1, new_status="closed", comment="It is MIT.")
        details = api.get_discussion_details(repo_id, 1)
        return [hidden.hidden, closed.new_status, details.status, details.title, details.conflicting_files, details.diff,
                [[event.type, event.author, getattr(event, "content", None)] for event in details.events]]

    assert machine.hub2(alice).call(answer, repo_id=repo.id, comment=comment) == [
        True, "closed", "closed", "Which licence is it?", None, None,
        [["comment", "bob", "The card **says** nothing."], ["comment", "bob", "This comment has been hidden"],
         ["title-change", "bob", None], ["comment", "alice", "It is MIT."], ["status-change", "alice", None]]]


def test_lists_are_narrowed_and_go_over_pages(machine, alice, bob, repo):
    def fill(repo_id):
        for number in range(55):
            api.create_discussion(repo_id, title=f"Question {number}")
        api.create_pull_request(repo_id, title="A draft")
        api.change_discussion_status(repo_id, 3, new_status="closed")

    machine.hub2(bob).call(fill, repo_id=repo.id)

    def look(repo_id):
        def numbers(**how):
            return [item.num for item in api.get_repo_discussions(repo_id, **how)]
        return [numbers(), numbers(discussion_type="pull_request"), numbers(discussion_status="closed"),
                numbers(author="alice"), len(numbers(author="bob", discussion_status="open", discussion_type="discussion"))]

    everything, proposals, closed, by_alice, rest = machine.hub2().call(look, repo_id=repo.id)
    assert everything == list(range(56, 0, -1))
    assert (proposals, closed, by_alice, rest) == ([56], [3], [], 54)


def test_a_draft_is_filled_published_and_merged(machine, other_machine, alice, bob, repo, web):
    def propose(repo_id):
        made = api.create_pull_request(repo_id, title="Add weights", description="Small ones.")
        api.upload_file(path_or_fileobj=b"new", path_in_repo="config.json", repo_id=repo_id, revision=made.git_reference,
                        commit_message="Add a configuration")
        return [made.num, made.status, made.git_reference, made.target_branch]

    assert machine.hub2(bob).call(propose, repo_id=repo.id) == [1, "draft", "refs/pr/1", "refs/heads/main"]

    def merge(repo_id):
        api.merge_pull_request(repo_id, 1, comment="Thank you")

    assert "draft" in machine.hub2(alice).fails(merge, repo_id=repo.id).text

    def publish(repo_id):
        api.change_discussion_status(repo_id, 1, new_status="open")
        details = api.get_discussion_details(repo_id, 1)
        return [details.status, details.conflicting_files, details.diff]

    status, conflicts, diff = machine.hub2(bob).call(publish, repo_id=repo.id)
    assert (status, conflicts) == ("open", []) and "+++ b/config.json" in diff and "+new" in diff
    assert machine.hub2(bob).fails(merge, repo_id=repo.id).status == 403
    machine.hub2(alice).call(merge, repo_id=repo.id)

    def look(repo_id):
        details = api.get_discussion_details(repo_id, 1)
        newest = api.list_repo_commits(repo_id)[0]
        return [details.status, details.merge_commit_oid == newest.commit_id == api.model_info(repo_id).sha, newest.title,
                newest.authors, [event.type for event in details.events], "+new" in details.diff]

    assert machine.hub2().call(look, repo_id=repo.id) == [
        "merged", True, "Add weights (#1)", ["bob"],
        ["comment", "commit", "status-change", "comment", "status-change"], True]
    assert web.get(repo.file("config.json")).body == b"new"


def test_conflicts_are_shown_and_refused(machine, alice, bob, repo):
    def put(repo_id, text, create_pr):
        api.upload_file(path_or_fileobj=text.encode(), path_in_repo="a.txt", repo_id=repo_id, create_pr=create_pr)

    machine.hub2(alice).call(put, repo_id=repo.id, text="one", create_pr=False)
    machine.hub2(bob).call(put, repo_id=repo.id, text="two", create_pr=True)
    machine.hub2(alice).call(put, repo_id=repo.id, text="three", create_pr=False)

    def conflicts(repo_id):
        return api.get_discussion_details(repo_id, 1).conflicting_files

    def merge(repo_id):
        api.merge_pull_request(repo_id, 1)

    assert machine.hub2().call(conflicts, repo_id=repo.id) == ["a.txt"]
    failure = machine.hub2(alice).fails(merge, repo_id=repo.id)
    assert failure.status == 409 and "a.txt" in failure.text


def test_a_folder_with_large_files_proposed_by_the_library_is_merged_and_loads(machine, other_machine, alice, bob, repo, tmp_path):
    source = content.small_model(tmp_path / "model")

    def propose(repo_id, folder):
        made = api.upload_folder(repo_id=repo_id, folder_path=folder, create_pr=True, commit_message="A model")
        again = api.create_commit(repo_id, [hub.CommitOperationAdd("notes.md", b"# Notes")], commit_message="Notes",
                                  create_pr=True, commit_description="Some")
        return [made.pr_num, again.pr_num, again.pr_revision]

    assert machine.hub2(bob).call(propose, repo_id=repo.id, folder=str(source)) == [1, 2, "refs/pr/2"]

    def load(repo_id, folder):
        hub.snapshot_download(repo_id, revision="refs/pr/1", local_dir=folder)

    other_machine.hub2().call(load, repo_id=repo.id, folder=str(tmp_path / "proposed"))
    assert content.tree(tmp_path / "proposed") == content.tree(source)

    def merge(repo_id):
        api.change_discussion_status(repo_id, 1, "open")  # the library opens it as a draft and then adds to it
        api.merge_pull_request(repo_id, 1)
        api.merge_pull_request(repo_id, 2)

    machine.hub2(alice).call(merge, repo_id=repo.id)
    other_machine.hub2().hf("download", repo.id, "--local-dir", tmp_path / "merged")
    merged = content.tree(tmp_path / "merged")
    assert merged.pop("notes.md") and merged == content.tree(source)


def test_a_proposal_can_be_squashed_by_its_author(machine, alice, bob, server, repo):
    def work(repo_id):
        made = api.create_pull_request(repo_id, title="Many steps")
        for number in range(3):
            api.upload_file(path_or_fileobj=f"{number}".encode(), path_in_repo="n.txt", repo_id=repo_id, revision=made.git_reference)
        api.super_squash_history(repo_id, branch=made.git_reference, commit_message="One step")
        api.change_discussion_status(repo_id, made.num, new_status="open")
        return [commit.title for commit in api.list_repo_commits(repo_id, revision=made.git_reference)]

    assert machine.hub2(bob).call(work, repo_id=repo.id) == ["One step"]

    def merge(repo_id):
        api.merge_pull_request(repo_id, 1)
        return sorted(api.list_repo_files(repo_id))

    assert machine.hub2(alice).call(merge, repo_id=repo.id) == [".gitattributes", "n.txt"]


def test_where_discussions_are_disabled_the_reason_is_told(machine, alice, bob, repo, server):
    answer = server.web.ask("PUT", f"{repo.api}/settings", token=alice.token, as_json={"discussionsDisabled": True})
    assert answer.status == 200, answer.text

    def ask(repo_id):
        api.create_discussion(repo_id, title="Hello?")

    def propose(repo_id):
        api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=repo_id, create_pr=True)

    for attempt in (ask, propose):
        failure = machine.hub2(bob).fails(attempt, repo_id=repo.id)
        assert failure.status == 403 and "disabled" in failure.text


def test_what_is_not_built_is_named(machine, alice):
    def collect():
        api.create_collection(title="Mine", namespace="alice")

    failure = machine.hub2(alice).fails(collect)
    assert failure.status == 501 and "Collections are not part of this server" in failure.text


def test_large_files_are_copied_between_repositories_and_listed(machine, other_machine, alice, bob, repo, new_repo, tmp_path):
    source = content.small_model(tmp_path / "model")
    machine.hub2(alice).hf("upload", repo.id, source, ".", "--quiet")
    copy = new_repo(owner="bob", person=bob)

    def work(source_id, repo_id):
        files = [item for item in api.list_repo_tree(source_id, recursive=True) if getattr(item, "lfs", None)]
        api.create_commit(repo_id, commit_message="Copy", operations=[
            hub.CommitOperationCopy(src_path_in_repo=item.path, path_in_repo=item.path, src_repo_id=source_id,
                                    src_repo_type="model") for item in files])
        listed = {item.filename: item.size for item in api.list_lfs_files(repo_id)}
        return [{item.path: item.size for item in files}, listed]

    there, here = machine.hub2(bob).call(work, source_id=repo.id, repo_id=copy.id)
    assert there == here and there
    other_machine.hub2().hf("download", copy.id, "--local-dir", tmp_path / "copy")
    copied = content.tree(tmp_path / "copy")
    assert {path: copied[path] for path in there} == {path: digest for path, digest in content.tree(source).items() if path in there}


def test_likes_and_tags_are_read_by_the_client(machine, alice, repo, server):
    assert server.web.post(f"{repo.api}/like", token=alice.token).status == 200

    def look(repo_id):
        likes = api.list_liked_repos("alice")
        tags = api.get_model_tags()
        return [repo_id in likes.models, "text-generation" in [tag["id"] for tag in tags["pipeline_tag"]]]

    assert machine.hub2().call(look, repo_id=repo.id) == [True, True]
