# SPDX-License-Identifier: Apache-2.0
"""Debian's Chromium, spoken to by its own protocol over a pipe: opens a page and tells when its reader could begin."""

import itertools
import json
import os
import shutil
import subprocess
from pathlib import Path

PROGRAM = Path("/usr/bin/chromium")

# Noted by the page itself, so that the way to this process is not in it.
WATCH = """
    window.seen = new Promise((resolve) => new MutationObserver((_, watcher) => {
        if (!document.querySelector(%s)) return;
        watcher.disconnect();
        requestAnimationFrame(() => resolve(performance.now()));
    }).observe(document, { childList: true, subtree: true }));
"""


class Browser:
    """A browser with an empty profile, as a context."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.numbers = itertools.count(1)
        self.rest = b""
        self.events: list[str] = []  # names, since the last step to another page

    def __enter__(self) -> "Browser":
        self.folder.mkdir(parents=True)
        (theirs_in, self.out), (self.into, theirs_out) = os.pipe(), os.pipe()
        words = ["--headless", "--no-sandbox", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-pipe",
                 f"--user-data-dir={self.folder / 'profile'}", "about:blank"]
        # The browser expects the two ends at 3 and 4, which Popen would close.
        script = f'exec "$0" "$@" 3<&{theirs_in} 4>&{theirs_out}'
        with (self.folder / "log").open("wb") as log:
            self.process = subprocess.Popen(["/bin/bash", "-c", script, str(PROGRAM), *words], pass_fds=(theirs_in, theirs_out),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        os.close(theirs_in)
        os.close(theirs_out)
        return self

    def __exit__(self, *_) -> None:
        os.close(self.out)
        os.close(self.into)
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def seconds_until(self, address: str, selector: str, opened: int = 1) -> list[float]:
        """Opens a page so many times in one fresh set of cookies and caches. Gives each time the seconds from the first step
        until what the selector names stands there and is drawn."""
        context = self._ask("Target.createBrowserContext")["browserContextId"]
        target = self._ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self._ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self._ask("Page.enable", session)
        self._ask("Page.addScriptToEvaluateOnNewDocument", session, source=WATCH % json.dumps(selector))
        taken = []
        for _ in range(opened):
            self.events.clear()
            self._ask("Page.navigate", session, url=address)
            while "Page.frameNavigated" not in self.events:
                self._next()
            told = self._ask("Runtime.evaluate", session, expression="window.seen", awaitPromise=True, returnByValue=True)
            taken.append(told["result"]["value"] / 1e3)
        self._ask("Target.disposeBrowserContext", browserContextId=context)
        return taken

    def _ask(self, method: str, session: str | None = None, **parameters) -> dict:
        number = next(self.numbers)
        asked = {"id": number, "method": method, "params": parameters, **({"sessionId": session} if session else {})}
        os.write(self.out, json.dumps(asked).encode() + b"\0")
        while True:
            told = self._next()
            if told.get("id") == number:
                if "error" in told:
                    raise RuntimeError(f"{method}: {told['error']}")
                return told["result"]

    def _next(self) -> dict:
        while b"\0" not in self.rest:
            more = os.read(self.into, 1 << 16)
            if not more:
                raise RuntimeError(f"the browser ended:\n{(self.folder / 'log').read_text(errors='replace')}")
            self.rest += more
        message, _, self.rest = self.rest.partition(b"\0")
        told = json.loads(message)
        self.events.append(told.get("method", ""))
        return told
