# SPDX-License-Identifier: Apache-2.0
"""A small browser: cookies, redirects, forms with their hidden fields. It sends what a person's browser would."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

from .web import Answer, Web


@dataclass
class Form:
    action: str = ""
    method: str = "get"
    fields: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def field_of_kind(self, kind: str) -> str:
        return next(name for name, its in self.kinds.items() if its == kind)


class _Forms(HTMLParser):
    def __init__(self):
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.open = False

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form":
            self.forms.append(Form(given.get("action") or "", (given.get("method") or "get").lower()))
            self.open = True
        elif self.open and tag in ("input", "button"):
            self._control(tag, given)

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = False

    def _control(self, tag, given):
        form, name = self.forms[-1], given.get("name")
        kind = given.get("type") or ("submit" if tag == "button" else "text")
        if kind == "submit":
            form.buttons.append((name or "", given.get("value") or ""))
        elif name and (kind not in ("checkbox", "radio") or "checked" in given):
            form.fields[name] = given.get("value") or ""
            form.kinds[name] = kind


class Browser:
    def __init__(self, web: Web):
        self.web = web
        self.cookies: dict[str, str] = {}
        self.address = web.base + "/"
        self.page: Answer | None = None

    def open(self, address: str) -> Answer:
        return self._go("GET", urljoin(self.address, address), None)

    @property
    def forms(self) -> list[Form]:
        return self._parsed().forms

    @property
    def links(self) -> list[str]:
        return self._parsed().links

    def submit(self, form: Form, values: dict[str, str], button: tuple[str, str] | None = None) -> Answer:
        pressed = button or (form.buttons[0] if form.buttons else ("", ""))
        sent = form.fields | values | ({pressed[0]: pressed[1]} if pressed[0] else {})
        target = urljoin(self.address, form.action) if form.action else self.address
        return self._go("POST", target, urlencode(sent).encode()) if form.method == "post" else \
            self._go("GET", f"{target}?{urlencode(sent)}", None)

    def sign_in(self, name: str, password: str) -> Answer:
        """Fills the sign-in form of the page it is on, or of /login."""
        if not any("password" in form.kinds.values() for form in (self.forms if self.page else [])):
            self.open("/login")
        form = next(form for form in self.forms if "password" in form.kinds.values())
        user = next(key for key, kind in form.kinds.items() if kind in ("text", "email"))
        return self.submit(form, {user: name, form.field_of_kind("password"): password})

    def _parsed(self) -> _Forms:
        parser = _Forms()
        parser.feed(self.page.text if self.page else "")
        return parser

    def _go(self, method: str, address: str, body: bytes | None) -> Answer:
        for _ in range(10):
            split = urlsplit(address)
            headers = {"Accept": "text/html", "Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items())}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
                headers["Origin"] = f"{split.scheme}://{split.netloc}"
            self.page = self.web.ask(method, address, headers=headers, body=body)
            self.address = address
            self._keep_cookies()
            if self.page.status not in (301, 302, 303, 307, 308):
                return self.page
            address = urljoin(address, self.page.headers["Location"])
            if self.page.status in (301, 302, 303):
                method, body = "GET", None
        raise AssertionError(f"too many redirects at {address}")

    def _keep_cookies(self) -> None:
        for line in self.page.headers.get_all("Set-Cookie") or []:
            for key, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(key, None)
                else:
                    self.cookies[key] = morsel.value
