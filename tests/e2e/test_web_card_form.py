# SPDX-License-Identifier: Apache-2.0
"""The card as a form beside its text: what is chosen goes into the front matter and nothing else moves, what is wrong is
said beside its field, and the card is seen as it will be. Read back by huggingface_hub."""

import re

import pytest
from harness.web import commit, file_line
from harness.words import words
from playwright.sync_api import Locator, Page, expect

BEFORE = """---
# Agreed on by the whole lab.
license: mit  # until the review
x_lab:   # a key of ours
  reviewed: [2025-03-01, "yes"]
tags:
# the oldest ones
- harbour   # where it began
- second
thumbnail: 'https://lab.example/a.png'
language: en
---
# Harbour

Words that stay.
"""
AFTER = """---
# Agreed on by the whole lab.
license: apache-2.0  # until the review
x_lab:   # a key of ours
  reviewed: [2025-03-01, "yes"]
tags:
# the oldest ones
- harbour # where it began
- second
- مرفأ
thumbnail: 'https://lab.example/a.png'
language:
- en
- ar
library_name: transformers
pipeline_tag: text-generation
base_model:
- acme/the-base
base_model_relation: finetune
datasets:
- {data}
metrics:
- accuracy
- f1
co2_eq_emissions:
  emissions: 12.5
  hardware_used: 4 × A100
widget:
- text: "كان يا ما كان"
  example_title: A tale
model-index:
- name: {name}
  results:
  - task:
      type: text-generation
    dataset:
      name: {data}
      type: {data}
    metrics:
    - type: accuracy
      value: 0.91
---
# Harbour

Words that stay.

Seen **at once**.
"""


class Form:
    """The form of a card, in the reader's language."""

    def __init__(self, page: Page, word):
        self.page = page
        self.word = word
        self.preview = page.get_by_role("region", name=word("edit_preview"), exact=True)

    def box(self, key: str) -> Locator:
        return self.page.get_by_role("combobox", name=self.word(key), exact=True)

    def choose(self, key: str, typed: str, value: str) -> None:
        """One of the list, with the mouse."""
        self.box(key).fill(typed)
        choices = self.page.get_by_role("listbox", name=self.word(key), exact=True).get_by_role("option")
        choices.filter(has=self.page.get_by_text(value, exact=True)).first.click()

    def write(self, key: str, *values: str) -> None:
        """What is typed, with Enter."""
        for value in values:
            self.box(key).fill(value)
            self.box(key).press("Enter")
        self.box(key).press("Tab")  # the list of what else there is lies over the next field

    def part(self, key: str) -> Locator:
        """One of the parts that are folded at first."""
        part = self.page.locator("details").filter(has=self.page.locator("summary", has_text=self.word(key)))
        part.locator("summary").click()
        return part

    def fill(self, part: Locator, **fields: str) -> None:
        for key, text in fields.items():
            field = part.get_by_label(self.word(key), exact=True)
            field.fill(text)
            field.press("Tab")

    def tells(self, key: str, message: str, **values: str) -> None:
        """What is wrong, beside the field and tied to it."""
        said = self.word(message)
        for name, value in values.items():
            said = said.replace(f"{{{name}}}", value)
        expect(self.box(key)).to_have_attribute("aria-invalid", "true")
        expect(self.box(key)).to_have_accessible_description(re.compile(re.escape(said)))

    def accepts(self, key: str) -> None:
        expect(self.box(key)).not_to_have_attribute("aria-invalid", "true")


def commit_card(desk, word, repo, summary: str) -> None:
    desk.page.get_by_label(word("write_summary"), exact=True).fill(summary)
    desk.page.get_by_role("button", name=word("write_commit"), exact=True).click()
    desk.page.wait_for_url(f"**{repo.page}")
    desk.settled()


def type_at_end(page: Page, text: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def card_as_read(machine, person, repo) -> str:
    """The README as huggingface_hub has it on its disk."""

    def read(repo_id, type):
        return Path(hub.hf_hub_download(repo_id, "README.md", repo_type=type)).read_text(encoding="utf-8")

    return machine.hub2(person).call(read, repo_id=repo.id, type=repo.type)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_form_writes_what_is_chosen_and_leaves_the_rest_as_it_was(new_desk, machine, web, alice, new_repo, language):
    word, repo, data = words(language), new_repo(), new_repo(type="dataset")
    commit(web, repo, alice, "A card", file_line("README.md", BEFORE.encode()))
    desk = new_desk(language=language)
    desk.sign_in(alice)
    page = desk.open(repo.page)
    desk.link(word("edit_card")).click()
    page.wait_for_url("**/edit/main/README.md")
    form = Form(desk.settled(), word)
    assert page.evaluate("document.documentElement.dir") == {"en": "ltr", "ar": "rtl"}[language]

    form.choose("licence", "apache", "apache-2.0")
    form.choose("card_task", "text-gen", "text-generation")
    form.choose("card_library", "transf", "transformers")
    form.write("card_languages", "ar")
    form.write("card_tags", "مرفأ")
    form.write("card_base_model", "acme/the-base")
    page.get_by_label(word("card_relation"), exact=True).select_option("finetune")
    form.choose("card_datasets", data.id.split("/")[1], data.id)
    form.write("card_metrics", "accuracy", "f1")
    results = form.part("card_results")
    results.get_by_role("button", name=word("card_result_add")).click()
    form.fill(results, card_result_value="0.91")
    examples = form.part("card_examples")
    examples.get_by_role("button", name=word("card_example_add")).click()
    form.fill(examples, card_example_text="كان يا ما كان", card_example_title="A tale")
    form.fill(form.part("card_emissions"), card_emissions_grams="12.5", card_emissions_hardware_used="4 × A100")
    type_at_end(page, "\nSeen **at once**.\n")

    chips = form.preview.get_by_role("list", name=word("card_facts"))
    for chip in ("apache-2.0", "transformers", "harbour", "مرفأ", word("task.text-generation")):
        expect(chips.get_by_text(chip, exact=True)).to_be_visible()
    expect(form.preview.locator("strong")).to_have_text("at once")
    commit_card(desk, word, repo, "بطاقة أكمل")

    main = page.locator("main")
    expect(main.get_by_role("heading", name="Harbour")).to_be_visible()
    expect(main.get_by_text("0.91").first).to_be_visible()
    expect(main.get_by_text("كان يا ما كان")).to_be_visible()
    assert card_as_read(machine, alice, repo) == AFTER.format(name=repo.id.split("/")[1], data=data.id)

    def load(repo_id):
        card = hub.ModelCard.load(repo_id)
        [result] = card.data.eval_results
        known = card.data.to_dict()
        return [[known[key] for key in ("license", "pipeline_tag", "library_name", "language", "tags", "base_model", "datasets",
                                        "metrics", "co2_eq_emissions", "widget", "thumbnail")],
                [result.task_type, result.dataset_name, result.metric_type, result.metric_value],
                api.list_repo_commits(repo_id)[0].title]

    assert machine.hub2(alice).call(load, repo_id=repo.id) == [
        ["apache-2.0", "text-generation", "transformers", ["en", "ar"], ["harbour", "second", "مرفأ"], ["acme/the-base"], [data.id],
         ["accuracy", "f1"], {"emissions": 12.5, "hardware_used": "4 × A100"},
         [{"text": "كان يا ما كان", "example_title": "A tale"}], "https://lab.example/a.png"],
        ["text-generation", data.id, "accuracy", 0.91], "بطاقة أكمل"]


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_wrong_is_said_beside_its_field_while_it_is_written(new_desk, web, alice, repo, language):
    word = words(language)
    commit(web, repo, alice, "A card", file_line("README.md", BEFORE.encode()))
    desk = new_desk(language=language)
    desk.sign_in(alice)
    form = Form(desk.open(f"{repo.page}/edit/main/README.md"), word)
    form.accepts("licence")
    form.write("licence", "our-own")
    form.tells("licence", "card_bad_licence")
    form.choose("licence", "mit", "mit")
    form.accepts("licence")
    form.write("card_task", "guessing")
    form.tells("card_task", "card_bad_task", value="guessing")
    form.write("card_languages", "Klingon")
    form.tells("card_languages", "card_bad_language", value="Klingon")
    form.page.get_by_role("button", name=word("choices_remove").replace("{name}", "Klingon")).click()
    form.accepts("card_languages")
    for field in ("card_datasets", "card_base_model"):
        form.write(field, "some words")
        form.tells(field, "card_bad_id", value="some words")
    assert desk.faults_for_all() == []


def test_what_no_field_shows_is_said_too(desk, web, alice, repo):
    """A fault in a part that is folded opens it; one of a key that the form does not have stands above the form."""
    text = "---\nlicense: mit\nlicense_link: [a]\nmodel-index:\n- name: m\n  results:\n  - metrics:\n    - type: f1\n---\n# m\n"
    commit(web, repo, alice, "A card", file_line("README.md", text.encode()))
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/edit/main/README.md")
    expect(page.get_by_text("“license_link” must be text.")).to_be_visible()
    expect(page.get_by_text("“model-index[0].results[0].metrics[0].value” is missing.")).to_be_visible()


def test_front_matter_that_cannot_be_read_is_mended_as_text(desk, machine, web, alice, repo):
    """The form comes and goes above the text while it is written, and the cursor stays where it is."""
    commit(web, repo, alice, "A card", file_line("README.md", b"---\nlicense: [mit\n---\n# Broken\n"))
    desk.sign_in(alice)
    form = Form(desk.open(f"{repo.page}/edit/main/README.md"), words("en"))
    expect(form.page.get_by_role("alert").filter(has_text="The front matter cannot be read")).to_be_visible()
    expect(form.box("licence")).to_have_count(0)
    form.page.locator(".cm-content").click()
    form.page.keyboard.press("Control+A")
    form.page.keyboard.press("Delete")
    expect(form.box("licence")).to_be_visible()
    form.page.keyboard.type("---\nlicense: 'm")
    form.page.keyboard.type("it'\n---\n# Mended\n")
    form.choose("licence", "apache", "apache-2.0")
    commit_card(desk, form.word, repo, "Mend the card")
    assert card_as_read(machine, alice, repo) == "---\nlicense: 'apache-2.0'\n---\n# Mended\n"


@pytest.mark.parametrize(("language", "type", "section"), [
    ("en", "model", "Intended use and limits"), ("ar", "model", "الاستخدام المقصود والحدود"),
    ("en", "dataset", "Where it comes from"), ("ar", "dataset", "المصدر"),
], ids=["en-model", "ar-model", "en-dataset", "ar-dataset"])
def test_a_first_card_begins_with_the_recommended_sections(new_desk, machine, alice, new_repo, language, type, section):
    word, repo = words(language), new_repo(type=type)
    desk = new_desk(language=language)
    desk.sign_in(alice)
    page = desk.open(repo.page)
    desk.link(word("first_steps_card")).click()
    form = Form(page, word)
    desk.button(word("card_template")).click()
    expect(form.preview.get_by_role("heading", name=section)).to_be_visible()
    expect(desk.button(word("card_template"))).to_have_count(0)
    form.choose("licence", "cc-by-4", "cc-by-4.0")
    form.write("card_task" if type == "model" else "card_tasks", "translation")
    commit_card(desk, word, repo, "First")
    expect(page.locator("article").get_by_role("heading", name=section)).to_be_visible()

    def load(repo_id, type):
        kind = hub.ModelCard if type == "model" else hub.DatasetCard
        card = kind.load(repo_id)
        return [card.data.to_dict(), card.text]

    known, text = machine.hub2(alice).call(load, repo_id=repo.id, type=type)
    task = {"pipeline_tag": "translation"} if type == "model" else {"task_categories": ["translation"]}
    assert known == {"license": "cc-by-4.0", **task}
    assert f"\n## {section}\n" in text and repo.id in text
