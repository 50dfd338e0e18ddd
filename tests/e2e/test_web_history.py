# SPDX-License-Identifier: Apache-2.0
"""History in the browser: commits, what they changed, who wrote which line, two revisions beside each other, branches."""

import os
import re

import pytest
from harness.web import commit_body, deleted_line, file_line
from playwright.sync_api import expect

TRAIN = "".join(f"line {n}\n" for n in range(1, 30))


@pytest.fixture(scope="module")
def told(world):
    """A model with a history that every test of this file reads; gives its commits, oldest first."""
    web, alice, api = world.server.web, world.alice, "/api/models/acme/told"
    assert web.post("/api/repos/create", token=alice.token, as_json={"name": "told", "organization": "acme", "type": "model"}).status == 200

    def commit(title, *lines, revision="main"):
        answer = web.post(f"{api}/commit/{revision}", token=alice.token, body=commit_body(title, *lines),
                          headers={"Content-Type": "application/x-ndjson"})
        assert answer.status == 200, answer.text
        return answer.json()["commitOid"]

    made = [commit("Begin", file_line("train.txt", TRAIN.encode()), file_line("شرح.md", "أهلًا\n".encode())),
            commit("Change a word", file_line("train.txt", TRAIN.replace("line 7\n", "line seven\n").encode())),
            commit("Move it", file_line("src/train.txt", TRAIN.replace("line 7\n", "line seven\n").encode()), deleted_line("train.txt"))]
    assert web.post(f"{api}/branch/dev", token=alice.token, as_json={"startingPoint": "main"}).status == 200
    commit("On dev only", file_line("dev.txt", b"dev\n"), revision="dev")
    return made


@pytest.mark.parametrize("path", ["/commits/main", "/commits/main/src/train.txt", "/commit/main", "/blame/main/src/train.txt",
                                  "/branches", "/discussions", "/discussions?status=all&sort=oldest", "/discussions/new"])
def test_a_page_asks_the_api_for_nothing_more_than_it_brought(desk, told, path):
    desk.open(f"/acme/told{path}")
    assert desk.asked == []
    expect(desk.page.get_by_text("told").first).to_be_visible()


def test_a_reader_follows_the_history_to_a_word(desk, told):
    page = desk.open("/acme/told/tree/main")
    desk.link("History").click()
    page.wait_for_url("**/commits/main")
    desk.link("Change a word").click()
    page.wait_for_url(f"**/commit/{told[1]}")
    expect(page.get_by_role("heading", name="Change a word")).to_be_visible()
    expect(page.locator("mark")).to_have_text(["7", "seven"])
    desk.button("Side by side").click()
    expect(page.locator("table.split tbody tr:not(.hunk)").first.locator("td")).to_have_count(4)
    page.reload()
    expect(desk.settled().locator("table.split").first).to_be_visible()


def test_large_files_show_their_size_and_never_their_pointers(desk, machine, alice, repo, tmp_path):
    for size in (20_000_000, 30_000_000):
        (tmp_path / "model.safetensors").write_bytes(os.urandom(size))
        machine.hub2(alice).hf("upload", repo.id, tmp_path / "model.safetensors", "model.safetensors", "--quiet")
    page = desk.open(f"{repo.page}/commit/main")
    expect(page.get_by_text("20 MB")).to_be_visible()
    expect(page.get_by_text("30 MB")).to_be_visible()
    assert "git-lfs" not in page.locator("main").text_content()


def test_each_line_leads_to_its_commit(desk, told):
    page = desk.open("/acme/told/blame/main/src/train.txt")
    expect(page.locator("tr#L7").get_by_role("link", name="Change a word")).to_be_visible()
    expect(page.locator("tr#L1").get_by_role("link", name="Begin")).to_be_visible()
    page.locator("tr#L7 .before").click()
    page.wait_for_url(f"**/blame/{told[0]}/train.txt")
    expect(page.locator("tr#L7")).to_contain_text("line 7")


@pytest.mark.parametrize("way", ["button", "key"])
def test_a_permalink_shows_the_same_text_whatever_is_committed_later(desk, new_desk, alice, web, repo, way):
    def commit(text: str) -> str:
        answer = web.post(f"{repo.api}/commit/main", token=alice.token, body=commit_body(f"Write {text}", file_line("docs/a b.txt", f"one\n{text}\n".encode())),
                          headers={"Content-Type": "application/x-ndjson"})
        assert answer.status == 200, answer.text
        return answer.json()["commitOid"]

    first = commit("old words")
    page = desk.open(f"{repo.page}/blob/main/docs/a%20b.txt#L2")
    if way == "button":
        desk.button("Permalink").click()
        expect(page.get_by_text("The link to this version has been copied.")).to_be_visible()
        address = page.evaluate("navigator.clipboard.readText()")
    else:
        page.locator("main").press("y")
        page.wait_for_url(f"**/blob/{first}/**")
        address = page.url
    assert address == f"{desk.server.url}{repo.page}/blob/{first}/docs/a%20b.txt#L2"
    commit("new words")
    page = new_desk().open(address.removeprefix(desk.server.url))
    expect(page.locator(".line.marked")).to_have_text("old words")
    page = new_desk().open(f"{repo.page}/blob/main/docs/a%20b.txt#L2")
    expect(page.locator(".line.marked")).to_have_text("new words")


def test_two_revisions_are_compared_by_choosing_them(desk, told):
    page = desk.open("/acme/told/compare/main...main")
    page.get_by_label("Revision: main. Choose another").nth(1).click()
    page.locator(".sheet").get_by_role("link", name="dev", exact=True).click()
    page.wait_for_url(re.compile(r"compare/main\.\.\.dev"))
    expect(page.get_by_text("1 file changed")).to_be_visible()
    expect(desk.link("dev.txt")).to_be_visible()


def test_branches_and_tags_are_made_and_deleted(desk, alice, web, repo):
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/branches")
    dialog = page.get_by_role("dialog")
    name = dialog.get_by_role("textbox", name="Name")
    create = dialog.get_by_role("button", name="Create")

    def refs(kind):
        return sorted(ref["name"] for ref in web.get(f"{repo.api}/refs").json()[kind])

    desk.button("New branch").click()
    name.fill("bad name~")
    create.click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert name.input_value() == "bad name~"
    name.fill("feature/x")
    create.click()
    expect(page.get_by_role("link", name="feature/x", exact=True)).to_be_visible()
    assert refs("branches") == ["feature/x", "main"]
    desk.button("New tag").click()
    name.fill("v1")
    dialog.get_by_role("textbox", name="Message (optional)").fill("First")
    create.click()
    expect(page.get_by_role("link", name="v1", exact=True)).to_be_visible()
    desk.button("Delete feature/x").click()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog).to_have_count(0)
    assert (refs("branches"), refs("tags")) == (["main"], ["v1"])


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pages_fit_and_axe_finds_nothing_serious(new_desk, told, language, size):
    desk = new_desk(language=language, size=size, theme="dark" if size == "phone" else "light")
    for path in ("/commits/main", f"/commit/{told[1]}", "/compare/main...dev", "/blame/main/src/train.txt", "/branches"):
        desk.open(f"/acme/told{path}")
        assert desk.overflow() <= 0, path
        assert desk.faults_for_all() == [], path
