# SPDX-License-Identifier: Apache-2.0
"""Files changed in place: edited, renamed, deleted, proposed; what is typed outlives a reload, a lost session and somebody
else's commit, and that commit is never overwritten unseen. What the browser made is read by git and huggingface_hub."""

import re
import time

import pytest
from harness import content
from harness.web import commit, deleted_line, file_line
from playwright.sync_api import Page, expect

DRAFTS = "Object.entries(sessionStorage).filter(([key]) => key.startsWith('mirfa-draft:')).map(([key, draft]) => draft)"


@pytest.fixture
def put(web, repo, alice):
    """alice's commit past the page: put(**{"a.txt": b"text"}); gives its hash."""

    def make(summary: str = "Somebody was quicker", revision: str = "main", **files: bytes) -> str:
        return commit(web, repo, alice, summary, *(file_line(path, octets) for path, octets in files.items()), revision=revision)

    return make


def type_at_end(page: Page, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def kept(page: Page, text: str) -> None:
    """Waits until what was typed would outlive the page."""
    deadline = time.monotonic() + 20
    while not any(text in draft for draft in page.evaluate(DRAFTS)):
        assert time.monotonic() < deadline, "it was never kept"
        page.wait_for_timeout(20)


def begin(desk, alice, repo) -> Page:
    """The editor of a.txt with "mine" at its end, kept and not committed."""
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/edit/main/a.txt")
    page.on("dialog", lambda dialog: dialog.accept())
    type_at_end(page, "mine")
    kept(page, "mine")
    return page


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def sign_in_again(page: Page, person) -> None:
    dialog = page.get_by_role("dialog", name="Sign in again")
    dialog.locator("input[name=password]").fill(person.password)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)


def lose_session(desk) -> None:
    desk.context.clear_cookies()


def test_a_text_is_edited_where_it_lies(desk, machine, other_machine, alice, repo, put):
    put(**{"notes/plan.txt": "خطة\r\ntwo".encode()})
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/blob/main/notes/plan.txt")
    press(page, "More")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.wait_for_url("**/edit/main/notes/plan.txt")
    desk.settled()
    expect(page.get_by_role("button", name="Commit", exact=True)).to_be_disabled()
    type_at_end(page, " and\nthree")
    page.get_by_label("Commit message").fill("Say three")
    page.get_by_label("Description").fill("It was missing.")
    press(page, "Commit")
    page.wait_for_url("**/blob/main/notes/plan.txt")
    expect(page.get_by_text("three", exact=True)).to_be_visible()
    expect(desk.link("Say three")).to_be_visible()

    other_machine.hub2(alice).hf("download", repo.id, "notes/plan.txt", "--local-dir", other_machine.home / "got")
    assert (other_machine.home / "got/notes/plan.txt").read_bytes() == "خطة\r\ntwo and\r\nthree".encode()
    git = machine.git(alice)
    clone = git.clone(repo.git)
    assert (clone / "notes/plan.txt").read_bytes() == "خطة\r\ntwo and\r\nthree".encode()
    assert git.line("log", "-1", "--format=%an|%B", cwd=clone) == "alice|Say three\n\nIt was missing."


def test_a_file_is_renamed_and_no_other_is_overwritten_by_it(desk, machine, alice, repo, put):
    put("Begin", **{"old.txt": b"the text\n", "taken.txt": b"another\n"})
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/edit/main/old.txt")
    path = page.get_by_label("Path", exact=True)
    path.fill("taken.txt")
    press(page, "Commit")
    expect(path).to_have_accessible_description(re.compile("There is something of this name already."))
    path.fill("docs/new.txt")
    press(page, "Commit")
    page.wait_for_url("**/blob/main/docs/new.txt")
    git = machine.git(alice)
    clone = git.clone(repo.git)
    assert content.tree(clone).keys() == {"docs/new.txt", "taken.txt"}
    assert (clone / "docs/new.txt").read_bytes() == b"the text\n" and (clone / "taken.txt").read_bytes() == b"another\n"
    assert git.line("log", "--follow", "--format=%s", "--", "docs/new.txt", cwd=clone) == "Rename old.txt to new.txt\nBegin"


def test_a_file_is_deleted_and_stays_in_the_history(desk, machine, alice, repo, put):
    before = put("Begin", **{"docs/a.txt": b"a\n", "docs/b.txt": b"b\n"})
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/blob/main/docs/a.txt")
    press(page, "More")
    page.get_by_role("link", name="Delete", exact=True).click()
    page.wait_for_url("**/delete/main/docs/a.txt")
    page.get_by_label("Commit message").fill("No more a")
    press(page, "Delete and commit")
    page.wait_for_url("**/tree/main/docs")
    expect(page.get_by_text("a.txt is deleted.")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name="a.txt", exact=True)).to_have_count(0)

    def look(repo_id, before):
        return [sorted(api.list_repo_files(repo_id)), sorted(api.list_repo_files(repo_id, revision=before)),
                [one.title for one in api.list_repo_commits(repo_id)][:2]]

    assert machine.hub2(alice).call(look, repo_id=repo.id, before=before) == [
        [".gitattributes", "docs/b.txt"], [".gitattributes", "docs/a.txt", "docs/b.txt"], ["No more a", "Begin"]]


def test_the_last_file_of_a_folder_takes_the_folder_along(desk, alice, repo, put):
    """The page that follows is that of the nearest folder which is still there."""
    put("Begin", **{"docs/deep/only.txt": b"a\n", "b.txt": b"b\n"})
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/delete/main/docs/deep/only.txt")
    press(page, "Delete and commit")
    page.wait_for_url("**/tree/main")
    expect(page.locator("main").get_by_role("link", name="b.txt", exact=True)).to_be_visible()


def test_a_draft_comes_back_and_what_was_committed_meanwhile_is_not_lost(desk, web, alice, repo, put):
    """The draft stands on the commit that it was begun on, however often the page is loaded again."""
    put("Begin", **{"a.txt": b"first\n"})
    page = begin(desk, alice, repo)
    page.reload()
    desk.settled()
    restored = page.get_by_role("status").filter(has_text="What you had not committed has been brought back.")
    expect(restored).to_be_visible()
    expect(restored).not_to_contain_text("moved on")
    expect(page.locator(".cm-content")).to_contain_text("mine")

    put(**{"a.txt": b"theirs\n"})
    for more in (" too", " indeed"):
        page.reload()
        desk.settled()
        expect(restored).to_contain_text("The branch has moved on since then.")
        type_at_end(page, more)
        kept(page, more)
    press(page, "Commit")
    conflict = page.get_by_role("alert").filter(has_text="Somebody has committed meanwhile")
    expect(conflict).to_contain_text("The same file has been changed.")
    assert web.get(repo.file("a.txt")).body == b"theirs\n"
    press(page, "Put mine on top")
    page.wait_for_url("**/blob/main/a.txt")
    assert web.get(repo.file("a.txt")).body == b"first\nmine too indeed"
    assert page.evaluate(DRAFTS) == []


def test_a_draft_is_thrown_away_when_it_is_not_wanted(desk, web, alice, repo, put):
    put("Begin", **{"a.txt": b"first\n"})
    page = begin(desk, alice, repo)
    put(**{"b.txt": b"theirs\n"})
    page.reload()
    desk.settled()
    press(page, "Discard it")
    expect(page.locator(".cm-content")).not_to_contain_text("mine")
    expect(page.get_by_role("button", name="Commit", exact=True)).to_be_disabled()
    type_at_end(page, "second\n")
    press(page, "Commit")
    page.wait_for_url("**/blob/main/a.txt")  # what is written now stands on what is there now
    assert web.get(repo.file("a.txt")).body == b"first\nsecond\n"


@pytest.mark.parametrize("path,says", [("a.txt", "The same file has been changed. Yours would replace it."),
                                       ("b.txt", "Other files than yours were changed.")], ids=["same-file", "another-file"])
def test_somebody_elses_commit_is_shown_and_not_overwritten(desk, machine, web, alice, repo, put, path, says):
    put("Begin", **{"a.txt": b"first\n", "b.txt": b"first\n"})
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/edit/main/a.txt")
    type_at_end(page, "mine\n")
    theirs = put(**{path: b"theirs\n"})
    conflict = page.get_by_role("alert").filter(has_text="Somebody has committed meanwhile")
    for answer in ("Go back to my changes", "Put mine on top"):
        press(page, "Commit")
        expect(conflict).to_contain_text(says)
        expect(conflict.get_by_role("link", name="Somebody was quicker")).to_have_attribute("href", re.compile(theirs))
        assert desk.faults_for_all() == []
        assert web.get(repo.file(path)).body == b"theirs\n" and b"mine" not in web.get(repo.file("a.txt")).body
        press(page, answer)
        expect(conflict).to_have_count(0)
        if answer == "Go back to my changes":
            expect(page.locator(".cm-content")).to_contain_text("mine")
    page.wait_for_url("**/blob/main/a.txt")
    clone = machine.git(alice).clone(repo.git)
    assert (clone / "a.txt").read_bytes() == b"first\nmine\n"
    assert (clone / "b.txt").read_bytes() == (b"theirs\n" if path == "b.txt" else b"first\n")
    assert machine.git(alice).line("rev-parse", "HEAD~1", cwd=clone) == theirs


def test_a_page_that_stood_on_a_commit_that_is_gone_still_shows_what_is_there(desk, machine, web, alice, repo, put):
    """A forced push took the commit away while the page was open."""
    put("Begin", **{"a.txt": b"first\n"})
    git = machine.git(alice)
    clone = git.clone(repo.git)
    put("To be taken back", **{"a.txt": b"second\n"})
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/edit/main/a.txt")
    type_at_end(page, "mine\n")
    content.write_text(clone / "b.txt", "pushed\n")
    git.commit(clone, "Another way")
    git("push", "--force", "origin", "main", cwd=clone)
    press(page, "Commit")
    conflict = page.get_by_role("alert").filter(has_text="Somebody has committed meanwhile")
    expect(conflict.get_by_role("link", name="Another way")).to_be_visible()
    press(page, "Put mine on top")
    page.wait_for_url("**/blob/main/a.txt")
    assert web.get(repo.file("a.txt")).body == b"second\nmine\n" and web.get(repo.file("b.txt")).body == b"pushed\n"


@pytest.mark.parametrize("private", [False, True], ids=["public", "private"])
@pytest.mark.parametrize("page_of,path", [("edit/main/a.txt", "a.txt"), ("new/main", "b.txt")], ids=["edited", "new"])
def test_a_lost_session_is_asked_for_in_the_editor(desk, web, alice, new_repo, private, page_of, path):
    """Of a private repository, who has lost the session is told that it is not there: that must not take the text along."""
    repo = new_repo(private=private)
    commit(web, repo, alice, "Begin", file_line("a.txt", b""))
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/{page_of}")
    page.get_by_label("Path").fill(path)
    type_at_end(page, "typed before the session ended")
    page.get_by_label("Commit message").fill("Typed too")
    lose_session(desk)
    press(page, "Commit")
    sign_in_again(page, alice)
    page.wait_for_url(f"**/blob/main/{path}")
    assert web.get(repo.file(path), token=alice.token).body == b"typed before the session ended"
    assert web.get(f"{repo.api}/commits/main", token=alice.token).json()[0]["title"] == "Typed too"


def test_a_lost_session_is_asked_for_where_a_repository_is_made(desk, web, alice):
    desk.sign_in(alice)
    page = desk.open("/new-dataset?owner=acme")
    expect(page.get_by_label("Owner", exact=True)).to_have_value("acme")
    page.get_by_label("Name", exact=True).fill("made-twice-signed-in")
    page.get_by_role("radio", name=re.compile("^Private")).check()
    licence = page.get_by_role("combobox", name="Licence", exact=True)
    licence.fill("odc-by")
    licence.press("Enter")
    lose_session(desk)
    press(page, "Create the dataset")
    sign_in_again(page, alice)
    page.wait_for_url("**/datasets/acme/made-twice-signed-in")
    told = web.get("/api/datasets/acme/made-twice-signed-in", token=alice.token).json()
    assert told["private"] and told["cardData"] == {"license": "odc-by"}


def test_who_may_not_write_proposes(desk, machine, alice, bob, repo, put):
    put("Begin", **{"a.txt": b"first\n"})
    desk.sign_in(bob)
    page = desk.open(f"{repo.page}/edit/main/a.txt")
    expect(page.get_by_text("you can propose the change to its owner")).to_be_visible()
    type_at_end(page, "bob's\n")
    page.get_by_label("Commit message").fill("A line of mine")
    page.get_by_label("Description").fill("Because **so**.")
    press(page, "Open a pull request")
    page.wait_for_url("**/discussions/1")
    expect(page.get_by_role("heading", name="A line of mine")).to_be_visible()
    expect(page.locator("article strong").filter(has_text="so")).to_be_visible()

    git = machine.git(alice)
    clone = git.clone(repo.git)
    assert (clone / "a.txt").read_bytes() == b"first\n"
    git("fetch", "origin", "refs/pr/1:pr/1", cwd=clone)
    git("checkout", "pr/1", cwd=clone)
    assert (clone / "a.txt").read_bytes() == b"first\nbob's\n"
    assert git.line("log", "-1", "--format=%an|%s", cwd=clone) == "bob|A line of mine"


def test_a_folder_is_uploaded_as_a_pull_request(desk, machine, other_machine, alice, repo, tmp_path):
    source = content.small_model(tmp_path / "mine/model")
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/upload/main")
    page.locator("input[webkitdirectory]").set_input_files(source)
    page.get_by_label("As a pull request").check()
    page.get_by_label("Commit message").fill("A whole model")
    press(page, "Open a pull request")
    page.wait_for_url("**/discussions/1", timeout=120_000)
    expect(page.get_by_text("It merges cleanly into")).to_be_visible()

    git = machine.git(alice)
    clone = git.clone(repo.git)
    assert content.tree(clone) == {}
    git("fetch", "origin", "refs/pr/1:pr/1", cwd=clone)
    git("checkout", "pr/1", cwd=clone)
    assert content.tree(clone) == content.tree(source.parent)
    other_machine.hub2().hf("download", repo.id, "--revision", "refs/pr/1", "--local-dir", tmp_path / "got")
    assert content.tree(tmp_path / "got") == content.tree(source.parent)


def test_a_file_is_deleted_by_a_pull_request(desk, machine, alice, bob, repo, put):
    put("Begin", **{"a.txt": b"first\n"})
    desk.sign_in(bob)
    page = desk.open(f"{repo.page}/delete/main/a.txt")
    press(page, "Open a pull request")
    page.wait_for_url("**/discussions/1")

    def look(repo_id):
        return [sorted(api.list_repo_files(repo_id, revision=revision)) for revision in ("main", "refs/pr/1")]

    assert machine.hub2(alice).call(look, repo_id=repo.id) == [[".gitattributes", "a.txt"], [".gitattributes"]]


def test_a_file_that_somebody_deleted_meanwhile_is_shown_as_such(desk, web, alice, repo, put):
    put("Begin", **{"a.txt": b"first\n"})
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/delete/main/a.txt")
    commit(web, repo, alice, "Gone already", deleted_line("a.txt"))
    press(page, "Delete and commit")
    conflict = page.get_by_role("alert").filter(has_text="Somebody has committed meanwhile")
    expect(conflict.get_by_role("link", name="Gone already")).to_be_visible()
    press(page, "Go back to my changes")
    expect(conflict).to_have_count(0)
