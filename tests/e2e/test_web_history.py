# SPDX-License-Identifier: Apache-2.0
"""History in the browser: commits, what they changed, who wrote which line, two revisions beside each other, branches."""

import os
import re

import pytest
from harness.web import commit_body, deleted_line, file_line
from harness.words import words
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


@pytest.fixture
def arabic_change(web, alice, repo):
    """A commit that changes code with Arabic in it, and Arabic text; gives its page and its repository's."""

    def commit(title, *lines):
        answer = web.post(f"{repo.api}/commit/main", token=alice.token, body=commit_body(title, *lines), headers={"Content-Type": "application/x-ndjson"})
        assert answer.status == 200, answer.text
        return answer.json()["commitOid"]

    commit("البداية", file_line("train.py", b"def train(steps):\n    rate = 0.1\n    return steps\n"), file_line("شرح.md", "أهلًا بكم\nهذا السطر باقٍ\n".encode()))
    changed = commit("خفض معدل التعلّم", file_line("train.py", 'def train(steps):\n    rate = 0.01  # أبطأ\n    return steps\n'.encode()),
                     file_line("شرح.md", "مرحبًا بكم\nهذا السطر باقٍ\n".encode()))
    return f"{repo.page}/commits/main", f"{repo.page}/commit/{changed}"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_diff_is_read_in_arabic(new_desk, arabic_change, size):
    history, changed = arabic_change
    word = words("ar")
    desk = new_desk(language="ar", size=size)
    page = desk.open(history)
    assert page.evaluate("document.documentElement.dir") == "rtl"
    desk.link("خفض معدل التعلّم").click()
    page.wait_for_url(f"**{changed}")
    expect(page.get_by_role("heading", name="خفض معدل التعلّم")).to_be_visible()
    code = page.get_by_role("region", name=word("diff_of").replace("{path}", "train.py")).last
    prose = page.get_by_role("region", name=word("diff_of").replace("{path}", "شرح.md")).last

    def box(locator):
        return locator.evaluate("(one) => { const { left, right, top } = one.getBoundingClientRect(); return { left, right, top }; }")

    def first_letter(locator):
        """Where the first letter of a cell's words stands, past the spaces before it."""
        return locator.evaluate("""(words) => {
            const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
            for (let node = walker.nextNode(); node; node = walker.nextNode()) {
                const at = node.data.search(/\\S/);
                if (at < 0) continue;
                const range = document.createRange();
                range.setStart(node, at);
                range.setEnd(node, at + 1);
                const { left, right } = range.getBoundingClientRect();
                return { left, right };
            }
        }""")

    # The page goes from right to left: the file's name stands at the right of its head, what folds it too.
    head = page.locator("section header").first
    assert box(head.locator(".path"))["left"] > box(head.locator(".counts"))["left"]

    desk.button(word("diff_inline")).click()
    gone, added = code.locator("tr.gone"), code.locator("tr.added")
    expect(gone.locator(".words")).to_have_text("    rate = 0.1")
    expect(added.locator(".words")).to_have_text("    rate = 0.01  # أبطأ")
    expect(code.locator("tr.gone mark")).to_have_text("1")
    assert box(gone)["top"] < box(added)["top"]
    for row in (gone, added):
        numbers, cell = row.locator(".line").all(), row.locator(".text")
        # Numbers, sign and code from left to right, and the indent before the code.
        assert box(numbers[0])["left"] < box(numbers[1])["left"] < box(row.locator(".sign"))["left"] < first_letter(row.locator(".words"))["left"]
        assert first_letter(row.locator(".words"))["left"] < (box(cell)["left"] + box(cell)["right"]) / 2
    # A line of Arabic reads from the right, its sign stays in the column of signs.
    line = prose.locator("tr.added")
    expect(line.locator(".words")).to_have_text("مرحبًا بكم")
    words_box = line.locator(".words").evaluate("""(words) => {
        const range = document.createRange();
        range.selectNodeContents(words);
        const { left, right } = range.getBoundingClientRect();
        return { left, right };
    }""")
    assert first_letter(line.locator(".words"))["right"] >= words_box["right"] - 2
    assert box(line.locator(".sign"))["left"] < words_box["left"]

    desk.button(word("diff_split")).click()
    row = code.locator("table.split tbody tr:not(.hunk)").nth(1)
    cells = row.locator("td.text")
    expect(cells.nth(0)).to_contain_text("rate = 0.1")
    expect(cells.nth(1)).to_contain_text("rate = 0.01  # أبطأ")
    # What was before is at the left, as the signs and numbers say.
    assert box(cells.nth(0))["right"] <= box(cells.nth(1))["left"]
    assert all(first_letter(cell.locator(".words"))["left"] < (box(cell)["left"] + box(cell)["right"]) / 2 for cell in cells.all())
    assert desk.overflow() <= 0
    assert desk.faults_for_all() == []
    page.reload()
    expect(desk.settled().locator("table.split").first).to_be_visible()
