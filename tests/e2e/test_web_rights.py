# SPDX-License-Identifier: Apache-2.0
"""Pages offer what the hub allows, neither less nor more: a contributor runs what they made in an organization, whoever
may only read proposes, and every file and folder gets another name without being uploaded again."""

import re

import pytest
from harness import content
from harness.web import commit_body, file_line
from harness.words import words
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def carol(world):
    """A contributor of acme, which is alice's."""
    person = world.server.new_person("carol")
    world.server.add_member("acme", "carol", "contributor")
    return person


@pytest.fixture
def put(web, alice):
    """Commits files to a repository of alice's or acme's."""

    def make(repo, *files: tuple[str, bytes]) -> None:
        answer = web.post(f"{repo.api}/commit/main", token=alice.token, headers={"Content-Type": "application/x-ndjson"},
                          body=commit_body("Add files", *(file_line(path, octets) for path, octets in files)))
        assert answer.status == 200, answer.text

    return make


def more(desk, word, choice: str) -> None:
    """Chooses from the menu of a file or a folder."""
    desk.page.locator("main").get_by_role("button", name=word("more_actions"), exact=True).click()
    desk.page.locator(".sheet").get_by_role("link", name=word(choice), exact=True).click()


def type_text(page, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("ControlOrMeta+End")
    page.keyboard.type(text)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_contributor_runs_the_repository_they_made(new_desk, new_repo, carol, web, language):
    word, repo = words(language), new_repo(person=carol)
    desk = new_desk(language=language)
    desk.sign_in(carol)
    page = desk.open(repo.page)
    expect(page.get_by_text(word("first_steps_text"))).to_be_visible()
    desk.link(word("first_steps_card")).click()
    page.get_by_role("button", name=word("edit_as_text")).click()
    type_text(page, "Made by carol.")
    expect(page.get_by_text(word("write_only_pr"))).to_have_count(0)
    page.get_by_role("button", name=word("write_commit"), exact=True).click()
    page.wait_for_url(f"**{repo.page}")
    expect(page.locator("article").get_by_text("Made by carol.")).to_be_visible()
    assert web.get(repo.file("README.md")).text.rstrip("\n") == "Made by carol."
    expect(desk.link(word("edit_card"))).to_be_visible()

    page.get_by_role("link", name=word("settings"), exact=True).click()
    page.wait_for_url(f"**{repo.page}/settings")
    expect(desk.settled().get_by_role("heading", name=word("settings")).or_(page.locator("main form")).first).to_be_visible()
    assert desk.faults_for_all() == []


def test_in_what_others_made_a_contributor_proposes(desk, repo, carol, put):
    put(repo, ("README.md", b"# Of alice\n"))
    desk.sign_in(carol)
    page = desk.open(repo.page)
    expect(page.get_by_role("link", name="Settings", exact=True)).to_have_count(0)
    desk.link("Edit the card").click()
    expect(page.get_by_text("You cannot write to this repository")).to_be_visible()
    expect(page.get_by_role("radio")).to_have_count(1)


def test_whoever_may_only_read_proposes_and_goes_on_with_it(desk, bob, web, repo, put):
    put(repo, ("README.md", b"# Of alice\n"), ("notes.txt", b"old\n"), ("rest.txt", b"rest\n"))
    desk.sign_in(bob)
    # The menu of a file of one line hangs out of its box: it was cut off there, and Delete out of reach.
    page, word = desk.open(f"{repo.page}/blob/main/rest.txt"), words("en")
    more(desk, word, "delete_file")
    desk.button("Open a pull request").click()
    page.wait_for_url(f"**{repo.page}/discussions/1")
    assert web.get(repo.file("rest.txt")).status == 200
    assert web.get(repo.file("rest.txt", "refs%2Fpr%2F1")).status == 404

    page = desk.open(f"{repo.page}/blob/refs%2Fpr%2F1/notes.txt")
    more(desk, word, "edit_file")
    type_text(page, "new\n")
    page.get_by_role("button", name="Commit", exact=True).click()
    page.wait_for_url(f"**{repo.page}/blob/refs%2Fpr%2F1/notes.txt")
    assert web.get(repo.file("notes.txt", "refs%2Fpr%2F1")).text == "old\nnew\n"
    assert web.get(repo.file("notes.txt")).text == "old\n"
    assert len([event for event in web.get(f"{repo.api}/discussions/1").json()["events"] if event["type"] == "commit"]) == 2


def test_a_visitor_is_offered_nothing_that_changes_files(desk, repo, put):
    put(repo, ("README.md", b"# Of alice\n"), ("docs/notes.txt", b"old\n"))
    page = desk.open(f"{repo.page}/blob/main/docs/notes.txt")
    page.locator("main").get_by_role("button", name="More", exact=True).click()
    expect(desk.link("Open the raw file").or_(page.locator(".sheet a")).first).to_be_visible()
    for address in ("/edit/", "/delete/"):
        expect(page.locator(f"a[href*='{address}']")).to_have_count(0)
    desk.open(f"{repo.page}/tree/main/docs")
    expect(desk.link("notes.txt").first).to_be_visible()
    for address in ("/edit/", "/delete/", "/upload/", "/new/"):
        expect(page.locator(f"main a[href*='{address}']")).to_have_count(0)
    expect(page.locator("main").get_by_role("button", name="More", exact=True)).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_large_files_and_folders_are_renamed_and_folders_deleted(new_desk, alice, web, repo, put, language):
    word, large = words(language), content.random_bytes(11 * content.MIB)
    put(repo, ("w.bin", large), ("old/a.txt", b"a\n"), ("old/deep/w.bin", large), ("old/deep/b.txt", b"b\n"), ("kept.txt", b"k\n"))
    desk = new_desk(language=language)
    desk.sign_in(alice)

    page = desk.open(f"{repo.page}/blob/main/w.bin")
    more(desk, word, "rename")
    expect(page.get_by_text(word("edit_unfit_large"))).to_be_visible()
    page.get_by_label(word("edit_path"), exact=True).fill("weights/model.bin")
    page.get_by_role("button", name=word("write_commit"), exact=True).click()
    page.wait_for_url(f"**{repo.page}/blob/main/weights/model.bin")
    assert web.get(repo.file("weights/model.bin")).body == large
    assert web.get(repo.file("w.bin")).status == 404

    page = desk.open(f"{repo.page}/tree/main/old")
    more(desk, word, "rename_folder")
    expect(page.get_by_role("heading", name=word("rename_folder"))).to_be_visible()
    field = page.get_by_label(word("edit_path"), exact=True)
    field.fill("weights")
    page.get_by_role("button", name=word("write_commit"), exact=True).click()
    expect(page.get_by_text(word("edit_exists"))).to_be_visible()
    field.fill("new/place")
    assert desk.faults_for_all() == [] and desk.overflow() == 0
    page.get_by_role("button", name=word("write_commit"), exact=True).click()
    page.wait_for_url(f"**{repo.page}/tree/main/new/place")
    listed = web.get(f"{repo.api}/tree/main?recursive=true").json()
    assert sorted(entry["path"] for entry in listed if entry["type"] == "file") == sorted(
        [".gitattributes", "kept.txt", "weights/model.bin", "new/place/a.txt", "new/place/deep/w.bin", "new/place/deep/b.txt"])
    assert web.get(repo.file("new/place/deep/w.bin")).body == large
    assert web.get(repo.file("new/place/deep/b.txt")).body == b"b\n"

    desk.open(f"{repo.page}/tree/main/new")
    more(desk, word, "delete_folder")
    desk.button(word("delete_action")).click()
    page.wait_for_url(re.compile(f"{repo.page}/tree/main$"))
    assert {entry["path"] for entry in web.get(f"{repo.api}/tree/main").json()} == {".gitattributes", "kept.txt", "weights"}


def test_what_others_put_into_a_folder_meanwhile_stays(desk, alice, web, repo, put):
    put(repo, ("old/a.txt", b"a\n"))
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/edit/main/old")
    put(repo, ("old/a.txt", b"better\n"), ("old/b.txt", b"b\n"))
    page.get_by_label("Path", exact=True).fill("new")
    page.get_by_role("button", name="Commit", exact=True).click()
    expect(page.get_by_text("Somebody has committed meanwhile")).to_be_visible()
    desk.button("Put mine on top").click()
    page.wait_for_url(f"**{repo.page}/tree/main/new")
    assert web.get(repo.file("new/a.txt")).text == "better\n"
    assert web.get(repo.file("old/b.txt")).text == "b\n"
    assert web.get(repo.file("old/a.txt")).status == 404


def test_a_folder_of_too_many_files_says_so(desk, alice, repo, put):
    put(repo, *((f"many/{number}.txt", b"%d" % number) for number in range(1001)))
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/edit/main/many")
    expect(page.get_by_text("This folder holds more files than can be moved here at once (1,000).")).to_be_visible()
    page.get_by_label("Path", exact=True).fill("few")
    expect(page.get_by_role("button", name="Commit", exact=True)).to_be_disabled()
