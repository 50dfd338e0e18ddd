# SPDX-License-Identifier: Apache-2.0
"""A folder of very many files in the browser: what is in the page stays small however far a reader goes."""

import pytest
from playwright.sync_api import expect

ENTRIES = 10_000
IN_THE_PAGE = 150  # rows; those in sight and some around


@pytest.fixture(scope="module")
def crowd(world, tmp_path_factory):
    """A folder of many files, brought by one push."""
    from harness.clients import Machine

    alice, folder = world.alice, tmp_path_factory.mktemp("crowd")
    machine = Machine(folder / "home", world.server)
    assert world.server.web.post("/api/repos/create", token=alice.token, as_json={"name": "crowd", "organization": "acme", "type": "dataset"}).status == 200
    git, bare = machine.git(alice), folder / "bare"
    git("init", "-q", "--bare", "-b", "main", bare)
    lines = ["commit refs/heads/main", "committer alice <alice@example.test> 1700000000 +0000", "data 4", "Many"]
    for number in range(ENTRIES):
        text = f"{number}\n"
        lines += [f"M 100644 inline data/entry-{number:05}.txt", f"data {len(text)}", text]
    git("fast-import", "--quiet", cwd=bare, text="\n".join(lines) + "\n")
    git("push", "--force", f"{world.server.url}/datasets/acme/crowd", "main:main", cwd=bare)
    return "/datasets/acme/crowd/tree/main/data"


@pytest.mark.parametrize(("language", "size"), [("en", "desktop"), ("ar", "phone")])
def test_a_reader_scrolls_to_the_end_of_a_large_folder(new_desk, crowd, language, size):
    desk = new_desk(language=language, size=size)
    page = desk.open(crowd)
    rows = "document.querySelectorAll('main tbody tr').length"
    most, last = 0, f"entry-{ENTRIES - 1:05}.txt"
    shown = page.get_by_role("link", name=last, exact=True)
    for _ in range(ENTRIES):
        most = max(most, page.evaluate(rows))
        if shown.count():
            break
        height = page.evaluate("document.documentElement.scrollHeight")
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        # Either more has been loaded, and the page is longer, or this was the end.
        page.wait_for_function("""([height, last]) => document.documentElement.scrollHeight > height
            || [...document.querySelectorAll('a.open')].some((link) => link.textContent === last)""", arg=[height, last])
    expect(shown).to_be_visible()
    assert page.evaluate("document.querySelector('main table').ariaRowCount ?? document.querySelector('main table').getAttribute('aria-rowcount')") == str(ENTRIES)
    assert 20 < most <= IN_THE_PAGE
    # Back in one go to the middle and the beginning: the rows that stand there are drawn, the others are gone.
    for share, around in ((0.5, ENTRIES // 2), (0, 0)):
        page.evaluate("(share) => scrollTo(0, document.documentElement.scrollHeight * share)", share)
        page.wait_for_function("""(around) => [...document.querySelectorAll('a.open')].some((link) => {
            const { top, bottom } = link.getBoundingClientRect();
            return top < innerHeight && bottom > 0 && Math.abs(Number(link.textContent.slice(6, 11)) - around) < 100;
        })""", arg=around)
        assert page.evaluate(rows) <= IN_THE_PAGE
    assert desk.overflow() <= 0
    shown = page.get_by_role("link", name="entry-00001.txt", exact=True)
    shown.click()
    page.wait_for_url("**/blob/main/data/entry-00001.txt")
    expect(desk.settled().locator("main").get_by_text("1", exact=True).first).to_be_visible()
