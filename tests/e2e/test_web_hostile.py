# SPDX-License-Identifier: Apache-2.0
"""What people write is shown and never acts: one test per kind of mischief. A desk fails its test by itself when a script
runs that should not, when the content policy has to refuse something, or when another host is asked."""

import json

import pytest
from harness.web import commit_body, file_line
from harness.words import words
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


@pytest.mark.parametrize("address", [f"javascript:{SEEN}/../..", f"javascript:{SEEN}", "data:text/html,x", "../../x"])
def test_examples_of_a_card_lead_to_pages_and_files_only(desk, card, address):
    page = desk.open(card(f"---\nwidget:\n- src: {json.dumps(address)}\n- src: sound.wav.txt\n- src: https://elsewhere.test/a\n---\n# m\n"))
    examples = page.locator("section", has=page.get_by_role("heading", name="Examples"))
    expect(examples.get_by_text(address, exact=True)).to_be_visible()
    links = examples.locator("a").evaluate_all("(links) => links.map((link) => link.href)")
    assert [link.split("/resolve/main/")[-1] for link in links] == ["sound.wav.txt", "https://elsewhere.test/a"]
    examples.get_by_text(address, exact=True).click()
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


ALIKE = "\u0430lice"  # its first letter is Cyrillic


def test_names_are_of_letters_that_look_like_no_others(desk, bob, web):
    """Whoever wants to pass for somebody finds no name for it: of a person, an organisation or a repository."""
    desk.sign_in(bob)
    page = desk.open("/organizations/new")
    page.locator("input[name=organization-name]").fill(ALIKE)
    expect(page.get_by_text("Take 1 to 96 Latin letters")).to_be_visible()
    page = desk.open("/new")
    page.locator("input[name=name]").fill("t\u0456ny")
    expect(page.get_by_text("Names have only Latin letters")).to_be_visible()
    answer = web.post("/api/repos/create", token=bob.token, as_json={"name": "t\u0456ny", "type": "model"})
    assert (answer.status, answer.json()["reason"]) == (400, "name_invalid")
    page = desk.open("/alice")
    expect(page.get_by_role("heading", name="alice")).to_be_visible()
    page = desk.open("/%D0%B0lice")
    expect(page.get_by_role("heading", name="Nothing is here")).to_be_visible()


def test_a_person_who_takes_somebodys_name_for_a_full_one_is_still_told_apart(desk, web, server, card):
    other = server.new_person("mallory")
    desk.sign_in(other)
    page = desk.open("/settings/profile")
    page.locator("input[name=fullname]").fill(ALIKE)
    desk.button("Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    home = card("# Card")
    number = web.post(f"/api/models{home}/discussions", token=other.token, as_json={"title": "Trust me", "description": "I am alice"}).json()["num"]
    page = desk.open(f"{home}/discussions/{number}")
    expect(page.locator("article header .who")).to_have_text("mallory")
    assert page.locator("article header .who").get_attribute("href") == "/mallory"


def test_a_link_to_a_host_that_looks_like_another_goes_where_it_says(desk, card):
    """What is shown is what was written; where it leads, browsers tell in letters of ASCII."""
    page = desk.open(card("[the hub](https://hugg\u0456ngface.co/login) [apple.example](https://\u0430pple.example/)"))
    links = page.locator("article a")
    assert links.evaluate_all("(links) => links.map((link) => link.hostname)") == ["xn--huggngface-02i.co", "xn--pple-43d.example"]
    assert set(links.evaluate_all("(links) => links.map((link) => link.rel)")) == {"nofollow noopener ugc"}


def test_files_whose_names_look_alike_are_two_files(desk, card):
    names = ["config.json", "\u0441onfig.json"]
    home = card("# Card", *((name, f"content {number}".encode()) for number, name in enumerate(names)))
    page = desk.open(f"{home}/tree/main")
    shown = page.locator("div.name a.open")
    assert sorted(set(shown.all_text_contents()) - {"README.md", ".gitattributes"}) == names
    for number, name in enumerate(names):
        page = desk.open(f"{home}/tree/main")
        page.locator("div.name a.open").nth(page.locator("div.name a.open").all_text_contents().index(name)).click()
        expect(page.get_by_role("region", name="Code")).to_contain_text(f"content {number}")


# What a program reads as a comment and a condition, a person would see the other way round (CVE-2021-42574).
TURNED = "def allowed(user):\n    if user != 'none\u202e\u2066 # only for administrators\u2069 \u2066':\n        return True\n"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_code_that_is_not_what_it_looks_like_says_so(new_desk, card, language):
    word = words(language)
    desk = new_desk(language=language)
    page = desk.open(card("# Card", ("check.py", TURNED.encode())) + "/blob/main/check.py")
    expect(page.get_by_role("alert")).to_contain_text(word("turned_text"))
    line = page.locator("[data-line='2'] code")
    expect(line).to_contain_text("none⟦RLO⟧⟦LRI⟧ # only for administrators⟦PDI⟧ ⟦LRI⟧")
    page.get_by_label(word("turned_text_named")).uncheck()
    expect(line).to_contain_text("none\u202e\u2066")
    expect(page.get_by_role("alert")).to_contain_text(word("turned_text"))


# Do the letters of an element's own text stand from left to right?
FORWARD = """(element) => {
    const text = [...element.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.data.trim().length > 1);
    const at = (index) => {
        const range = document.createRange();
        range.setStart(text, index);
        range.setEnd(text, index + 1);
        return range.getBoundingClientRect().left;
    };
    const first = text.data.search(/\\S/);
    return at(first) < at(text.data.trimEnd().length - 1);
}"""


@pytest.mark.parametrize("title", ["\u202eevil \u202e", "<img src=x onerror=alert(1)>", "a\u2067b\u202d"])
def test_what_stands_after_a_title_is_not_turned_by_it(desk, bob, web, card, title):
    home = card("# Card", title=title)
    number = web.post(f"/api/models{home}/discussions", token=bob.token, as_json={"title": title, "description": title}).json()["num"]
    page = desk.open(f"{home}/discussions/{number}")
    heading = page.locator("main h1").last
    expect(heading.locator("bdi")).to_have_text(title)
    assert heading.locator("span").evaluate(FORWARD)
    page = desk.open(f"{home}/discussions")
    expect(page.get_by_role("link", name=title.strip())).to_be_visible()
    page = desk.open(f"{home}/commits/main")
    assert page.locator("main li .links a.mono").first.evaluate(FORWARD)
    page = desk.open(f"{home}/tree/main")
    assert page.locator("main td.time time").first.evaluate(FORWARD)
    assert page.locator("main img[src=x]").count() == 0


@pytest.mark.parametrize("name, words_of", [("marked", "<img src=x onerror=alert(1)><script>alert(2)</script>"), ("turned", "\u202e\u2067lived"),
                                            ("braced", "{{7*7}} ${7*7} &lt;b&gt;")])
def test_what_people_say_of_themselves_is_text(desk, new_desk, server, name, words_of):
    person = server.new_person(name)
    desk.sign_in(person)
    page = desk.open("/settings/profile")
    page.locator("input[name=fullname]").fill(words_of)
    page.locator("textarea[name=bio]").fill(f"bio {words_of}")
    desk.button("Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page = desk.open("/organizations/new")
    page.locator("input[name=organization-name]").fill(f"{person.name}-lab")
    page.locator("input[name=organization]").fill(words_of)
    page.locator("main form button.main").click()
    page.wait_for_url("**/settings/members")
    visitor = new_desk()
    for path in (f"/{person.name}", f"/{person.name}-lab"):
        page = visitor.open(path)
        expect(page.get_by_role("heading", name=words_of, exact=True)).to_be_visible()
        assert page.locator("main img[src=x]").count() == 0
    page = visitor.open("/")
    page.get_by_role("banner").get_by_role("combobox").fill(person.name)
    expect(page.get_by_role("option").first).to_contain_text(person.name)
    assert page.locator("img[src=x]").count() == 0


def test_a_drawing_is_shown_in_a_card_and_acts_neither_there_nor_by_itself(desk, card):
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' onload='{SEEN}'><script>{SEEN}</script></svg>"
    home = card("# Card\n\n![drawn](trap.svg) ![missing](none.svg)\n\n<object data='trap.svg'></object>", ("trap.svg", drawing.encode()), ("trap.html", f"<script>{SEEN}</script>".encode()))
    page = desk.open(home)
    page.wait_for_function("() => document.querySelector('article img[alt=drawn]')?.naturalWidth === 9")
    page.wait_for_function("() => document.querySelector('article img[alt=missing]')?.complete")
    page.wait_for_load_state("networkidle")
    assert acted(page) == 0
    for name in ("trap.svg", "trap.html"):
        for address in (f"{home}/resolve/main/{name}", f"{home}/raw/main/{name}"):
            answer = desk.context.request.get(desk.server.url + address)
            assert answer.headers["content-type"].split(";")[0] in ("text/plain", "application/octet-stream"), address
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in answer.headers["content-security-policy"] or "default-src 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("name", ["two\nlines.txt", "tab\there.txt", "escaped\x1b[31m.txt"])
def test_names_with_line_breaks_come_in_by_no_door(desk, machine, alice, web, card, name):
    home = card("# Card")
    git = machine.git(alice)
    clone = git.clone(f"{machine.endpoint}{home}")
    (clone / name).write_text("content")
    git.commit(clone, "A name with a control character")
    pushed = git("push", cwd=clone, check=False)
    assert pushed.returncode == 1 and "is no legal name" in pushed.stderr and name not in pushed.stderr
    answer = web.post(f"/api/models{home}/commit/main", token=alice.token, body=commit_body("By the API", file_line(name, b"content")),
                      headers={"Content-Type": "application/x-ndjson"})
    assert answer.status == 400, answer.text
    page = desk.open(f"{home}/tree/main")
    expect(page.locator("div.name a.open")).to_have_count(2)
