# SPDX-License-Identifier: Apache-2.0
"""What people write is shown and never acts: one test per kind of mischief. A desk fails its test by itself when a script
runs that should not, when the content policy has to refuse something, or when another host is asked."""

import pytest
from harness.web import commit_body, file_line
from playwright.sync_api import expect

SEEN = "window.acted = (window.acted || 0) + 1"


@pytest.fixture
def desk(new_desk):
    desk = new_desk()
    desk.hostile = True
    return desk


@pytest.fixture
def card(web, alice, new_repo):
    """Makes a model with this card and gives its page."""

    def make(text: str, *files: tuple[str, bytes], title: str = "Add the card") -> str:
        repo = new_repo()
        lines = [file_line("README.md", text.encode()), *(file_line(path, octets) for path, octets in files)]
        answer = web.post(f"{repo.api}/commit/main", token=alice.token, body=commit_body(title, *lines),
                          headers={"Content-Type": "application/x-ndjson"})
        assert answer.status == 200, answer.text
        return repo.page

    return make


def acted(page) -> int:
    return page.evaluate("window.acted || 0")


@pytest.mark.parametrize("mischief", [
    f"<script>{SEEN}</script>",
    f"<img src=x onerror='{SEEN}'>",
    f"<svg onload='{SEEN}'><script>{SEEN}</script></svg>",
    f"<svg><animate onbegin='{SEEN}' attributeName=x dur=1s></svg>",
    f"<math><mtext><table><mglyph><style><img src=x onerror='{SEEN}'></style></mglyph></table></mtext></math>",
    f"<iframe srcdoc='<script>parent.{SEEN}</script>'></iframe>",
    f"<object data='data:text/html,<script>{SEEN}</script>'></object><embed src='javascript:{SEEN}'>",
    f"<details open ontoggle='{SEEN}'><summary>x</summary></details>",
    f"<form action='javascript:{SEEN}'><button autofocus onfocus='{SEEN}'>x</button></form>",
    f"<noscript><p title='</noscript><img src=x onerror=\"{SEEN}\">'></noscript>",
    f"```<img src=x onerror='{SEEN}'>\n<img src=x onerror='{SEEN}'>\n```",
    f"$<img src=x onerror='{SEEN}'>$ and $$\\href{{javascript:{SEEN}}}{{x}}$$ and $\\htmlData{{a=b}}{{x}}$",
])
def test_scripts_of_a_card_do_not_run(desk, card, mischief):
    page = desk.open(card(f"# Before\n\n{mischief}\n\n## After\n"))
    page.get_by_role("heading", name="After").wait_for()
    page.wait_for_load_state("networkidle")
    assert acted(page) == 0
    article = page.locator("article")
    assert article.locator("script, iframe, object, embed, form, style, svg animate").count() == 0
    assert article.evaluate("(root) => [...root.querySelectorAll('*')].filter((one) => [...one.attributes].some((its) => its.name.startsWith('on'))).length") == 0


@pytest.mark.parametrize("address", [f"javascript:{SEEN}", f"JaVaScRiPt:{SEEN}", f" javascript:{SEEN}", f"java&#10;script:{SEEN}",
                                     f"data:text/html,<script>{SEEN}</script>", "vbscript:x", "blob:x", "file:///etc/passwd"])
def test_links_lead_to_pages_only(desk, card, address):
    page = desk.open(card(f"[one](<{address}>)\n\n<a href=\"{address}\">two</a>\n\n![three](<{address}>)\n"))
    found = page.locator("article a[href]").evaluate_all("(links) => links.map((link) => link.protocol)")
    assert set(found) <= {"http:", "https:", "mailto:"}, found
    for link in page.locator("article a").all():
        link.click(no_wait_after=True, timeout=2000) if link.get_attribute("href") is None else None
    assert acted(page) == 0


def test_pictures_of_other_hosts_are_links(desk, card):
    page = desk.open(card("![plot](https://elsewhere.test/t.png)\n\n<img src='//elsewhere.test/u.png' alt='u'>"
                          "<video src='https://elsewhere.test/v.mp4' poster='https://elsewhere.test/p.png'></video>"
                          "<picture><source srcset='https://elsewhere.test/s.png'><img src='https://elsewhere.test/w.png'></picture>"
                          "<a href='https://elsewhere.test' ping='https://elsewhere.test/ping'>x</a>"))
    page.wait_for_load_state("networkidle")
    assert page.locator("article img").count() == 0
    assert desk.link("plot").get_attribute("href") == "https://elsewhere.test/t.png"


def test_styles_of_a_card_change_nothing_around_it(desk, card):
    page = desk.open(card("<style>body { display: none }</style><div style='position:fixed;inset:0;background:red;z-index:999'>over</div>"
                          "<p class='page skip button' id='app'>named</p>\n\n# Seen"))
    expect(page.get_by_role("heading", name="Seen")).to_be_visible()
    assert page.locator("article [style]").count() == 0
    assert page.locator("#app").count() == 1
    box = page.get_by_text("over", exact=True).bounding_box()
    assert box["width"] < 1200 and box["height"] < 100


def test_huge_tables_and_long_words_stay_inside_the_page(desk, card):
    wide = "|" + "column|" * 200 + "\n|" + "-|" * 200 + "\n" + ("|" + "cell|" * 200 + "\n") * 50
    page = desk.open(card(f"# Wide\n\n{wide}\n\n{'x' * 5000}\n\n`{'y' * 5000}`"))
    expect(page.get_by_role("heading", name="Wide")).to_be_visible()
    assert desk.overflow() <= 0


def test_deep_nesting_is_shown_in_time(desk, card):
    page = desk.open(card("# Deep\n\n" + ">" * 2000 + " x\n\n" + "<div>" * 3000 + "y" + "\n\n" + "[" * 3000 + "\n\n" + "*" * 3000 + "z"))
    expect(page.locator("main").get_by_text("Deep").first).to_be_visible()


@pytest.mark.parametrize("name", ["quo\"te.txt", "it's.txt", "<b>bold.txt", "a&amp;b.txt", "per%2Fcent.txt", "q?x=1#y.txt",
                                  "\u202egnp.exe", "نموذج.txt", "back\\slash.txt", "{curly}.txt", "- dash.txt"])
def test_file_names_are_names(desk, card, name):
    home = card("# Card", (name, b"content of it"))
    page = desk.open(f"{home}/tree/main")
    expect(page.locator("div.name a.open")).to_have_count(3)
    shown = page.locator("div.name a.open").all_text_contents()
    assert name in shown, shown
    assert page.locator("div.name b").count() == 0
    with page.expect_download() as waiting:
        page.locator("td a[download]").nth(shown.index(name)).click()
    assert waiting.value.path().read_bytes() == b"content of it"


def test_titles_with_markup_and_direction_overrides_are_text(desk, card):
    home = card("# Card", title="<img src=x onerror=alert(1)> \u202eevil")
    page = desk.open(f"{home}/tree/main")
    expect(page.get_by_text("<img src=x onerror=alert(1)>").first).to_be_visible()


def test_front_matter_of_any_shape_is_survived(desk, card):
    for matter in ("license: [mit, {a: b}]\nlanguage: {en: 1}\ntags: 7\npipeline_tag: [x]\nmodel-index: no\nwidget: 3",
                   "tags:\n- '<img src=x onerror=alert(1)>'\n- " + "x" * 3000 + "\nlicense: javascript:alert(1)",
                   "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\nlanguage: *b"):
        page = desk.open(card(f"---\n{matter}\n---\n# Fine\n"))
        expect(page.get_by_role("heading", name="Fine")).to_be_visible()
        assert page.locator("main img[src=x]").count() == 0
        assert desk.overflow() <= 0


DRAWING = f"""<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 100" onload="parent.{SEEN}">
<script>parent.{SEEN}; top.location = 'https://elsewhere.test/'</script>
<image xlink:href="https://elsewhere.test/spy.png" width="9" height="9"/><style>@import url(https://elsewhere.test/spy.css);</style>
<a xlink:href="javascript:{SEEN}"><rect width="100" height="100" fill="teal"/></a>
<foreignObject width="90" height="90"><iframe xmlns="http://www.w3.org/1999/xhtml" srcdoc="&lt;script>top.{SEEN}&lt;/script>"/></foreignObject></svg>""".encode()


def test_a_drawing_is_a_picture_in_its_viewer_and_in_a_card(desk, card):
    home = card("# Card\n\n![in the card](evil.svg)\n", ("evil.svg", DRAWING))
    page = desk.open(f"{home}/blob/main/evil.svg")
    picture = page.locator("main img[alt='evil.svg']")
    picture.wait_for()
    page.wait_for_function("document.querySelector(\"main img[alt='evil.svg']\").naturalWidth > 0")
    picture.click()
    page.wait_for_load_state("networkidle")
    assert acted(page) == 0 and page.url.endswith("/evil.svg")
    assert page.locator("main :is(svg image, iframe, object, embed)").count() == 0
    page = desk.open(home)
    page.wait_for_load_state("networkidle")
    assert acted(page) == 0
    assert page.locator("article script, article svg, article object").count() == 0


@pytest.mark.parametrize("door", ["resolve", "raw"])
def test_a_drawing_opened_at_its_own_address_is_a_download_without_rights(desk, web, card, door):
    home = card("# Card", ("evil.svg", DRAWING))
    answer = web.get(f"{home}/{door}/main/evil.svg")
    assert answer.body == DRAWING and "svg" not in answer.headers["Content-Type"] and answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"] and answer.headers["Content-Disposition"].startswith("attachment")
    page = desk.open(home)
    with page.expect_download() as waiting:
        page.evaluate("(address) => void (location.href = address)", f"{home}/{door}/main/evil.svg")
    assert waiting.value.path().read_bytes() == DRAWING
    assert acted(page) == 0 and page.url.endswith(home)


@pytest.mark.parametrize("name", [f"<img src=x onerror='{SEEN}'>", f"</title><script>{SEEN}</script>", "\u202eecila \"' &lt;b&gt;",
                                  "{{constructor.constructor('window.acted=1')()}}"])
def test_a_full_name_is_text_wherever_it_stands(desk, new_desk, alice, bob, web, repo, name):
    writer = new_desk()
    writer.sign_in(bob)
    page = writer.open("/settings/profile")
    page.locator("input[name=fullname]").fill(name)
    page.locator("main form button.main").last.click()
    expect(page.get_by_text("Saved.").last).to_be_visible()
    assert web.post(f"{repo.api}/discussions", token=bob.token, as_json={"title": "A question", "description": "From @bob"}).status in (200, 201)

    page = desk.open("/bob")
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/discussions/1")
    expect(page.locator("article").first).to_contain_text("From @bob")
    box = page.locator("#reply textarea")
    box.fill("Tell me, @bo")
    expect(page.get_by_role("option", name="bob")).to_contain_text(name)
    page.keyboard.press("Enter")
    assert box.input_value() == "Tell me, @bob "
    page = desk.open("/admin/users")
    expect(page.locator("main").get_by_text(name).first).to_be_visible()
    assert acted(page) == 0
    assert page.locator("img[src=x]").count() == 0


def test_the_name_that_git_gives_an_author_is_text(desk, machine, alice, repo):
    git = machine.git(alice)
    folder = git.clone(repo.git)
    (folder / "a.txt").write_text("a\n")
    git("add", "-A", cwd=folder)
    git("-c", f"user.name=<b onclick={SEEN}>Eve</b>", "-c", "user.email=\"><script>@example.test", "commit", "-m", f"<script>{SEEN}</script>\n\n<img src=x onerror={SEEN}>",
        cwd=folder)
    git("push", cwd=folder)
    for path in ("/commits/main", "/commit/main", "/blame/main/a.txt", "/tree/main"):
        page = desk.open(repo.page + path)
        expect(page.get_by_text(f"<script>{SEEN}</script>").first).to_be_visible()
        assert acted(page) == 0
        assert page.locator("main :is(script, img[src=x], b[onclick])").count() == 0
