# SPDX-License-Identifier: Apache-2.0
"""What repositories take on the disk, as their administrators and those of the hub see it."""

import re

from harness import content
from harness.chromium import Desk
from playwright.sync_api import Page, expect


def figures(page: Page) -> dict[str, str]:
    """The storage figures of a page, by what they count."""
    rows = page.locator("main dl").filter(has_text="Saved by deduplication").locator("> div")
    return dict(rows.evaluate_all("(rows) => rows.map((row) => [...row.children].map((one) => one.textContent.trim()))"))


def upload(desk: Desk, repo, *files) -> None:
    page = desk.open(f"{repo.page}/upload/main")
    page.locator("input[data-pick=files]").set_input_files(files)
    desk.button("Upload and commit").click()
    page.wait_for_url(f"**{repo.page}/tree/main", timeout=60_000)


def test_what_is_stored_once_is_counted_once(desk, machine, web, alice, new_repo, tmp_path):
    """The same bytes in two repositories from the browser, then two files that share almost all of theirs from hf."""
    file = content.write_random(tmp_path / "weights.bin", 3_000_000)
    desk.sign_in(alice)
    ours, others, alike = new_repo(), new_repo(owner="alice"), new_repo()
    upload(desk, ours, file)
    upload(desk, others, file)
    for repo in (ours, others):
        assert figures(desk.open(f"{repo.page}/settings")) == {
            "As repositories hold it": "3 MB", "Stored": "3 MB", "Saved by deduplication": "0 B 0%", "Different files": "1"}
    page = desk.open("/admin/storage")
    assert figures(page) == {
        "As repositories hold it": "6 MB", "Stored": "3 MB", "Saved by deduplication": "3 MB 50%", "Different files": "1"}
    expect(page.get_by_role("img", name="50% of the size is stored")).to_be_visible()
    expect(page.get_by_text("Free disk space:")).to_be_visible()

    for name, tail in (("one.bin", b""), ("two.bin", b"and a little more")):
        (tmp_path / name).write_bytes(content.random_bytes(4_000_000, seed=5) + tail)
        machine.hub2(alice).hf("upload", alike.id, tmp_path / name)  # one after another: what is sent at once shares nothing yet
    shown = figures(desk.open(f"{alike.page}/settings"))
    assert shown["As repositories hold it"] == "8 MB" and shown["Different files"] == "2"
    assert re.fullmatch(r"[34](\.\d)? MB (4\d|50)%", shown["Saved by deduplication"])
    told = web.get(f"{alike.api}/storage", token=alice.token).json()
    assert 4_000_000 <= told["stored"] < 4_400_000 and told["saved"] == told["logical"] - told["stored"]
