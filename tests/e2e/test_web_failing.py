# SPDX-License-Identifier: Apache-2.0
"""The hub is gone, answers with a failure, or stands behind a proxy that has lost it: the page says so in the reader's
language, and what the reader asked for comes as soon as it can."""

import pytest
from harness.chromium import Desk
from harness.server import Server
from harness.web import commit_body, file_line
from harness.words import words
from playwright.sync_api import expect


@pytest.fixture
def own_server(tmp_path):
    """A server that a test may stop, and start again at the same address."""
    server = Server(tmp_path / "own").start()
    server.listen = server.address.removeprefix("http://")
    try:
        yield server
    finally:
        assert server.stop() == 0


def filled(server) -> str:
    alice = server.new_person("alice", admin=True)
    web = server.web
    assert web.post("/api/repos/create", token=alice.token, as_json={"name": "m", "type": "model"}).status == 200
    body = commit_body("Add the card", file_line("README.md", b"# Card\n"), file_line("docs/a.txt", b"a\n"))
    assert web.post("/api/models/alice/m/commit/main", token=alice.token, body=body, headers={"Content-Type": "application/x-ndjson"}).status == 200
    return "/alice/m"


def told(page, word, title: str):
    alert = page.get_by_role("alert")
    expect(alert.get_by_role("heading", level=1)).to_have_text(word(title))
    return alert


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("visited", [True, False], ids=["a page seen before", "a page never seen"])
def test_a_hub_that_is_gone_is_named_and_the_page_comes_when_it_is_back(chromium, own_server, language, visited):
    """A page that was never seen needs its code too: what could not be loaded once has to be asked for again."""
    word, home = words(language), filled(own_server)
    desk = Desk.at(chromium, own_server, language=language)
    page = desk.open(f"{home}/tree/main")
    if visited:
        desk.link(word("history")).click()
        page.wait_for_url("**/commits/main")
        desk.settled()
        page.go_back()
        page.wait_for_url("**/tree/main")
        desk.settled()
    assert own_server.stop() == 0
    desk.link(word("history")).click()
    alert = told(page, word, "error_title_offline")
    expect(alert).to_contain_text(word("error.no_connection"))
    assert page.url.endswith("/commits/main")
    again = alert.get_by_role("button", name=word("try_again"))
    with page.expect_event("requestfailed"):
        again.click()
    told(page, word, "error_title_offline")
    own_server.start()
    again.click()
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(desk.settled().get_by_role("link", name="Add the card")).to_be_visible()
    # With what it looks like, not its words alone.
    assert page.locator("main .page").first.evaluate("(page) => getComputedStyle(page).maxInlineSize") != "none"
    desk.leave()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize(("status", "kind", "body", "key"), [
    (500, "application/json", '{"error": "told by the hub", "reason": "internal"}', "error.internal"),
    (503, "application/json", '{"error": "told by the hub", "reason": "unavailable"}', "error.unavailable"),
    (502, "text/html", "<html><head><title>502 Bad Gateway</title></head><body><h1>nginx</h1></body></html>", "error.unavailable"),
    (500, "text/plain", "", "error.internal"),
], ids=["its own failure", "too busy", "a proxy alone", "nothing"])
def test_a_failure_is_told_in_the_readers_words_and_tried_again(new_desk, alice, web, repo, language, status, kind, body, key):
    word = words(language)
    desk = new_desk(language=language)
    page = desk.open(repo.page)
    page.route("**/api/**", lambda route: route.fulfill(status=status, content_type=kind, body=body))
    page.locator(f"main a[href$='{repo.page}/tree/main']").first.click()
    alert = told(page, word, "error_title_failed")
    expect(alert).to_contain_text(word(key))
    assert "nginx" not in alert.inner_text() and "told by the hub" not in alert.inner_text()
    page.unroute("**/api/**")
    alert.get_by_role("button", name=word("try_again")).click()
    expect(page.get_by_role("link", name=".gitattributes", exact=True)).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_form_keeps_what_was_typed_while_the_hub_is_gone(chromium, own_server):
    home, word = filled(own_server), words("en")
    desk = Desk.at(chromium, own_server)
    desk.sign_in(own_server.administrator)
    page = desk.open(f"{home}/discussions/new")
    page.get_by_label("Title").fill("A question")
    page.locator("main textarea").fill("Typed before the hub went away")
    assert own_server.stop() == 0
    desk.button("Start the discussion").click()
    expect(page.get_by_text(word("error.no_connection"))).to_be_visible()
    assert page.locator("main textarea").input_value() == "Typed before the hub went away"
    own_server.start()
    desk.button("Start the discussion").click()
    page.wait_for_url("**/discussions/1")
    expect(page.locator("article").first).to_contain_text("Typed before the hub went away")
    desk.leave()
