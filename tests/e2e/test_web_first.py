# SPDX-License-Identifier: Apache-2.0
"""The browser application as a visitor meets it: what a page brings along, languages, themes, addresses that lead nowhere."""

import re

import pytest
from harness.web import commit_body, file_line
from playwright.sync_api import expect

CARD = "---\nlicense: mit\nlanguage: [en, ar]\npipeline_tag: text-generation\nlibrary_name: transformers\n---\n# Tiny\n\nA **small** model.\n\n## Use\n\n```python\nprint(1)\n```\n\n## Data\n\nNone.\n"


@pytest.fixture(scope="module")
def tiny(world):
    """A public model that every test of this file looks at."""
    web, alice = world.server.web, world.alice
    assert web.post("/api/repos/create", token=alice.token, as_json={"name": "tiny", "organization": "acme", "type": "model"}).status == 200
    body = commit_body("Add the model", file_line("README.md", CARD.encode()), file_line("config.json", b"{}"),
                       file_line("docs/a b.md", b"text"))
    assert web.post("/api/models/acme/tiny/commit/main", token=alice.token, body=body,
                    headers={"Content-Type": "application/x-ndjson"}).status == 200
    return "/acme/tiny"


@pytest.mark.parametrize("path", ["/", "/models", "/acme", "/acme/tiny", "/acme/tiny/tree/main", "/acme/tiny/tree/main/docs"])
def test_a_page_asks_the_api_for_nothing_more_than_it_brought(desk, tiny, path):
    desk.open(path)
    assert desk.asked == []
    expect(desk.page.get_by_text("tiny").first).to_be_visible()


def test_the_first_page_is_light(desk, tiny):
    sizes = []
    desk.page.on("requestfinished", lambda request: sizes.append((request.url, request.sizes()["responseBodySize"])))
    desk.open("/")
    scripts = {url: size for url, size in sizes if url.endswith(".js")}
    assert scripts and sum(scripts.values()) < 150_000, scripts


def test_a_visitor_finds_a_model_and_reads_it(desk, tiny):
    page = desk.open("/")
    desk.link("All models").click()
    page.wait_for_url("**/models")
    page.locator("main").get_by_text("acme/tiny").click()
    page.wait_for_url("**/acme/tiny")
    article = page.locator("article")
    expect(article.get_by_role("heading", name="Tiny")).to_be_visible()
    assert article.locator("strong").text_content() == "small"
    assert "license: mit" not in page.locator("main").text_content()
    expect(desk.link("Arabic")).to_be_visible()
    expect(desk.link("mit")).to_be_visible()
    desk.link("Files").click()
    page.wait_for_url("**/tree/main")
    page.locator("main").get_by_text("docs", exact=True).click()
    page.wait_for_url("**/tree/main/docs")
    expect(page.get_by_text("a b.md")).to_be_visible()
    page.go_back()
    page.wait_for_url("**/tree/main")
    expect(page.get_by_text("config.json")).to_be_visible()


def test_the_language_is_the_readers_and_can_be_changed(new_desk, tiny):
    desk = new_desk(language="ar")
    page = desk.open("/acme/tiny")
    assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == ["ar", "rtl"]
    expect(desk.link("بطاقة النموذج")).to_be_visible()
    page.get_by_label("اللغة").select_option("en")
    page.wait_for_selector("html[dir=ltr]")
    expect(desk.link("Model card")).to_be_visible()
    page.reload()
    assert desk.settled().evaluate("document.documentElement.lang") == "en"


def test_the_theme_is_the_systems_until_it_is_chosen(new_desk, tiny):
    desk = new_desk(theme="dark")
    page = desk.open("/")
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.get_by_label("Theme").select_option("light")
    light = page.evaluate(paper)
    assert light != dark
    page.reload()
    assert desk.settled().evaluate(paper) == light


@pytest.mark.parametrize("path", ["/acme/nothing", "/nobody-here", "/acme/tiny/tree/no-such-branch", "/acme/tiny/tree/main/nothing"])
def test_an_address_that_leads_nowhere_says_so(desk, tiny, path):
    page = desk.open(path)
    expect(page.get_by_role("heading", name="Nothing is here")).to_be_visible()
    desk.link("To the first page").click()
    page.wait_for_url(re.compile("/$"))
    expect(page.get_by_role("alert")).to_have_count(0)


def test_everything_is_reached_by_keyboard(desk, tiny):
    page = desk.open("/acme/tiny")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"


def test_a_chip_of_a_card_leads_to_those_that_share_it(desk, tiny, web, alice):
    assert web.post("/api/repos/create", token=alice.token, as_json={"name": "plain", "organization": "acme", "type": "model"}).status == 200
    page = desk.open("/acme/tiny")
    page.locator("main").get_by_role("link", name="Arabic").click()
    page.wait_for_url("**/models?language=ar")
    expect(page.locator("main").get_by_text("acme/tiny")).to_be_visible()
    expect(page.locator("main").get_by_text("acme/plain")).to_have_count(0)
    page.get_by_role("list", name="Narrowed by").get_by_role("link").click()
    page.wait_for_url(re.compile("/models$"))
    expect(page.locator("main").get_by_text("acme/plain")).to_be_visible()


def test_the_lines_that_load_a_model_are_a_dialog_that_gives_the_focus_back(desk, server, tiny):
    page = desk.open(tiny)
    opener = desk.button("Use this model")
    opener.click()
    dialog = page.get_by_role("dialog", name="Use this model")
    dialog.get_by_role("tab", name="mirfa", exact=True).click()
    expect(dialog.get_by_role("tabpanel")).to_contain_text(f"export HF_ENDPOINT={server.url}\nmirfa download acme/tiny")
    page.keyboard.press("ArrowUp")
    expect(dialog.get_by_role("tab", name="hf", exact=True)).to_be_focused()
    expect(dialog.get_by_role("tabpanel")).to_contain_text("hf download acme/tiny")
    assert desk.faults_for_all() == []
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_no_button_lies_on_the_code_that_it_copies(new_desk, tiny, language, size):
    desk = new_desk(language=language, size=size)
    page = desk.open(tiny)
    lying_on_it = """() => [...document.querySelectorAll('pre ~ .copy')].map((copy) => {
        const code = copy.parentElement.querySelector('pre').getBoundingClientRect(), button = copy.getBoundingClientRect();
        return code.left < button.right && button.left < code.right && code.top < button.bottom && button.top < code.bottom;
    })"""
    assert page.evaluate(lying_on_it) == [False]  # of the card
    page.locator("header, main").get_by_role("button", name={"en": "Use this model", "ar": "استخدم هذا النموذج"}[language]).click()
    expect(page.get_by_role("dialog").locator("pre")).to_be_visible()
    assert page.evaluate(lying_on_it) == [False, False]


def test_a_file_is_found_by_a_part_of_its_path(desk, tiny):
    page = desk.open("/acme/tiny/tree/main")
    page.keyboard.press("t")
    dialog = page.get_by_role("dialog", name="Go to file")
    expect(dialog.get_by_role("combobox")).to_be_focused()
    page.keyboard.type("a b.md")
    expect(dialog.get_by_role("option")).to_have_count(1)
    assert desk.faults_for_all() == []
    page.mouse.click(5, 5)
    expect(dialog).to_have_count(0)
    page.keyboard.press("t")
    page.keyboard.type("docs")
    page.keyboard.press("Enter")
    page.wait_for_url("**/blob/main/docs/a%20b.md")


@pytest.mark.parametrize("path, field", [("/login", "input[name=login]"), ("/models", "main input[type=search]")])
def test_an_empty_field_begins_where_the_language_does(new_desk, tiny, path, field):
    page = new_desk(language="ar").open(path)
    input = page.locator(field).first
    side = "getComputedStyle(document.activeElement).direction"
    sides = []
    for text in ("", "tiny", "نموذج", ""):
        input.fill(text)
        input.focus()
        sides.append(page.evaluate(side))
    assert sides == ["rtl", "ltr", "rtl", "rtl"]
