# SPDX-License-Identifier: Apache-2.0
"""A person who does not program shares a model: makes the repository, puts files in, writes the card, and others find it.
What the browser made is read by the real clients, byte for byte. Once in English, once in Arabic."""

import re

import pytest
from harness import content
from harness.words import words
from playwright.sync_api import expect


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_model_is_made_filled_found_and_read_back(new_desk, machine, other_machine, alice, language, tmp_path):
    word = words(language)
    desk = new_desk(language=language)
    desk.sign_in(alice)
    page, name = desk.open("/new"), f"from-the-browser-{language}"
    page.get_by_label(word("new_name"), exact=True).fill(name)
    expect(page.get_by_text(word("new_name_free"))).to_be_visible()
    desk.button(word("new_create_model")).click()
    page.wait_for_url(f"**/alice/{name}")

    source = content.small_model(tmp_path / "model")
    content.write_random(source / "large.bin", 12 * content.MIB)
    (source / "نموذج.txt").write_text("مرحبا\n")
    desk.open(f"/alice/{name}/upload/main")
    files = [path for path in source.iterdir() if path.is_file()]
    page.locator("input[type=file]:not([webkitdirectory])").set_input_files(files)
    desk.button(word("upload_start")).click()
    page.wait_for_url(f"**/alice/{name}/tree/main", timeout=120_000)
    desk.settled()
    expect(page.get_by_text("large.bin").first).to_be_visible()

    desk.open(f"/alice/{name}/new/main")
    page.get_by_label(word("edit_path_new")).fill("notes/first.md")
    page.locator(".cm-content").click()
    page.keyboard.type("Written in the browser.")
    desk.button(word("write_commit")).click()
    page.wait_for_url(re.compile(f"/alice/{name}/(blob|tree)/main"))

    target = tmp_path / "by-hf"
    machine.hub2(alice).hf("download", f"alice/{name}", "--local-dir", target)
    clone = other_machine.git(alice).clone(f"{machine.endpoint}/alice/{name}")
    for folder in (target, clone):
        for path in files:
            assert content.sha256(folder / path.name) == content.sha256(path), path
        assert (folder / "notes/first.md").read_text().rstrip("\n") == "Written in the browser."

    page = desk.open("/models")
    page.locator("main input[type=search]").fill(name)
    page.keyboard.press("Enter")
    expect(page.locator("main").get_by_text(f"alice/{name}")).to_be_visible()


def test_a_name_that_is_taken_or_not_allowed_is_told_at_once(desk, alice, web):
    assert web.post("/api/repos/create", token=alice.token, as_json={"name": "taken", "type": "model"}).status == 200
    desk.sign_in(alice)
    page = desk.open("/new")
    field = page.get_by_label("Name", exact=True)
    for name in ("taken", "TAKEN", "two..dots", "-dash", "white space"):
        field.fill(name)
        expect(page.locator(".fault").first).to_be_visible()
        expect(page.get_by_text("This name is free.")).to_have_count(0)
    field.fill("free-name")
    expect(page.get_by_text("This name is free.")).to_be_visible()
