# SPDX-License-Identifier: Apache-2.0
"""The community in the browser, what only those who moderate do and what only a browser needs: titles, pins, quotes, earlier
versions, deleting; a pull request made, filled, published, merged and cleared away without any other client."""

import re

import pytest
from harness import content
from harness.web import commit, file_line
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def discussion(web, bob, repo):
    """bob's; gives its number."""

    def begin(title: str, text: str = "") -> int:
        answer = web.post(f"{repo.api}/discussions", token=bob.token, as_json={"title": title, "description": text})
        assert answer.status == 200, answer.text
        return answer.json()["num"]

    return begin


def status_of(web, repo, number: int) -> str:
    return web.get(f"{repo.api}/discussions/{number}").json()["status"]


def manage(page: Page, action: str) -> None:
    page.get_by_role("button", name="Manage").click()
    page.get_by_role("button", name=action, exact=True).click()


def act(page: Page, comment: Locator, action: str) -> None:
    comment.get_by_role("button", name="More about this comment").click()
    page.get_by_role("button", name=action, exact=True).click()


def reply(page: Page, text: str, button: str = "Comment") -> None:
    page.locator("#reply textarea").fill(text)
    page.locator("#reply").get_by_role("button", name=button, exact=True).click()
    expect(page.locator("#reply textarea")).to_have_value("")


def test_a_title_is_changed_by_its_author_and_by_who_may_write(new_desk, web, alice, bob, repo, discussion):
    number = discussion("How is it traned?")
    for person, title in ((bob, "How is it <i>trained</i>?"), (alice, "كيف دُرّب؟")):
        desk = new_desk()
        desk.sign_in(person)
        page = desk.open(f"{repo.page}/discussions/{number}")
        desk.button("Change the title").click()
        field = page.get_by_role("textbox", name="Title")
        field.fill(" ")
        desk.button("Save").click()
        expect(field).to_have_accessible_description("Say in a few words what it is about.")
        field.fill(title)
        desk.button("Save").click()
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.get_by_text("changed the title").last).to_be_visible()
    events = web.get(f"{repo.api}/discussions/{number}").json()["events"]
    assert [(event["author"]["name"], event["data"]["from"], event["data"]["to"]) for event in events[1:]] == [
        ("bob", "How is it traned?", "How is it <i>trained</i>?"), ("alice", "How is it <i>trained</i>?", "كيف دُرّب؟")]


def test_a_discussion_is_closed_and_opened_again(desk, web, bob, repo, discussion):
    number = discussion("A question")
    desk.sign_in(bob)
    page = desk.open(f"{repo.page}/discussions/{number}")
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_text("closed this")).to_be_visible()
    assert status_of(web, repo, number) == "closed"
    expect(desk.open(f"{repo.page}/discussions").get_by_role("link", name="A question")).to_have_count(0)
    desk.open(f"{repo.page}/discussions/{number}")
    reply(page, "Not yet.", "Comment and reopen")
    expect(page.get_by_text("opened this")).to_be_visible()
    assert status_of(web, repo, number) == "open"
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("button", name="Reopen", exact=True).click()
    expect(page.get_by_text("opened this")).to_have_count(2)
    events = web.get(f"{repo.api}/discussions/{number}").json()["events"]
    assert [event["data"].get("status", event["type"]) for event in events] == [
        "comment", "closed", "comment", "open", "closed", "open"]


def test_what_is_pinned_stands_first_until_it_is_unpinned(desk, web, alice, repo, discussion):
    first, second = discussion("The older one"), discussion("The newer one")
    desk.sign_in(alice)
    page = desk.page
    titles = page.locator("main").get_by_role("link", name=re.compile("^The (older|newer) one$"))

    def listed() -> list[str]:
        desk.open(f"{repo.page}/discussions")
        return titles.all_text_contents()

    assert listed() == ["The newer one", "The older one"]
    desk.open(f"{repo.page}/discussions/{first}")
    manage(page, "Pin to the top of the list")
    expect(page.get_by_text("pinned this", exact=False)).to_be_visible()
    assert listed() == ["The older one", "The newer one"]
    desk.open(f"{repo.page}/discussions/{first}")
    manage(page, "Unpin")
    expect(page.get_by_text("unpinned this")).to_be_visible()
    assert listed() == ["The newer one", "The older one"]
    assert not web.get(f"{repo.api}/discussions/{first}").json()["pinned"]


def test_a_comment_is_quoted_edited_hidden_and_its_earlier_words_are_kept(new_desk, web, alice, bob, repo, discussion):
    number = discussion("A question", "First line\nsecond line")
    hers = new_desk()
    hers.sign_in(alice)
    page = hers.open(f"{repo.page}/discussions/{number}")
    comments = page.locator("article")
    page.locator("#reply textarea").fill("Well:")
    act(page, comments.first, "Quote in reply")
    answer = page.locator("#reply textarea")
    expect(answer).to_be_focused()
    expect(answer).to_have_value("Well:\n\n> First line\n> second line\n\n")
    page.keyboard.press("Control+End")
    page.keyboard.type("Yes.")
    page.keyboard.press("Control+Enter")
    expect(comments).to_have_count(2)
    expect(comments.nth(1).locator("blockquote")).to_contain_text("First line")

    for words in ("Yes, I think.", "Yes, I **know**."):
        act(page, comments.nth(1), "Edit")
        comments.nth(1).locator("textarea").fill(words)
        hers.button("Save").click()
        expect(comments.nth(1).locator("textarea")).to_have_count(0)
    his = new_desk()
    his.sign_in(bob)
    page = his.open(f"{repo.page}/discussions/{number}")
    page.get_by_role("button", name="edited", exact=True).click()
    versions = page.get_by_role("dialog", name="Earlier versions").locator("pre")
    expect(versions).to_have_text(["Yes, I think.", "Well:\n\n> First line\n> second line\n\nYes."])
    page.keyboard.press("Escape")
    page.locator("article").nth(1).get_by_role("button", name="More about this comment").click()
    for action in ("Edit", "Hide"):  # it is alice's
        expect(page.get_by_role("button", name=action, exact=True)).to_have_count(0)
    page.keyboard.press("Escape")
    act(page, page.locator("article").first, "Hide")
    page.get_by_role("dialog").get_by_role("button", name="Hide").click()
    expect(page.get_by_text("This comment has been hidden.")).to_be_visible()
    told = web.get(f"{repo.api}/discussions/{number}").text
    assert "second line" not in told.replace("> second line", "") and '"hidden":true' in told


def test_a_discussion_is_deleted_for_good(new_desk, web, server, alice, bob, repo, discussion):
    number = discussion("Nonsense", "Buy this")
    server.add_member("acme", "bob", "write")
    try:
        his = new_desk()
        his.sign_in(bob)
        page = his.open(f"{repo.page}/discussions/{number}")
        page.get_by_role("button", name="Manage").click()
        expect(page.get_by_role("button", name="Pin to the top of the list")).to_be_visible()
        expect(page.get_by_role("button", name="Delete for good")).to_have_count(0)
    finally:
        server.remove_member("acme", "bob")
    desk = new_desk()
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/discussions/{number}")
    manage(page, "Delete for good")
    page.get_by_role("dialog", name=f"Delete #{number}?").get_by_role("button", name="Delete").click()
    page.wait_for_url(f"**{repo.page}/discussions")
    expect(page.get_by_text(f"#{number} was deleted.")).to_be_visible()
    expect(page.get_by_role("link", name="Nonsense")).to_have_count(0)
    assert web.get(f"{repo.api}/discussions/{number}", token=alice.token).status == 404
    expect(desk.open(f"{repo.page}/discussions/{number}").get_by_role("heading", name="Nothing is here")).to_be_visible()
    assert discussion("Another") == number + 1, "a number is not given twice"


def test_a_pull_request_is_made_filled_published_merged_and_cleared_away(new_desk, machine, other_machine, web, alice, bob, repo,
                                                                         tmp_path):
    """All of it in two people's browsers; git and hf only look at what they made."""
    commit(web, repo, alice, "Begin", file_line("README.md", b"# A model\n"))
    weights = content.write_random(tmp_path / "weights.bin", content.MIB)
    his = new_desk()
    his.sign_in(bob)
    page = his.open(f"{repo.page}/discussions")
    his.link("New discussion").click()
    page.get_by_role("radio", name=re.compile("^Pull request")).check()
    page.get_by_label("Title").fill("Better weights")
    page.locator("main textarea").fill("Trained **longer**.")
    his.button("Create the pull request").click()
    page.wait_for_url("**/discussions/1")
    expect(his.button("Ready: publish it")).to_be_disabled()
    page.get_by_text("Try it on your machine").click()
    his.link("Browse its files").click()
    page.wait_for_url("**/tree/refs%2Fpr%2F1")
    his.settled()
    his.button("Add file").click()
    his.link("Upload files").click()
    page.wait_for_url("**/upload/refs%2Fpr%2F1")
    page.locator("input[data-pick=files]").set_input_files(weights)
    his.button("Upload and commit").click()
    page.wait_for_url("**/tree/refs%2Fpr%2F1", timeout=60_000)
    his.settled()
    his.button("Add file").click()
    his.link("New text file").click()
    page.wait_for_url("**/new/refs%2Fpr%2F1")
    page.get_by_label("Path of the new file").fill("CHANGES.md")
    page.locator(".cm-content").click()
    page.keyboard.type("Trained longer.\n")
    page.get_by_role("button", name="Commit", exact=True).click()
    page.wait_for_url("**/blob/refs%2Fpr%2F1/CHANGES.md")

    page = his.open(f"{repo.page}/discussions/1")
    expect(page.get_by_text("added a commit")).to_have_count(2)
    his.button("Ready: publish it").click()
    expect(page.get_by_text("It merges cleanly into")).to_be_visible()
    expect(page.get_by_role("button", name="Merge", exact=True)).to_have_count(0)
    his.link(re.compile("^Commits")).click()
    expect(page.locator("main").get_by_role("link", name="Create CHANGES.md")).to_be_visible()
    his.link("Files changed").click()
    expect(page.get_by_text("Trained longer.", exact=True)).to_be_visible()
    git = machine.git(alice)
    clone = git.clone(repo.git)
    git("fetch", "origin", "refs/pr/1:pr/1", cwd=clone)
    git("checkout", "pr/1", cwd=clone)
    assert content.sha256(clone / "weights.bin") == content.sha256(weights)

    hers = new_desk()
    hers.sign_in(alice)
    page = hers.open(f"{repo.page}/discussions/1")
    page.get_by_role("button", name="Merge", exact=True).click()
    page.get_by_label("A comment to go with it (optional)").fill("Thank you.")
    page.get_by_role("button", name="Merge now", exact=True).click()
    expect(page.get_by_text("Merged into \u2068main\u2069.").first).to_be_visible()
    expect(page.locator("article").last).to_contain_text("Thank you.")
    manage(page, "Remove its commits")
    page.get_by_role("dialog", name="Remove its commits").get_by_role("button", name="Delete").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_text("Try it on your machine")).to_have_count(0)
    page.get_by_role("button", name="Manage").click()
    expect(page.get_by_role("button", name="Unpin")).to_have_count(0)
    expect(page.get_by_role("button", name="Remove its commits")).to_have_count(0)

    assert status_of(web, repo, 1) == "merged"
    assert git("fetch", "origin", "refs/pr/1", cwd=clone, check=False).returncode != 0
    other_machine.hub2().hf("download", repo.id, "--local-dir", tmp_path / "got")
    assert content.sha256(tmp_path / "got/weights.bin") == content.sha256(weights)
    assert (tmp_path / "got/CHANGES.md").read_bytes() == b"Trained longer.\n"
    page = hers.open(f"{repo.page}/discussions/1/files")
    expect(page.get_by_text("Trained longer.", exact=True)).to_be_visible()  # what was merged can still be read
