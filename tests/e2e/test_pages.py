# SPDX-License-Identifier: Apache-2.0
"""The pages of repositories, walked as a reader does: every link followed, commands copied from the page and run."""

import re
from urllib.parse import unquote, urlsplit

from harness.web import commit_body, file_line
from playwright.sync_api import expect


def commit(web, repo, person, *files, title="Add files", revision="main", create_pr=False):
    body = commit_body(title, *(file_line(path, octets) for path, octets in files))
    answer = web.post(f"{repo.api}/commit/{revision}" + ("?create_pr=1" if create_pr else ""), token=person.token, body=body,
                      headers={"Content-Type": "application/x-ndjson"})
    assert answer.status == 200, answer.text
    return answer.json()


def test_every_link_of_a_repository_leads_somewhere(desk, web, alice, new_repo):
    for type in ("model", "dataset", "space"):
        repo = new_repo(type=type, **({"sdk": "static"} if type == "space" else {}))
        commit(web, repo, alice, ("README.md", b"# Card\n\n[rules](docs/rules.md#top) ![plot](plot.png)"),
               ("docs/rules.md", b"text"), ("plot.png", b"\x89PNG\0"), ('a b/é"<b>.txt', b"x"))
        waiting, seen = [repo.page], set()
        while waiting and len(seen) < 40:
            address = waiting.pop(0)
            if address in seen:
                continue
            seen.add(address)
            assert web.head(address).status == 200, address
            desk.open(address)
            assert desk.page.get_by_role("alert").count() == 0, address
            links = desk.page.locator("main a[href]").evaluate_all("(links) => links.map((link) => link.href)")
            local = [url.removeprefix(desk.server.address).split("#")[0] for url in links if url.startswith(desk.server.address)]
            waiting += [link for link in local if re.match(re.escape(repo.page) + r"/(tree|blob|commits|commit|discussions|blame)(/|$)", link)]
            for link in local:
                if "/resolve/" in link or "/raw/" in link:
                    assert web.head(link).status == 200, link
        assert {f"{repo.page}/tree/main/docs", f"{repo.page}/discussions", f"{repo.page}/commits/main"} <= seen
        assert any('"<b>.txt' in unquote(urlsplit(address).path) for address in seen)


def test_addresses_that_the_api_hands_out_lead_to_pages(web, alice, bob, repo):
    made = commit(web, repo, alice, ("a.txt", b"old\n"))
    proposed = commit(web, repo, bob, ("a.txt", b"new\n"), title="Better", create_pr=True)
    for address in (f"{web.base}{repo.page}", made["commitUrl"], proposed["commitUrl"], proposed["pullRequestUrl"]):
        answer = web.get(address)
        assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/html"), address


def test_a_private_repository_is_a_missing_page_until_one_signs_in(desk, web, alice, new_repo):
    repo = new_repo(private=True)
    hidden, missing = web.get(repo.page), web.get(repo.page + "-not")
    assert (hidden.status, missing.status) == (404, 404)
    assert hidden.text == missing.text.replace(f"{repo.id}-not", repo.id)
    page = desk.open(repo.page)
    expect(page.get_by_role("heading", name="Nothing is here")).to_be_visible()
    page.locator("main").get_by_role("link", name="Sign in").click()
    page.locator("input[name=login]").fill(alice.name)
    page.locator("input[name=password]").fill(alice.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{repo.page}")
    expect(desk.page.get_by_role("link", name="Files", exact=True)).to_be_visible()
