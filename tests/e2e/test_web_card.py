# SPDX-License-Identifier: Apache-2.0
"""A card as it is read: formulas, the table of contents and the addresses of headings, code that can be copied."""

import re

import pytest
from harness.web import commit_body, file_line
from harness.words import words
from playwright.sync_api import expect

CARD = r"""---
license: mit
---
# The harbour

It takes $n^2$ ships, and \(\frac{a}{b}\) of them are boats. It costs $5 and $10, which is no formula.

$$
\int_0^1 x\,dx = \frac{1}{2}
$$

$\frac{a$ is not right.

## How to use it

```python
from harbour import load

print(load("acme/harbour"))  # <b>not bold</b>
```

## Results & limits

Far down.

### How to use it

Again.

## الاستخدام

نص عربي مع صيغة $x+1$.
"""


@pytest.fixture(scope="module")
def card(world) -> str:
    web, token = world.server.web, world.alice.token
    assert web.post("/api/repos/create", token=token, as_json={"name": "harbour", "organization": "acme", "type": "model"}).status == 200
    body = commit_body("Add the card", file_line("README.md", CARD.replace("Far down.", "Far down.\n\n" * 60).encode()))
    assert web.post("/api/models/acme/harbour/commit/main", token=token, body=body, headers={"Content-Type": "application/x-ndjson"}).status == 200
    return "/acme/harbour"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_formulas_are_read_as_formulas(new_desk, card, language):
    page = new_desk(language=language).open(card)
    article = page.locator("article")
    expect(article.locator(".katex math")).to_have_count(4)
    expect(article.locator("math msup").first).to_be_visible()
    # It stands in its line, and its parts stand as a formula's do: the exponent higher, the numerator above the denominator.
    places = article.locator("math").evaluate_all("""(all) => all.map((one) => {
        const top = (element) => element.getBoundingClientRect().top;
        const pair = one.querySelector('msup, mfrac');
        return { direction: getComputedStyle(one).direction, display: one.getAttribute('display'),
                 order: pair && Math.sign(top(pair.children[1]) - top(pair.children[0])), kind: pair?.tagName };
    })""")
    assert [one["direction"] for one in places] == ["ltr"] * 4
    assert [one["display"] for one in places] == [None, None, "block", None]
    assert [(one["kind"], one["order"]) for one in places[:3]] == [("msup", -1), ("mfrac", 1), ("mfrac", 1)]
    expect(article).to_contain_text("It costs $5 and $10, which is no formula.")
    expect(article.get_by_text(r"$\frac{a$")).to_be_visible()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_table_of_contents_leads_to_the_headings(new_desk, card, language):
    desk = new_desk(language=language)
    page = desk.open(card)
    contents = page.get_by_role("navigation", name=words(language)("contents"))
    assert contents.get_by_role("link").all_text_contents() == ["The harbour", "How to use it", "Results & limits", "How to use it", "الاستخدام"]
    for name, number, address in (("How to use it", 1, "how-to-use-it-1"), ("Results & limits", 0, "results-limits"), ("الاستخدام", 0, "الاستخدام")):
        contents.get_by_role("link", name=name, exact=True).nth(number).click()
        heading = page.locator("article").get_by_role("heading", name=name).nth(number)
        expect(heading).to_be_in_viewport()
        assert page.evaluate("decodeURIComponent(location.hash)").endswith(address)
    page.reload()
    desk.settled()
    expect(page.locator("article").get_by_role("heading", name="الاستخدام")).to_be_in_viewport()


def test_a_heading_gives_its_address_and_those_of_the_hosted_hub_lead_here(new_desk, card):
    desk = new_desk()
    page = desk.open(card)
    heading = page.locator("article").get_by_role("heading", name="Results & limits")
    heading.scroll_into_view_if_needed()
    heading.hover()
    link = heading.get_by_role("link", name="Link to “Results & limits”")
    expect(link).to_have_css("opacity", "1")
    link.click()
    address = page.url
    for there in (address.removeprefix(desk.server.url), f"{card}#results-limits", f"{card}#Results-limits"):
        other = new_desk()
        page = other.open(there)
        expect(page.locator("article").get_by_role("heading", name="Results & limits")).to_be_in_viewport()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_code_is_coloured_and_its_button_copies_it(new_desk, card, language):
    word = words(language)
    page = new_desk(language=language).open(card)
    block = page.locator("article .with-copy")
    expect(block.locator(".hljs-keyword").first).to_have_text("from")
    button = block.get_by_role("button", name=word("copy"), exact=True)
    block.scroll_into_view_if_needed()
    block.hover()
    expect(button).to_have_css("opacity", "1")
    button.click()
    expect(block.get_by_role("button", name=word("copied"))).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.rstrip("\n") == re.search("```python\n(.*?)\n```", CARD, re.S)[1]
