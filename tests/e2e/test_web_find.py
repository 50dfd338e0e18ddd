# SPDX-License-Identifier: Apache-2.0
"""The lists of models and datasets: narrowed by what the hub counts, by words, by an order; all of it in the address."""

import re

import pytest
from harness.web import commit_body, file_line
from harness.words import words
from playwright.sync_api import expect

MODELS = {
    "reader": {"license": "mit", "language": ["en", "ar"], "pipeline_tag": "text-classification", "library_name": "transformers"},
    "writer": {"license": "mit", "language": ["en"], "pipeline_tag": "text-generation", "library_name": "transformers", "base_model": "acme/reader"},
    "painter": {"license": "apache-2.0", "language": ["fr"], "pipeline_tag": "text-to-image", "library_name": "diffusers"},
    # Enough languages that they are looked for by typing.
    "polyglot": {"license": "apache-2.0", "language": ["de", "es", "fa", "he", "hi", "it", "ja", "ko", "nl", "pt", "sv", "tr", "zh"]},
}


@pytest.fixture(scope="module")
def shelf(world):
    web, alice = world.server.web, world.alice

    def make(kind, name, fields, text):
        assert web.post("/api/repos/create", token=alice.token, as_json={"name": name, "organization": "acme", "type": kind}).status == 200
        lines = "".join(f"{key}: {value if isinstance(value, str) else '[' + ', '.join(repr(one) for one in value) + ']'}\n" for key, value in fields.items())
        body = commit_body("Add the card", file_line("README.md", f"---\n{lines}---\n# {name}\n\n{text}\n".encode()))
        assert web.post(f"/api/{kind}s/acme/{name}/commit/main", token=alice.token, body=body,
                        headers={"Content-Type": "application/x-ndjson"}).status == 200

    for name, fields in MODELS.items():
        make("model", name, fields, "It knows the sea." if name == "painter" else "It knows words.")
    make("dataset", "letters", {"license": "cc0-1.0", "size_categories": ["1K<n<10K"], "task_categories": ["text-classification"]}, "Letters.")


def names(desk):
    """The repositories that are shown."""
    return sorted(text.split("/")[1] for text in desk.page.locator("main article .name bdi").all_inner_texts())


def panel(desk):
    return desk.page.get_by_role("complementary", name="Filters")


@pytest.mark.parametrize("path", [
    "/models", "/datasets", "/spaces", "/models?language=ar&license=mit", "/models?q=the+sea~*%2B&sort=likes&library=diffusers",
    "/models?q=%D8%A8%D8%AD%D8%B1&license=mit&license=apache-2.0", "/models?updated_within=7&size=%3C100M&base_model=acme%2Freader&odd=1",
    "/datasets?size=1K%3Cn%3C10K&author=acme&filter=a%20b", "/models?q=&language=",
])
def test_a_narrowed_list_comes_along_with_its_counts(desk, shelf, path):
    desk.open(path)
    assert desk.asked == []


def test_a_visitor_narrows_a_list_step_by_step_and_shares_its_address(desk, new_desk, shelf):
    page = desk.open("/models")
    assert names(desk) == ["painter", "polyglot", "reader", "writer"]
    licence = panel(desk).get_by_role("list", name="Licence")
    expect(licence.get_by_role("link")).to_have_count(2)
    licence.get_by_role("link", name="mit").click()
    page.wait_for_url("**/models?license=mit")
    expect(page.locator("main article")).to_have_count(2)
    panel(desk).get_by_role("link", name="Arabic").click()
    page.wait_for_url("**/models?language=ar&license=mit")
    expect(page.locator("main article")).to_have_count(1)
    # What would leave nothing is not offered.
    expect(licence.get_by_role("link")).to_have_count(1)
    page.get_by_role("list", name="Narrowed by").get_by_role("link", name=re.compile("Remove.*Arabic")).click()
    page.wait_for_url("**/models?license=mit")
    # A model has one licence: another one takes its place. Of languages it may have two, and none here has these.
    licence.get_by_role("link", name="apache-2.0").click()
    page.wait_for_url("**/models?license=apache-2.0")
    expect(page.locator("main article")).to_have_count(2)
    other = new_desk(language="ar")
    other.open(page.url.removeprefix(desk.server.url))
    assert names(other) == ["painter", "polyglot"]
    panel(desk).get_by_role("link", name="French").click()
    page.wait_for_url("**/models?language=fr&license=apache-2.0")
    expect(page.locator("main article")).to_have_count(1)
    panel(desk).get_by_role("link", name="German").click()
    page.wait_for_url("**/models?language=fr&language=de&license=apache-2.0")
    expect(page.get_by_role("heading", name="No model fits")).to_be_visible()
    page.go_back()
    expect(page.locator("main article")).to_have_count(1)
    page.go_forward()
    expect(page.get_by_role("heading", name="No model fits")).to_be_visible()
    page.get_by_role("main").get_by_role("link", name="Clear filters").last.click()
    page.wait_for_url(re.compile("/models$"))
    expect(page.locator("main article")).to_have_count(4)


def test_words_filters_and_order_work_together(desk, shelf):
    page = desk.open("/models?license=apache-2.0")
    words = page.get_by_role("main").get_by_role("searchbox", name="Search", exact=True)
    words.fill("sea")
    words.press("Enter")
    page.wait_for_url("**/models?q=sea&license=apache-2.0")
    expect(page.locator("main article")).to_have_count(1)
    order = page.get_by_label("Sort by")
    assert order.input_value() == "relevance"
    order.select_option("likes")
    page.wait_for_url("**/models?q=sea&sort=likes&license=apache-2.0")
    assert names(desk) == ["painter"]
    words.fill("nothing like it")
    words.press("Enter")
    expect(page.get_by_role("heading", name="No model fits")).to_be_visible()


def test_a_long_facet_is_searched_and_the_keyboard_keeps_its_place(desk, shelf):
    page = desk.open("/models")
    languages = panel(desk).get_by_role("list", name="Language")
    expect(languages.get_by_role("link")).to_have_count(7)
    panel(desk).get_by_role("button", name="Show all 16").click()
    expect(languages.get_by_role("link")).to_have_count(16)
    panel(desk).get_by_role("searchbox", name="Find in Language").fill("PORT")
    expect(languages.get_by_role("link")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/models?language=pt")
    expect(page.locator("main article")).to_have_count(1)
    expect(languages.get_by_role("link", name="Portuguese")).to_be_focused()
    assert languages.get_by_role("link", name="Portuguese").get_attribute("aria-current") == "true"
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/models$"))
    expect(page.locator("main article")).to_have_count(4)


def test_models_are_found_by_what_they_were_made_from_and_by_their_age(desk, shelf):
    page = desk.open("/models")
    base = panel(desk).get_by_role("combobox", name="Base model")
    base.fill("read")
    page.get_by_role("option", name="acme/reader").click()
    page.wait_for_url("**/models?base_model=acme%2Freader")
    expect(page.locator("main article")).to_have_count(1)
    panel(desk).get_by_role("link", name="In the last week").click()
    page.wait_for_url("**/models?base_model=acme%2Freader&updated_within=7")
    expect(page.locator("main article")).to_have_count(1)
    assert names(desk) == ["writer"]


def test_on_a_phone_the_filters_are_a_sheet(new_desk, shelf):
    desk = new_desk(size="phone", language="ar")
    page = desk.open("/models")
    expect(page.get_by_role("complementary", name="التصفية")).to_have_count(0)
    desk.button("التصفية").click()
    sheet = page.get_by_role("dialog", name="التصفية")
    sheet.get_by_role("link", name="mit").click()
    page.wait_for_url("**/models?license=mit")
    expect(sheet).to_be_visible()
    assert desk.overflow() <= 0 and desk.faults_for_all() == []
    sheet.get_by_role("button", name=re.compile("^عرض [٢2]$")).click()
    expect(sheet).to_have_count(0)
    assert names(desk) == ["reader", "writer"]
    expect(desk.button(re.compile("التصفية"))).to_be_focused()


def test_what_somebody_likes_stays_pressed(desk, bob, repo):
    desk.sign_in(bob)
    page = desk.open(repo.page)
    like = desk.button(re.compile("^Like"))

    def expect_liked(pressed, count):
        expect(like).to_have_attribute("aria-pressed", pressed)
        expect(like).to_contain_text(count)

    expect_liked("false", "0")
    like.click()
    expect_liked("true", "1")
    for path in (repo.page, f"{repo.page}/tree/main", f"{repo.page}/discussions"):
        desk.asked.clear()
        desk.open(path)
        expect_liked("true", "1")
        assert desk.asked == []  # the page brought it along
    like.click()
    expect_liked("false", "0")
    page.reload()
    desk.settled()
    expect_liked("false", "0")


@pytest.fixture(scope="module")
def ranked(world, tmp_path_factory):
    """Datasets, made in the order of their names, that are liked, downloaded and changed each in another order. Downloads
    are written when the server ends."""
    server, people = world.server, [world.alice, world.bob, world.server.new_person("carol")]

    def commit(name: str, path: str) -> None:
        answer = server.web.post(f"/api/datasets/acme/{name}/commit/main", token=world.alice.token, body=commit_body("Change it", file_line(path, b"words")),
                                 headers={"Content-Type": "application/x-ndjson"})
        assert answer.status == 200, answer.text

    for name in ("ranked-1", "ranked-2", "ranked-3", "ranked-4"):
        answer = server.web.post("/api/repos/create", token=world.alice.token, as_json={"name": name, "organization": "acme", "type": "dataset"})
        assert answer.status == 200, answer.text
        commit(name, "a.txt")
    for name, likes, downloads in (("ranked-1", 1, 0), ("ranked-2", 0, 3), ("ranked-3", 2, 1), ("ranked-4", 0, 2)):
        for person in people[:likes]:
            assert server.web.post(f"/api/datasets/acme/{name}/like", token=person.token).status == 200
        for person in people[:downloads]:
            assert server.web.get(f"/datasets/acme/{name}/resolve/main/a.txt", token=person.token).status == 200
    for name in ("ranked-3", "ranked-1", "ranked-4", "ranked-2"):
        commit(name, "b.txt")
    assert server.stop() == 0
    server.start()


@pytest.mark.parametrize("sort, label, order", [
    ("trendingScore", "Trending", "3124"), ("likes", "Most likes", "31"), ("downloads", "Most downloads", "243"), ("createdAt", "Newest", "4321"),
    ("lastModified", "Recently updated", "2413"),
])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_list_is_sorted_by_what_a_visitor_chooses(new_desk, ranked, sort, label, order, language):
    desk = new_desk(language=language)
    page = desk.open("/datasets?q=ranked")
    orders = page.get_by_label(words(language)("sort_by"))
    orders.select_option(label=label if language == "en" else words("ar")(f"sort_{sort}"))
    page.wait_for_url(f"**/datasets?q=ranked&sort={sort}")
    shown = page.locator("main article .name bdi")
    for reloaded in (False, True):
        for place, number in enumerate(order):
            expect(shown.nth(place)).to_have_text(f"acme/ranked-{number}")
        expect(shown).to_have_count(4)
        if not reloaded:
            page.reload()
            desk.settled()


@pytest.mark.parametrize("path", ["/", "/datasets", "/acme", "/acme/reader", "/acme/reader/tree/main", "/acme/reader/blob/main/README.md",
                                  "/acme/reader/commits/main", "/acme/reader/discussions", "/login", "/acme/nothing"])
def test_a_repository_is_found_from_any_page_while_one_types(desk, shelf, path):
    page = desk.open(path)
    page.locator("body").press("/")
    page.keyboard.type("pain")
    results = page.get_by_role("listbox", name="Found")
    expect(results.get_by_role("option")).to_have_count(1)
    expect(results.get_by_role("option")).to_contain_text("acme/painter")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/acme/painter")
    expect(page.get_by_role("heading", name="painter").first).to_be_visible()


def test_people_datasets_and_models_are_found_together_and_enter_opens_the_list(desk, shelf):
    page = desk.open("/acme/reader")
    search = page.get_by_role("banner").get_by_role("combobox", name="Search")
    search.fill("ali")
    page.get_by_role("option").filter(has_text="alice").filter(has_text="user").click()
    page.wait_for_url("**/alice")
    search.fill("letters")
    expect(page.get_by_role("option").filter(has_text="acme/letters")).to_contain_text("dataset")
    search.fill("words")
    search.press("Enter")
    page.wait_for_url("**/models?q=words")
    expect(page.locator("main article").first).to_be_visible()


def test_a_quick_enter_leads_where_something_is_and_leaves_nothing_open(desk, shelf):
    page = desk.page
    page.clock.install()
    desk.open("/models")
    # Both in one turn of the page: no time passes between the last key and Enter.
    page.locator("header form[role=search] input").evaluate("""(input) => {
        input.focus();
        input.value = 'letters';
        input.dispatchEvent(new Event('input', { bubbles: true }));
        input.form.requestSubmit();
    }""")
    page.wait_for_url("**/datasets?q=letters")
    desk.settled()
    assert names(desk) == ["letters"]
    page.clock.run_for(1000)
    page.wait_for_load_state("networkidle")
    assert len([path for path in desk.asked if path.startswith("/api/quicksearch")]) == 1
    expect(page.get_by_role("listbox", name="Found")).to_have_count(0)
