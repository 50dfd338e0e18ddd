# SPDX-License-Identifier: Apache-2.0
"""The pages of repositories, walked as a browser does: links followed, forms sent, commands copied from the page."""

import html
import re

from harness import content
from harness.browser import Browser
from harness.web import commit_body, file_line


def commit(web, repo, person, *files, title="Add files", revision="main", create_pr=False):
    body = commit_body(title, *(file_line(path, octets) for path, octets in files))
    answer = web.post(f"{repo.api}/commit/{revision}" + ("?create_pr=1" if create_pr else ""), token=person.token, body=body,
                      headers={"Content-Type": "application/x-ndjson"})
    assert answer.status == 200, answer.text
    return answer.json()


def commands(page) -> list[str]:
    """What the page offers to copy."""
    return [html.unescape(text) for text in re.findall(r"<pre[^>]*>(.*?)</pre>", page.text, re.S)]


def test_every_link_of_a_repository_leads_somewhere(web, alice, new_repo):
    for type in ("model", "dataset", "space"):
        repo = new_repo(type=type, **({"sdk": "static"} if type == "space" else {}))
        commit(web, repo, alice, ("README.md", b"# Card\n\n[rules](docs/rules.md#top) ![plot](plot.png)"),
               ("docs/rules.md", b"text"), ("plot.png", b"\x89PNG\0"), ('a b/é"<b>.txt', b"x"))
        browser = Browser(web)
        waiting, seen = [repo.page], set()
        while waiting:
            address = waiting.pop()
            if address in seen:
                continue
            seen.add(address)
            assert browser.open(address).status == 200, address
            assert "<script" not in browser.page.text and "default-src 'none'" in browser.page.headers["Content-Security-Policy"]
            assert web.head(address).status == 200
            if browser.page.headers["Content-Type"].startswith("text/html"):
                waiting += [link for link in browser.links if link.startswith(repo.page) and "/resolve/" not in link]
        assert {f"{repo.page}/tree/main/docs", f"{repo.page}/discussions", f"{repo.page}/commits/main"} <= seen
        assert any("%22%3Cb%3E.txt" in address for address in seen)


def test_the_commands_of_the_page_do_what_they_say(machine, web, alice, repo, tmp_path):
    commit(web, repo, alice, ("README.md", b"# Card"), ("folder/a.txt", b"text"))
    by_hf, by_git, in_python = commands(web.get(repo.page))
    export, download = by_hf.splitlines()
    assert export == f"export HF_ENDPOINT={machine.endpoint}"
    machine.hub2().hf(*download.split()[1:], "--local-dir", tmp_path / "by-hf")
    install, clone = by_git.splitlines()
    assert install == "git lfs install"
    machine.git(None)(*clone.split()[1:], tmp_path / "by-git")
    machine.run([machine.hub2().folder / "bin/python", "-c", in_python + "\nprint(folder)"], HF_ENDPOINT="http://127.0.0.1:9")
    assert content.tree(tmp_path / "by-hf") == content.tree(tmp_path / "by-git")
    assert (tmp_path / "by-git/folder/a.txt").read_text() == "text"


def test_addresses_that_the_api_hands_out_lead_to_pages(web, alice, bob, repo):
    made = commit(web, repo, alice, ("a.txt", b"old\n"))
    proposed = commit(web, repo, bob, ("a.txt", b"new\n"), title="Better", create_pr=True)
    for address in (f"{web.base}{repo.page}", made["commitUrl"], proposed["commitUrl"], proposed["pullRequestUrl"]):
        answer = web.get(address)
        assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/html"), address
    assert "+new" in web.get(proposed["pullRequestUrl"]).text


def test_a_pull_request_is_merged_in_the_browser(web, alice, bob, repo):
    commit(web, repo, alice, ("a.txt", b"old\n"))
    commit(web, repo, bob, ("a.txt", b"new\n"), title="Better", create_pr=True)
    browser = Browser(web)
    browser.open(f"{repo.page}/discussions/1")
    assert not [form for form in browser.forms if form.action.endswith("/merge")]
    browser.sign_in(alice.name, alice.password)
    browser.open(f"{repo.page}/discussions/1")
    merge = next(form for form in browser.forms if form.action.endswith("/merge"))
    assert browser.submit(merge, {}).status == 200 and "merged as" in browser.page.text
    assert web.get(repo.file("a.txt")).body == b"new\n"


def test_a_private_repository_is_a_missing_page_until_one_signs_in(web, alice, new_repo):
    repo = new_repo(private=True)
    browser = Browser(web)
    hidden = browser.open(repo.page)
    missing = browser.open(repo.page + "-not")
    assert (hidden.status, missing.status) == (404, 404)
    assert hidden.text == missing.text.replace(f"{repo.id}-not".replace("/", "%2F"), repo.id.replace("/", "%2F"))
    browser.open(repo.page)
    browser.open(next(link for link in browser.links if "/login?" in link))
    browser.sign_in(alice.name, alice.password)
    assert browser.page.status == 200 and browser.address.endswith(repo.page)
