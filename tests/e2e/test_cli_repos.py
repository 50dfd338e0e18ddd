# SPDX-License-Identifier: Apache-2.0
"""`mirfa repo`, `search` and `discussion` against the real hub."""

import json

import pytest

from harness.content import write_text


def told(done):
    return json.loads(done.stdout)


@pytest.fixture
def run(machine, alice):
    def go(*words, person=alice, **more):
        return machine.mirfa(*words, person=person, **more)
    return go


def test_a_repository_is_created_changed_moved_and_deleted(run, web, alice):
    made = told(run("repo", "create", "acme/life", "--type", "dataset", "--private", "--json"))
    assert made["url"].endswith("/datasets/acme/life")
    assert web.get("/api/datasets/acme/life", token=alice.token).json()["private"] is True
    assert run("repo", "create", "datasets/acme/life", check=False).returncode == 5
    assert run("repo", "create", "datasets/acme/life", "--exist-ok").returncode == 0
    run("repo", "settings", "datasets/acme/life", "--public", "--gated", "manual")
    info = web.get("/api/datasets/acme/life").json()
    assert (info["private"], info["gated"]) == (False, "manual")
    run("repo", "move", "datasets/acme/life", "acme/afterlife")
    assert web.get("/api/datasets/acme/afterlife").status == 200
    unasked = run("repo", "delete", "datasets/acme/afterlife", check=False)
    assert unasked.returncode == 1 and "--yes" in unasked.stderr
    run("repo", "delete", "datasets/acme/afterlife", "--yes")
    assert run("repo", "delete", "datasets/acme/afterlife", "--yes", check=False).returncode == 3
    assert run("repo", "delete", "datasets/acme/afterlife", "--yes", "--missing-ok").returncode == 0


def test_branches_and_tags_come_and_go(run, repo):
    run("repo", "branch", "create", repo.id, "feature/x")
    assert run("repo", "branch", "create", repo.id, "feature/x", check=False).returncode == 5
    run("repo", "branch", "create", repo.id, "feature/x", "--exist-ok")
    assert sorted(b["name"] for b in told(run("repo", "branch", "list", repo.id, "--json"))) == ["feature/x", "main"]
    run("repo", "tag", "create", repo.id, "v1.0", "--revision", "feature/x", "--message", "first")
    tags = told(run("repo", "tag", "list", repo.id, "--json"))
    assert [t["name"] for t in tags] == ["v1.0"] and len(tags[0]["commit"]) == 40
    run("repo", "tag", "delete", repo.id, "v1.0")
    run("repo", "branch", "delete", repo.id, "feature/x")
    assert run("repo", "branch", "delete", repo.id, "feature/x", check=False).returncode == 3


def test_search_finds_by_name_owner_and_tag_and_hides_what_is_private(run, new_repo, machine, alice, bob, tmp_path):
    seen, hidden = new_repo(), new_repo(private=True)
    write_text(tmp_path / "README.md", "---\nlicense: mit\ntags:\n- harbour\n---\n")
    run("upload", seen.id, tmp_path / "README.md")
    word = "search-finds-by-name"
    assert [r["id"] for r in told(run("search", word, "--json", person=bob))] == [seen.id]
    assert {r["id"] for r in told(run("search", word, "--author", "acme", "--json"))} == {seen.id, hidden.id}
    assert [r["id"] for r in told(run("search", "--tag", "harbour", "--json", person=bob))] == [seen.id]
    assert told(run("search", word, "--author", "bob", "--json")) == []
    assert len(told(run("search", "--limit", "1", "--json"))) == 1


def test_a_discussion_is_opened_commented_closed_and_opened_again(run, repo, alice, bob):
    number = told(run("discussion", "create", repo.id, "--title", "A question", "--text", "Why?", "--json", person=bob))["number"]
    run("discussion", "comment", repo.id, number, "Because.")
    shown = told(run("discussion", "show", repo.id, number, "--json"))
    assert (shown["title"], shown["author"], shown["comments"]) == ("A question", "bob", ["Why?", "Because."])
    run("discussion", "close", repo.id, number, "--comment", "Answered")
    assert told(run("discussion", "list", repo.id, "--json")) == []
    assert [d["status"] for d in told(run("discussion", "list", repo.id, "--status", "closed", "--json"))] == ["closed"]
    run("discussion", "reopen", repo.id, number)
    assert [d["number"] for d in told(run("discussion", "list", repo.id, "--json"))] == [str(number)]
    assert run("discussion", "show", repo.id, 999, check=False).returncode == 3


def test_usage_mistakes_and_a_hub_that_is_not_named_are_told(machine):
    assert machine.mirfa("repo", "create", check=False).returncode == 2
    assert machine.mirfa("nothing", check=False).returncode == 2
    nameless = machine.mirfa("search", "x", check=False, HF_ENDPOINT="")
    assert nameless.returncode == 2 and "HF_ENDPOINT" in nameless.stderr
    assert machine.mirfa("search", "x", check=False, HF_ENDPOINT="http://127.0.0.1:9", HF_HUB_OFFLINE="1").returncode == 6


def test_a_draft_is_made_filled_shown_with_what_it_changes_and_told_from_discussions(run, machine, repo, alice, tmp_path):
    draft = told(run("discussion", "create", repo.id, "--title", "A better note", "--pull-request", "--json"))["number"]
    talk = told(run("discussion", "create", repo.id, "--title", "Only a question", "--json"))["number"]
    (tmp_path / "note.txt").write_text("a better note\n")
    machine.mirfa("upload", repo.id, tmp_path / "note.txt", "note.txt", "--revision", f"refs/pr/{draft}", person=alice)
    run("discussion", "reopen", repo.id, draft)
    listed = {kind: [one["number"] for one in told(run("discussion", "list", repo.id, "--kind", kind, "--json"))]
              for kind in ("pull_request", "discussion", "all")}
    assert listed == {"pull_request": [str(draft)], "discussion": [str(talk)], "all": [str(talk), str(draft)]}
    assert "+a better note" in run("discussion", "show", repo.id, draft, "--diff").stdout
