# SPDX-License-Identifier: Apache-2.0
"""A card that says all a card can say, as a reader of each language meets it: chips, facts, weights, results, emissions,
examples, contents, anchors, code to be copied."""

import re

import pytest
from harness import content, samples
from harness.web import commit_body, file_line
from harness.words import words
from playwright.sync_api import expect

CODE = 'from transformers import pipeline\n\nprint(pipeline("text-classification", "acme/rich")("ما أجمله!"))'
CARD = f"""---
license: apache-2.0
language: [en, ar]
pipeline_tag: text-classification
library_name: transformers
base_model: acme/ground
base_model_relation: finetune
datasets: [acme/reviews, "a dataset that was never published"]
metrics: [accuracy, f1]
tags: [harbour]
co2_eq_emissions:
  emissions: 1500
  source: codecarbon
  training_type: fine-tuning
  geographical_location: Aden, Yemen
  hardware_used: 1 small GPU
widget:
- text: What a view!
  example_title: A joyful one
  output: {{text: "positive, for sure"}}
- text: يا له من منظر!
  example_title: مثال بالعربية
- src: pictures/view.png
  example_title: A picture
model-index:
- name: rich
  results:
  - task: {{type: text-classification, name: Sentiment}}
    dataset: {{name: Reviews, type: acme/reviews, split: test}}
    metrics:
    - {{type: accuracy, name: Accuracy, value: 0.75, verified: true}}
    - {{type: f1, name: F1, value: 0.5}}
    source: {{name: The paper, url: "https://papers.test/rich"}}
  - task: {{type: text-classification, name: Sentiment}}
    dataset: {{name: مراجعات, type: acme/arabic}}
    metrics:
    - {{type: accuracy, name: Accuracy, value: 0.25}}
---
# Rich

## How to use it

```python
{CODE}
```

## Training data

{"Much was read. " * 400}

### الاستخدام بالعربية

نصّ.

## Limits

None.
"""


@pytest.fixture(scope="module")
def rich(world, tmp_path_factory):
    """The model with that card, its weights and its picture."""
    web, alice = world.server.web, world.alice
    for name in ("rich", "ground", "plain"):
        assert web.post("/api/repos/create", token=alice.token, as_json={"name": name, "organization": "acme", "type": "model"}).status == 200
    body = commit_body("Add the card", file_line("README.md", CARD.encode()), file_line("pictures/view.png", samples.png()))
    assert web.post("/api/models/acme/rich/commit/main", token=alice.token, body=body, headers={"Content-Type": "application/x-ndjson"}).status == 200
    weights = content.safetensors(tmp_path_factory.mktemp("rich") / "model.safetensors", body=("F32", (1000, 12)), head=("BF16", (345,)))
    from huggingface_hub import HfApi
    HfApi(endpoint=world.server.url, token=alice.token).upload_file(
        path_or_fileobj=str(weights), path_in_repo="model.safetensors", repo_id="acme/rich")
    return "/acme/rich"


@pytest.fixture(params=["en", "ar"])
def reader(request, new_desk):
    """A reader's desk with the words of their language."""
    desk = new_desk(language=request.param)
    desk.word = words(request.param)
    return desk


def localised(page, number: float, **options) -> str:
    """A number as readers of the page write it."""
    return page.evaluate("([number, options]) => number.toLocaleString(document.documentElement.lang, options)", [number, options])


def fact(page, name: str):
    return page.locator("aside dl > div").filter(has=page.locator("dt", has_text=re.compile(f"^\\s*{re.escape(name)}\\s*$"))).locator("dd")


def test_what_the_front_matter_says_is_chips_that_lead_to_lists(reader, rich):
    page = reader.open(rich)
    chips = page.get_by_role("list", name=reader.word("card_facts")).get_by_role("link")
    leading = dict(zip(chips.evaluate_all("(links) => links.map((link) => link.querySelector('bdi').textContent)"),
                       chips.evaluate_all("(links) => links.map((link) => link.getAttribute('href'))")))
    languages = page.evaluate("['en', 'ar'].map((code) => new Intl.DisplayNames([document.documentElement.lang], { type: 'language' }).of(code))")
    assert leading == {
        reader.word("task.text-classification"): "/models?pipeline_tag=text-classification", "transformers": "/models?library=transformers",
        languages[0]: "/models?language=en", languages[1]: "/models?language=ar", "apache-2.0": "/models?license=apache-2.0",
        "harbour": "/models?filter=harbour",
    }
    chips.filter(has_text="harbour").click()
    page.wait_for_url("**/models?filter=harbour")
    expect(page.locator("main article .name bdi")).to_have_text(["acme/rich"])


def test_the_weights_tell_their_parameters_and_their_types(reader, rich):
    page = reader.open(rich)
    expect(fact(page, reader.word("parameters")).locator("bdi")).to_have_attribute("title", localised(page, 12_345))
    types = fact(page, reader.word("tensor_types")).locator("bdi")
    expect(types).to_have_text(["F32", "BF16"])
    assert types.evaluate_all("(types) => types.map(({ title }) => title)") == [localised(page, 12_000), localised(page, 345)]


def test_what_it_was_made_from_is_linked_where_it_can_be(reader, rich):
    page = reader.open(rich)
    facts = page.get_by_role("complementary", name=reader.word("about_repository"))
    for heading, links in ((reader.word("base_finetune"), ["/acme/ground"]), (reader.word("trained_on"), ["/datasets/acme/reviews"])):
        section = facts.locator("section").filter(has=page.get_by_role("heading", name=heading))
        assert section.get_by_role("link").evaluate_all("(links) => links.map((link) => link.getAttribute('href'))") == links
    expect(facts.get_by_text("a dataset that was never published")).to_be_visible()


def test_results_are_bars_and_tables(reader, rich):
    page = reader.open(rich)
    results = page.get_by_role("region", name=reader.word("evaluation_results"))
    # Of two numbers of one metric a bar each, on one scale; what was measured once is nothing to compare.
    expect(results.locator("figure")).to_have_count(1)
    bars = results.locator("figure li")
    assert bars.locator(".name").all_text_contents() == ["Reviews · test", "مراجعات"]
    assert bars.locator(".value").all_text_contents() == ["0.75", "0.25"]
    widths = bars.evaluate_all("(rows) => rows.map((row) => row.querySelector('.bar').getBoundingClientRect().width)")
    assert widths[0] == pytest.approx(3 * widths[1], rel=0.02)
    # Bars grow from where the language begins.
    edges = bars.locator(".track").evaluate_all("(tracks) => tracks.map((track) => [track, track.firstChild].map((one) => one.getBoundingClientRect()))")
    side = "right" if page.evaluate("document.documentElement.dir") == "rtl" else "left"
    assert all(abs(track[side] - bar[side]) <= 2 for track, bar in edges)

    first, second = results.get_by_role("table").all()
    assert first.locator("tbody").inner_text().split() == ["Accuracy", reader.word("verified"), "0.75", "F1", "0.5"]
    expect(first.locator("caption").get_by_role("link", name="Reviews")).to_have_attribute("href", "/datasets/acme/reviews")
    expect(first.get_by_role("link", name="The paper")).to_have_attribute("href", "https://papers.test/rich")
    assert second.locator("tbody").inner_text().split() == ["Accuracy", "0.25"]
    expect(second.get_by_text(reader.word("self_reported"))).to_be_visible()


def test_emissions_are_told_with_where_they_come_from(reader, rich):
    page = reader.open(rich)
    box = page.locator("aside section").filter(has=page.get_by_role("heading", name=reader.word("carbon_emissions")))
    expect(box.locator(".grams")).to_have_text(f"{localised(page, 1.5)} kg CO₂ eq")
    for key, told in {"source": "codecarbon", "training": "fine-tuning", "place": "Aden, Yemen", "hardware": "1 small GPU"}.items():
        expect(box.locator("dl > div").filter(has_text=reader.word(key)).locator("dd")).to_have_text(told)


def test_examples_are_shown_and_nothing_is_run(reader, rich):
    page = reader.open(rich)
    examples = page.get_by_role("region", name=reader.word("examples"))
    assert examples.locator(".title").all_text_contents() == ["A joyful one", "مثال بالعربية", "A picture"]
    expect(examples.locator(".example").first.locator(".text")).to_have_text(["What a view!", "positive, for sure"])
    sides = examples.locator(".text").evaluate_all("(texts) => texts.map((text) => getComputedStyle(text).direction)")
    assert sides == ["ltr", "ltr", "rtl"]  # each as it is written, whatever the page's language is
    examples.locator("img").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.example img')?.naturalWidth === 320")
    assert examples.get_by_role("button").count() == 0


def test_contents_and_anchors_lead_to_headings(reader, rich):
    page = reader.open(rich)
    contents = page.get_by_role("navigation", name=reader.word("contents"))
    assert contents.get_by_role("link").all_text_contents() == ["Rich", "How to use it", "Training data", "الاستخدام بالعربية", "Limits"]
    in_sight = "(heading) => { const { top, bottom } = heading.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }"
    limits = page.locator("article").get_by_role("heading", name="Limits")
    assert not limits.evaluate(in_sight)
    contents.get_by_role("link", name="Limits").click()
    page.wait_for_url("**/acme/rich#*")
    assert limits.evaluate(in_sight)

    arabic = page.locator("article").get_by_role("heading", name="الاستخدام بالعربية")
    anchor = arabic.get_by_role("link", name=reader.word("link_to_heading").replace("{name}", "الاستخدام بالعربية"))
    anchor.focus()
    page.keyboard.press("Enter")
    shared = page.url
    page = reader.open("/")
    page.goto(shared)
    reader.settled()
    assert page.locator("article").get_by_role("heading", name="الاستخدام بالعربية").evaluate(in_sight)
    # As the hosted hub's links name it.
    reader.open(f"{rich}#limits")
    assert page.locator("article").get_by_role("heading", name="Limits").evaluate(in_sight)


def test_code_is_copied_as_it_was_written(reader, rich):
    page = reader.open(rich)
    frame = page.locator("article .with-copy")
    frame.hover()
    copy = frame.get_by_role("button", name=reader.word("copy"))
    copy.click()
    expect(frame.get_by_role("button", name=reader.word("copied"))).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").rstrip("\n") == CODE
    assert frame.locator("code").evaluate("(code) => getComputedStyle(code).direction") == "ltr"


def test_a_card_that_says_little_shows_no_empty_boxes(reader, rich):
    page = reader.open("/acme/plain")
    for key in ("evaluation_results", "examples", "carbon_emissions", "contents", "trained_on"):
        expect(page.get_by_role("heading", name=reader.word(key))).to_have_count(0)
    expect(fact(page, reader.word("downloads"))).to_be_visible()
