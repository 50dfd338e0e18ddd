# SPDX-License-Identifier: Apache-2.0
"""The community in the browser: discussions from the first word to the last, pull requests read and merged."""

import pytest
from harness.web import commit_body, file_line
from playwright.sync_api import expect


@pytest.fixture
def propose(web, alice, bob, repo):
    """bob's pull request that puts a file; gives its number."""

    def make(path: str, octets: bytes, title: str = "A better file", by=bob, pull_request: bool = True) -> int:
        answer = web.post(f"{repo.api}/commit/main" + ("?create_pr=1" if pull_request else ""), token=by.token,
                          body=commit_body(title, file_line(path, octets)), headers={"Content-Type": "application/x-ndjson"})
        assert answer.status == 200, answer.text
        return int(answer.json()["pullRequestUrl"].rsplit("/", 1)[1]) if pull_request else 0

    return make


def test_a_discussion_is_begun_answered_edited_and_closed(new_desk, alice, bob, web, repo):
    desk = new_desk()
    desk.sign_in(bob)
    page = desk.open(f"{repo.page}/discussions")
    expect(page.get_by_role("heading", name="Nothing is open")).to_be_visible()
    desk.link("New discussion").click()
    desk.button("Start the discussion").click()
    expect(page.get_by_text("Say in a few words what it is about.")).to_be_visible()
    page.get_by_label("Title").fill("How was it <b>trained</b>?")
    page.locator("main textarea").fill("Tell **me**, @ali")
    page.get_by_role("option", name="alice").wait_for()
    page.keyboard.press("Enter")
    assert page.locator("main textarea").input_value() == "Tell **me**, @alice "
    desk.button("Preview").click()
    assert page.locator(".shown strong").text_content() == "me"
    desk.button("Start the discussion").click()
    page.wait_for_url("**/discussions/1")
    expect(page.get_by_role("heading", name="How was it <b>trained</b>?")).to_be_visible()
    assert desk.link("@alice").get_attribute("href").endswith("/alice")

    page.locator("#reply textarea").fill("And when?")
    page.locator("#reply").get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("article").nth(1)).to_contain_text("And when?")
    page.locator("article").nth(1).get_by_role("button", name="More about this comment").click()
    page.get_by_role("button", name="Edit", exact=True).click()
    page.locator("article textarea").fill("And **where**?")
    desk.button("Save").click()
    expect(page.locator("article").nth(1).locator("strong")).to_have_text("where")

    other = new_desk()
    other.sign_in(alice)
    page = other.open(f"{repo.page}/discussions/1")
    page.locator("article").nth(1).get_by_role("button", name="More about this comment").click()
    page.get_by_role("button", name="Hide", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Hide").click()
    expect(page.get_by_text("This comment has been hidden.")).to_be_visible()
    other.button("Manage").click()
    other.button("Pin to the top of the list").click()
    expect(page.get_by_text("Pinned").first).to_be_visible()
    page.locator("#reply textarea").fill("Here it is.")
    other.button("Comment and close").click()
    expect(page.get_by_text("closed this")).to_be_visible()
    events = web.get(f"{repo.api}/discussions/1").json()
    assert events["status"] == "closed" and events["pinned"]
    assert [event["type"] for event in events["events"]] == ["comment", "comment", "pinning-change", "comment", "status-change"]
    other.open(f"{repo.page}/discussions?status=closed&search=TRAINED")
    expect(other.link("How was it <b>trained</b>?")).to_be_visible()


def test_what_was_typed_outlives_a_lost_session(new_desk, bob, web, repo):
    web.post(f"{repo.api}/discussions", token=bob.token, as_json={"title": "A question"})
    desk = new_desk()
    desk.sign_in(bob)
    page = desk.open(f"{repo.page}/discussions/1")
    page.locator("#reply textarea").fill("A long answer")
    desk.context.clear_cookies()
    page.locator("#reply").get_by_role("button", name="Comment", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=password]").fill(bob.password)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("A long answer").first).to_be_visible()
    assert "A long answer" in web.get(f"{repo.api}/discussions/1").text


@pytest.mark.parametrize("language,files,merge,confirm,done", [
    ("en", "Files changed", "Merge", "Merge now", "Merged into main."),
    ("ar", "الملفات المتغيّرة", "دمج", "ادمج الآن", "دُمج في main."),
])
def test_a_pull_request_is_read_and_merged(new_desk, alice, web, repo, propose, language, files, merge, confirm, done):
    assert web.post(f"{repo.api}/commit/main", token=alice.token, body=commit_body("Begin", file_line("a.txt", b"old words here\n")),
                    headers={"Content-Type": "application/x-ndjson"}).status == 200
    number = propose("a.txt", b"new words here\n")
    desk = new_desk(language=language)
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/discussions/{number}")
    desk.link(files).click()
    expect(page.locator("mark")).to_have_text(["old", "new"])
    page = desk.open(f"{repo.page}/discussions/{number}")
    page.get_by_role("button", name=merge, exact=True).click()
    page.get_by_role("button", name=confirm, exact=True).click()
    expect(page.get_by_text(done.replace("main", "\u2068main\u2069")).first).to_be_visible()
    assert web.get(repo.file("a.txt")).body == b"new words here\n"


def test_conflicts_are_named_and_not_merged(desk, alice, repo, propose):
    number = propose("a.txt", b"bob's\n")
    propose("a.txt", b"alice's\n", by=alice, pull_request=False)
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/discussions/{number}")
    expect(page.get_by_text("One file conflicts")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="a.txt")).to_be_visible()
    assert page.get_by_role("button", name="Merge", exact=True).count() == 0
    assert f"git fetch origin refs/pr/{number}:pr/{number}" in page.locator("main").text_content()


def test_a_draft_is_published_once_it_has_changes(desk, bob, web, repo, propose):
    desk.sign_in(bob)
    page = desk.open(f"{repo.page}/discussions/new")
    page.get_by_role("radio").nth(1).check()
    page.get_by_label("Title").fill("My change")
    desk.button("Create the pull request").click()
    page.wait_for_url("**/discussions/1")
    expect(page.get_by_text("It has no changes yet")).to_be_visible()
    expect(desk.button("Ready: publish it")).to_be_disabled()
    answer = web.post(f"{repo.api}/commit/refs%2Fpr%2F1", token=bob.token, body=commit_body("Fill it", file_line("b.txt", b"b\n")),
                      headers={"Content-Type": "application/x-ndjson"})
    assert answer.status == 200, answer.text
    page.reload()
    desk.settled()
    desk.button("Ready: publish it").click()
    expect(page.get_by_text("It merges cleanly into")).to_be_visible()
    assert web.get(f"{repo.api}/discussions/1").json()["status"] == "open"


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pages_fit_and_axe_finds_nothing_serious(new_desk, alice, web, repo, propose, language, size):
    number = propose("a.txt", b"text\n", title="A proposal with a fairly long title, so that it has to be broken on a phone")
    web.post(f"{repo.api}/discussions", token=alice.token, as_json={"title": "سؤال", "description": "كيف؟ `code` @bob"})
    desk = new_desk(language=language, size=size, theme="dark" if size == "phone" else "light")
    desk.sign_in(alice)
    for path in ("", f"/{number}", f"/{number}/files", f"/{number}/commits", f"/{number + 1}", "/new"):
        desk.open(f"{repo.page}/discussions{path}")
        assert desk.overflow() <= 0, path
        assert desk.faults_for_all() == [], path
