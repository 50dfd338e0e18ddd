# SPDX-License-Identifier: Apache-2.0
"""Every page as readers meet it: nothing that keeps people out (axe), nothing wider than the window, in both languages and
directions, light and dark, on a desk and on a phone: in two of these eight looks in every run, in all with --full.
`./x screenshots` makes pictures of all of them on the way."""

import itertools
import os
import re
from pathlib import Path

import pytest
from harness import content, formats, samples
from harness.chromium import Desk
from harness.server import Server
from harness.web import commit_body, file_line

FOLDER = os.environ.get("MIRFA_SCREENSHOTS")
IN_EVERY_RUN = [("en", "light", "desktop"), ("ar", "dark", "phone")]
LOOKS = [
    pytest.param(look, id="-".join(look), marks=[] if FOLDER or look in IN_EVERY_RUN else pytest.mark.full)
    for look in itertools.product(("en", "ar"), ("light", "dark"), ("desktop", "phone"))
]

CARD = """---
license: apache-2.0
language: [en, ar]
pipeline_tag: text-classification
library_name: transformers
base_model: acme/base
datasets: [acme/reviews]
tags: [sentiment]
co2_eq_emissions: {emissions: 1500, source: codecarbon, training_type: fine-tuning, geographical_location: "Aden, Yemen", hardware_used: 1 GPU}
widget:
- {text: What a view!, example_title: A joyful one, output: {text: "positive: 0.98"}}
- {text: "المكان رائع", example_title: بالعربية}
model-index:
- name: harbour
  results:
  - task: {type: text-classification}
    dataset: {name: Reviews, type: acme/reviews}
    metrics: [{type: accuracy, value: 0.93}, {type: f1, value: 0.91}]
  - task: {type: text-classification}
    dataset: {name: "مراجعات", type: acme/arabic}
    metrics: [{type: accuracy, value: 0.88}]
---
# Harbour

A small model for **reading reviews**. It knows English and العربية.

## How to use it

```python
from transformers import pipeline
print(pipeline("text-classification", "acme/harbour")("What a view!"))
```

## Training data

| split | rows |
| --- | --- |
| train | 12,000 |
| test | 1,500 |

## الاستخدام

يقرأ هذا النموذج المراجعات ويصنّفها.
"""

# What alice sees, who administers the hub and acme.
PAGES = {
    "home": "/", "models": "/models", "models-narrowed": "/models?language=ar&license=apache-2.0&updated_within=7",
    "models-none": "/models?q=nothing+like+it&language=ar", "datasets": "/datasets", "spaces": "/spaces", "owner": "/acme", "profile": "/alice",
    "card": "/acme/harbour", "files": "/acme/harbour/tree/main", "file-text": "/acme/harbour/blob/main/config.json",
    "file-tensors": "/acme/harbour/blob/main/model.safetensors", "history": "/acme/harbour/commits/main",
    "commit": "/acme/harbour/commit/main", "compare": "/acme/harbour/compare/main...refs%2Fpr%2F1",
    "branches": "/acme/harbour/branches", "blame": "/acme/harbour/blame/main/config.json",
    "discussions": "/acme/harbour/discussions", "pull-request": "/acme/harbour/discussions/1",
    "pull-request-commits": "/acme/harbour/discussions/1/commits", "pull-request-files": "/acme/harbour/discussions/1/files",
    "discussion": "/acme/harbour/discussions/2", "new-discussion": "/acme/harbour/discussions/new", "repo-settings": "/acme/harbour/settings",
    "new-model": "/new", "new-dataset": "/new-dataset", "new-space": "/new-space",
    "upload": "/acme/harbour/upload/main", "new-file": "/acme/harbour/new/main", "edit": "/acme/harbour/edit/main/config.json",
    "edit-card": "/acme/harbour/edit/main/README.md", "delete-file": "/acme/harbour/delete/main/config.json",
    "empty": "/acme/empty", "empty-files": "/acme/empty/tree/main", "space": "/spaces/acme/pier",
    "settings": "/settings", "settings-account": "/settings/account", "settings-sessions": "/settings/sessions",
    "settings-organizations": "/settings/organizations", "tokens": "/settings/tokens", "new-token": "/settings/tokens/new",
    "new-token-narrow": "/settings/tokens/new?tokenType=fineGrained", "device": "/device?code={device}", "device-code": "/device",
    "new-organization": "/organizations/new", "organization-settings": "/organizations/acme/settings",
    "organization-members": "/organizations/acme/settings/members", "organization-delete": "/organizations/acme/settings/delete",
    "jobs": "/acme/harbour/jobs", "admin-jobs": "/admin/jobs", "admin-users": "/admin", "admin-organizations": "/admin/organizations",
    "admin-storage": "/admin/storage", "admin-sign-up": "/admin/sign-up", "admin-audit": "/admin/audit",
    **{f"view-{name}": f"/acme/kinds/blob/main/{path}" for name, path in {
        "markdown": "guide.md", "image": "view.png", "drawing": "waves.svg", "audio": "tone.wav", "video": "film.webm", "pdf": "leaflet.pdf",
        "notebook": "walk.ipynb", "csv": "ships.csv", "parquet": "ships.parquet", "gguf": "small.gguf",
        "scalars": "runs/events.out.tfevents.1700000000.host", "binary": "weights.bin", "nothing": "empty.txt",
    }.items()},
}
# What others see of them.
FOR_STRANGERS = {
    "sign-in": "/login", "missing": "/acme/nothing", "missing-revision": "/acme/harbour/tree/none", "join": "{invitation}", "join-without": "/join",
    "empty-visitor": "/acme/empty", "gated-card": "/acme/sealed",
}
FOR_BOB = {"forbidden": "/admin", "forbidden-organization": "/organizations/acme/settings", "gated": "/acme/sealed", "gated-file": "/acme/sealed/blob/main/config.json"}
WHOSE = {**dict.fromkeys(PAGES, "alice"), **dict.fromkeys(FOR_STRANGERS, ""), **dict.fromkeys(FOR_BOB, "bob")}
ALL_PAGES = {**PAGES, **FOR_STRANGERS, **FOR_BOB}


def as_json(status: int, reason: str):
    return lambda route: route.fulfill(status=status, headers={"X-Request-Id": "0198c7a2"}, content_type="application/json",
                                       body=f'{{"error": "The hub is in trouble.", "reason": "{reason}"}}')


# What becomes of a page whose data does not come.
FAILURES = {"failed": as_json(500, "internal"), "offline": lambda route: route.abort("connectionrefused")}


@pytest.fixture(scope="module")
def harbour(world, chromium, tmp_path_factory):
    """A hub with something on it; gives what stands for the names in braces in the addresses above."""
    web, alice, bob = world.server.web, world.alice, world.bob
    folder = tmp_path_factory.mktemp("model")
    weights = content.safetensors(folder / "model.safetensors", embed=("F32", (1200, 64)), head=("BF16", (2, 64)))
    world.server.admin("user", "create", "huda", "--email", "huda@example.test", "--password-stdin", text="a long pass phrase\n")
    world.server.add_member("acme", "huda", "write")

    def commit(repo, person, title, *files, query=""):
        body = commit_body(title, *(file_line(path, octets) for path, octets in files))
        answer = web.post(f"/api/models/{repo}/commit/main{query}", token=person.token, body=body,
                          headers={"Content-Type": "application/x-ndjson"})
        assert answer.status == 200, answer.text

    def create(name, kind="model", **fields):
        assert web.post("/api/repos/create", token=alice.token,
                        as_json={"name": name, "organization": "acme", "type": kind, **fields}).status == 200

    for name in ("harbour", "base", "lighthouse", "kinds", "empty", "sealed"):
        create(name)
    create("reviews", "dataset")
    create("pier", "space", sdk="static")
    commit("acme/harbour", alice, "Add the card", ("README.md", CARD.encode()), ("config.json", b'{\n  "layers": 2\n}\n'))
    commit("acme/harbour", alice, "Deeper", ("config.json", b'{\n  "layers": 4\n}\n'))
    commit("acme/harbour", bob, "Even deeper", ("config.json", b'{\n  "layers": 8\n}\n'), query="?create_pr=1")
    commit("acme/sealed", alice, "Add the card", ("README.md", b"---\nlicense: mit\n---\n# Sealed\n"), ("config.json", b"{}\n"))
    assert web.ask("PUT", "/api/models/acme/sealed/settings", token=alice.token, as_json={"gated": "manual"}).status == 200

    def talk(path, person, **said):
        assert web.post(f"/api/models/acme/harbour/discussions{path}", token=person.token, as_json=said).status in (200, 201)

    talk("", bob, title="How was it trained? كيف دُرّب؟", description="Tell **me**, @alice.\n\n```python\nprint(1)\n```")
    talk("/2/comment", alice, comment="على مراجعات `acme/reviews`، انظر #1.\n\n> Tell me")
    talk("/2/title", alice, title="How was it trained, and when? كيف دُرّب؟")
    talk("/2/status", alice, status="closed", comment="Done.")

    from huggingface_hub import HfApi
    hub = HfApi(endpoint=world.server.url, token=alice.token)
    hub.upload_file(path_or_fileobj=str(weights), path_in_repo="model.safetensors", repo_id="acme/harbour")
    desk = Desk.at(chromium, world.server)
    desk.sign_in(alice)
    for path, octets in {
        "guide.md": samples.MARKDOWN, "view.png": samples.png(), "waves.svg": samples.DRAWING, "tone.wav": formats.wav(1),
        "film.webm": samples.film(desk.page), "leaflet.pdf": samples.leaflet(), "walk.ipynb": samples.notebook(), "ships.csv": samples.table(),
        "ships.parquet": samples.parquet(), "small.gguf": samples.gguf(), "weights.bin": content.random_bytes(5000), "empty.txt": b"",
        "runs/events.out.tfevents.1700000000.host": samples.events(),
    }.items():
        (folder / "kinds" / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / "kinds" / path).write_bytes(octets)
    hub.upload_folder(folder_path=str(folder / "kinds"), repo_id="acme/kinds", commit_message="One of each")

    invitation = desk.page.evaluate("""async () => {
        const headers = { 'Content-Type': 'application/json', 'X-CSRF-Token': (await (await fetch('/api/session')).json()).csrf };
        const send = (method, path, json) => fetch(path, { method, headers, body: JSON.stringify(json) });
        await send('PUT', '/api/admin/sign-up', { policy: 'invitation' });
        return (await (await send('POST', '/api/admin/invitations', { note: 'For the new pilot', days: 7, uses: 3 })).json()).url;
    }""")
    desk.leave()
    device = web.post("/oauth/device", body=b"client_id=26be6b09-91c5-47da-9861-d2d2bb7a7e36", headers={"Content-Type": "application/x-www-form-urlencoded"})
    return {"{invitation}": invitation.removeprefix(world.server.url), "{device}": device.json()["user_code"]}


@pytest.fixture(scope="module")
def desk_of(chromium, world, harbour):
    """Gives the desk of a look with somebody signed in, or with nobody; each is made once."""
    made = {}

    def give(look, who) -> Desk:
        if (look, who) not in made:
            language, theme, size = look
            desk = made[look, who] = Desk.at(chromium, world.server, language=language, theme=theme, size=size)
            if who:
                desk.sign_in(getattr(world, who))
        return made[look, who]

    yield give
    for desk in made.values():
        desk.leave()


def keeps_nobody_out(desk, name, look) -> None:
    desk.page.wait_for_load_state("networkidle")
    if FOLDER:
        Path(FOLDER).mkdir(parents=True, exist_ok=True)
        desk.page.screenshot(path=f"{FOLDER}/{name}-{'-'.join(look)}.png")
    assert desk.faults_for_all() == []
    assert desk.overflow() <= 0


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ALL_PAGES)
def test_a_page_keeps_nobody_out(desk_of, harbour, name, look):
    desk = desk_of(look, WHOSE[name])
    address = ALL_PAGES[name]
    for placeholder, told in harbour.items():
        address = address.replace(placeholder, told)
    desk.open(address)
    keeps_nobody_out(desk, name, look)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", FAILURES)
def test_a_page_that_does_not_come_keeps_nobody_out(desk_of, name, look):
    desk = desk_of(look, "alice")
    page = desk.open("/acme/harbour")
    page.route("**/api/**", FAILURES[name])
    page.locator("main a[href$='/acme/harbour/tree/main']").first.click()
    page.get_by_role("alert").wait_for()
    desk.settled()
    keeps_nobody_out(desk, name, look)
    page.unroute("**/api/**")


@pytest.mark.parametrize("look", LOOKS)
def test_the_first_run_keeps_nobody_out(chromium, tmp_path, look):
    language, theme, size = look
    server = Server(tmp_path).start()
    desk = Desk.at(chromium, server, language=language, theme=theme, size=size)
    try:
        page = desk.open(re.search(r"(/setup/\w+)", server.log_since(0)).group(1))
        keeps_nobody_out(desk, "setup", look)
        for field, text in {"username": "boss", "email": "boss@example.test", "password": "a long pass phrase"}.items():
            page.locator(f"input[name={field}]").fill(text)
        for name in ("setup-policy", "setup-next"):
            page.locator("main form button.main").click()
            page.locator("ol li").nth(1 if name == "setup-policy" else 2).and_(page.locator("[aria-current=step]")).wait_for()
            keeps_nobody_out(desk, name, look)
        desk.leave()
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_number_of_a_notebooks_cell_lies_beside_its_code(desk_of, language):
    """In Arabic it stood at the wrong side, on the numbers of the lines."""
    page = desk_of((language, "light", "desktop"), "alice").open(PAGES["view-notebook"])
    page.locator("section.code .source").first.wait_for()
    sides = page.locator("section.code").evaluate_all("""(cells) => cells.map((cell) => {
        const [count, source] = ['.count', '.source'].map((part) => cell.querySelector(part).getBoundingClientRect());
        return count.right <= source.left ? 'left' : count.left >= source.right ? 'right' : 'over';
    })""")
    assert sides == [{"en": "left", "ar": "right"}[language]] * 3
