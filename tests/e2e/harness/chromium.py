# SPDX-License-Identifier: Apache-2.0
"""Debian's Chromium, driven by Playwright. A desk is one person's browser: its language, its theme, its size, its
cookies. Whatever a page must never do is noted and fails the test: script errors, refusals of the content policy,
requests to another host."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Playwright, Request

from .server import Person, Server

PROGRAM = "/usr/bin/chromium"
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
PATIENCE = 20_000  # milliseconds for one step; builds of other things may run beside

# axe has no way to see through the shadow root of the editor's own colours.
SERIOUS = {"serious", "critical"}


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=PROGRAM, args=["--no-sandbox", "--disable-dev-shm-usage"])


@dataclass
class Desk:
    server: Server
    context: BrowserContext
    page: Page
    mishaps: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    """Addresses of the hub's API that the page asked for, as the browser saw them."""
    hostile: bool = False
    """Set where a page holds mischief: sanitising text in an inert document makes the browser report what it would refuse."""

    @classmethod
    def at(cls, browser: Browser, server: Server, language: str = "en", theme: str = "light", size: str = "desktop") -> Desk:
        context = browser.new_context(
            viewport=SIZES[size], locale={"en": "en-GB", "ar": "ar-EG"}[language], color_scheme=theme, has_touch=size == "phone",
            accept_downloads=True, permissions=["clipboard-read", "clipboard-write"], reduced_motion="reduce")
        context.set_default_timeout(PATIENCE)
        desk = cls(server, context, context.new_page())
        desk.page.on("console", desk._heard)
        desk.page.on("pageerror", lambda error: desk.mishaps.append(f"script error: {error}"))
        desk.page.on("request", desk._saw)
        return desk

    def open(self, path: str) -> Page:
        """Opens a page of the hub and waits until the application shows it."""
        self.page.goto(self.server.url + path)
        self.settled()
        return self.page

    def settled(self) -> Page:
        self.page.wait_for_selector("main[aria-busy=false]")
        return self.page

    def sign_in(self, person: Person) -> Page:
        self.open("/login")
        self.page.locator("input[name=login]").fill(person.name)
        self.page.locator("input[name=password]").fill(person.password)
        self.page.locator("main form button:not([type=button])").click()
        self.page.wait_for_url(re.compile(r"^(?!.*/login)"))
        return self.settled()

    def button(self, name: str | re.Pattern) -> Locator:
        return self.page.get_by_role("button", name=name)

    def link(self, name: str | re.Pattern) -> Locator:
        return self.page.get_by_role("link", name=name)

    def faults_for_all(self) -> list[str]:
        """What axe finds serious: `rule: the element`."""
        found = Axe().run(self.page).response["violations"]
        return [f"{fault['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
                for fault in found if fault["impact"] in SERIOUS for node in fault["nodes"]]

    def overflow(self) -> int:
        """Pixels by which the page is wider than its window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def leave(self) -> None:
        """Closes the browser; nothing may have happened that never should."""
        self.context.close()
        assert not self.mishaps, "\n".join(self.mishaps)

    def _heard(self, message: ConsoleMessage) -> None:
        # A refusal that a page shows to its reader is no mishap; browsers log each of them.
        refusal = message.text.startswith("Failed to load resource") or (self.hostile and "Content Security Policy" in message.text)
        if message.type == "error" and not refusal:
            self.mishaps.append(f"console: {message.text}")

    def _saw(self, request: Request) -> None:
        url = urlsplit(request.url)
        if url.scheme in ("http", "https", "ws", "wss") and f"{url.scheme}://{url.netloc}" != self.server.address:
            self.mishaps.append(f"asked another host: {request.url}")
        if url.path.startswith("/api/"):
            self.asked.append(request.url.removeprefix(self.server.address))
