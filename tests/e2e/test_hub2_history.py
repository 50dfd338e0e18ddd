# SPDX-License-Identifier: Apache-2.0
"""Branches, tags, commits, refs and deletions by today's Python client."""

import json


def test_branches_come_and_go_and_start_anywhere(machine, alice, repo):
    def work(repo_id):
        start = api.model_info(repo_id).sha
        api.upload_file(path_or_fileobj=b"1", path_in_repo="one.txt", repo_id=repo_id)
        api.create_branch(repo_id, branch="from-head")
        api.create_branch(repo_id, branch="from-commit", revision=start)
        api.create_branch(repo_id, branch="from-short", revision=start[:8])
        api.create_branch(repo_id, branch="with/slash", revision="from-commit")
        api.create_branch(repo_id, branch="with/slash", exist_ok=True)
        api.upload_file(path_or_fileobj=b"2", path_in_repo="two.txt", repo_id=repo_id, revision="with/slash")
        api.delete_branch(repo_id, branch="from-short")
        found = {branch.name: branch.target_commit for branch in api.list_repo_refs(repo_id).branches}
        return [start, found, api.list_repo_files(repo_id, revision="with/slash"), api.list_repo_files(repo_id)]

    start, branches, on_slash, on_main = machine.hub2(alice).call(work, repo_id=repo.id)
    assert set(branches) == {"main", "from-head", "from-commit", "with/slash"}
    assert branches["from-commit"] == start and branches["from-head"] == branches["main"] != start
    assert set(on_slash) == {".gitattributes", "two.txt"} and set(on_main) == {".gitattributes", "one.txt"}


def test_a_branch_that_exists_starts_nowhere_or_is_the_default_is_refused(machine, alice, repo):
    def wrong(repo_id):
        api.create_branch(repo_id, branch="here")
        found = []
        for attempt in (lambda: api.create_branch(repo_id, branch="here"),
                        lambda: api.create_branch(repo_id, branch="there", revision="nowhere"),
                        lambda: api.create_branch(repo_id, branch="refs/heads/x"),
                        lambda: api.delete_branch(repo_id, branch="nowhere"),
                        lambda: api.delete_branch(repo_id, branch="main")):
            try:
                attempt()
                found.append("accepted")
            except hub.errors.HfHubHTTPError as error:
                found.append([type(error).__name__, error.response.status_code])
        return found

    exists, nowhere, reserved, unknown, default = machine.hub2(alice).call(wrong, repo_id=repo.id)
    assert exists[1] == 409 and nowhere == ["RevisionNotFoundError", 404] and reserved[1] == 400
    assert unknown == ["RevisionNotFoundError", 404] and default[1] in (400, 403)


def test_tags_light_and_annotated(machine, alice, repo):
    client = machine.hub2(alice)
    client.hf("repos", "tag", "create", repo.id, "light")

    def work(repo_id):
        api.create_tag(repo_id, tag="v1.0", tag_message="First release", revision="main")
        api.create_tag(repo_id, tag="v1.0", exist_ok=True)
        api.create_tag(repo_id, tag="gone")
        api.delete_tag(repo_id, tag="gone")
        refs = api.list_repo_refs(repo_id)
        return [{tag.name: tag.target_commit for tag in refs.tags}, refs.branches[0].target_commit,
                sorted(tag.ref for tag in refs.tags), api.model_info(repo_id, revision="v1.0").sha]

    tags, head, refs, resolved = client.call(work, repo_id=repo.id)
    assert tags == {"light": head, "v1.0": head} and refs == ["refs/tags/light", "refs/tags/v1.0"] and resolved == head
    assert "v1.0" in client.hf("repos", "tag", "list", repo.id).stdout


def test_commits_are_listed_newest_first_with_their_authors_over_many_pages(machine, alice, repo):
    def work(repo_id):
        for number in range(60):
            api.upload_file(path_or_fileobj=f"{number}".encode(), path_in_repo="count.txt", repo_id=repo_id,
                            commit_message=f"Count {number}", commit_description=f"Body {number}")
        commits = api.list_repo_commits(repo_id)
        shown = api.list_repo_commits(repo_id, formatted=True)
        return [[commit.title for commit in commits], commits[0].authors, commits[0].message,
                commits[-1].title, len({commit.commit_id for commit in commits}), shown[0].formatted_title]

    titles, authors, message, first, different, formatted = machine.hub2(alice).call(work, repo_id=repo.id)
    assert titles == [f"Count {number}" for number in reversed(range(60))] + [first]
    assert authors == ["alice"] and message == "Body 59" and different == 61 and formatted == "Count 59"
    assert first == "initial commit"


def test_the_tree_tells_the_last_commit_of_each_entry(machine, alice, repo):
    def work(repo_id):
        for path in ("a/one.txt", "a/two.txt", "b.txt"):
            api.upload_file(path_or_fileobj=path.encode(), path_in_repo=path, repo_id=repo_id, commit_message=f"Add {path}")
        tree = {item.path: item.last_commit.title for item in api.list_repo_tree(repo_id, recursive=True, expand=True)}
        info = {item.path: item.last_commit.title for item in api.get_paths_info(repo_id, ["a", "b.txt", "none"], expand=True)}
        return [tree, info, [item.path for item in api.list_repo_tree(repo_id, "a")]]

    tree, info, below = machine.hub2(alice).call(work, repo_id=repo.id)
    assert tree == {".gitattributes": "initial commit", "a": "Add a/two.txt", "a/one.txt": "Add a/one.txt",
                    "a/two.txt": "Add a/two.txt", "b.txt": "Add b.txt"}
    assert info == {"a": "Add a/two.txt", "b.txt": "Add b.txt"} and below == ["a/one.txt", "a/two.txt"]


def test_files_and_folders_are_deleted_by_name_and_by_pattern(machine, alice, repo):
    client = machine.hub2(alice)

    def fill(repo_id):
        from huggingface_hub import CommitOperationAdd
        api.create_commit(repo_id, commit_message="fill", operations=[
            CommitOperationAdd(path, path.encode()) for path in ("a.txt", "b.txt", "logs/1.log", "logs/2.log", "deep/er/x.bin")])
        api.delete_file("a.txt", repo_id)
        api.delete_folder("deep", repo_id)
        return sorted(api.list_repo_files(repo_id))

    assert client.call(fill, repo_id=repo.id) == [".gitattributes", "b.txt", "logs/1.log", "logs/2.log"]
    said = json.loads(client.hf("repos", "delete-files", repo.id, "*.log", "--json").stdout)
    assert f"/{repo.id}/commit/" in said["commit_url"]
    assert {entry["path"] for entry in repo.server.web.get(f"{repo.api}/tree/main").json()} == {".gitattributes", "b.txt"}

    def again(repo_id):
        api.delete_file("a.txt", repo_id)

    failure = client.fails(again, repo_id=repo.id)
    assert "EntryNotFoundError" in failure.kinds and "A file with this name doesn't exist" in failure.text


def test_a_branch_can_be_squashed_and_old_commits_stay_readable(machine, alice, repo):
    def work(repo_id):
        for number in range(3):
            last = api.upload_file(path_or_fileobj=f"{number}".encode(), path_in_repo="n.txt", repo_id=repo_id).oid
        api.create_tag(repo_id, tag="before", revision=last)
        api.super_squash_history(repo_id, branch="main", commit_message="One commit")
        commits = api.list_repo_commits(repo_id)
        return [[commit.title for commit in commits], api.list_repo_files(repo_id), len(api.list_repo_commits(repo_id, revision="before"))]

    titles, files, before = machine.hub2(alice).call(work, repo_id=repo.id)
    assert titles == ["One commit"] and set(files) == {".gitattributes", "n.txt"} and before == 4
