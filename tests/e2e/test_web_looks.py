# SPDX-License-Identifier: Apache-2.0
"""Every page as readers meet it: nothing that keeps people out (axe), nothing wider than the window, in both languages and
directions, light and dark, on a desk and on a phone: in two of these eight looks in every run, in all with --full.
`./x screenshots` makes pictures of all of them on the way."""

import itertools
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from harness import content
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
tags: [sentiment]
model-index:
- name: harbour
  results:
  - task: {type: text-classification}
    dataset: {name: Reviews, type: acme/reviews}
    metrics: [{type: accuracy, value: 0.93}, {type: f1, value: 0.91}]
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

PAGES = {
    "home": "/", "models": "/models", "models-narrowed": "/models?language=ar&license=apache-2.0&updated_within=7",
    "models-none": "/models?q=nothing+like+it&language=ar", "datasets": "/datasets", "owner": "/acme", "sign-in": "/login", "missing": "/acme/nothing",
    "card": "/acme/harbour", "files": "/acme/harbour/tree/main", "file-text": "/acme/harbour/blob/main/config.json",
    "file-tensors": "/acme/harbour/blob/main/model.safetensors", "history": "/acme/harbour/commits/main",
    "commit": "/acme/harbour/commit/main", "compare": "/acme/harbour/compare/main...refs%2Fpr%2F1",
    "branches": "/acme/harbour/branches", "blame": "/acme/harbour/blame/main/config.json",
    "discussions": "/acme/harbour/discussions", "pull-request": "/acme/harbour/discussions/1",
    "new-discussion": "/acme/harbour/discussions/new", "repo-settings": "/acme/harbour/settings", "new-model": "/new",
    "upload": "/acme/harbour/upload/main", "edit": "/acme/harbour/edit/main/config.json",
    "edit-card": "/acme/harbour/edit/main/README.md", "settings": "/settings", "tokens": "/settings/tokens",
    "new-organization": "/organizations/new", "organization-settings": "/organizations/acme/settings",
    "jobs": "/acme/harbour/jobs", "admin-jobs": "/admin/jobs", "admin-users": "/admin", "admin-storage": "/admin/storage", "admin-sign-up": "/admin/sign-up",
}
FOR_STRANGERS = {"sign-in", "missing"}


@dataclass(frozen=True)
class Harbour:
    """A hub with something on it."""

    page: str = "/acme/harbour"


@pytest.fixture(scope="module")
def harbour(world, tmp_path_factory):
    web, alice, bob = world.server.web, world.alice, world.bob
    weights = content.safetensors(tmp_path_factory.mktemp("model") / "model.safetensors", embed=("F32", (1200, 64)), head=("BF16", (2, 64)))

    def commit(repo, person, title, *files, query=""):
        body = commit_body(title, *(file_line(path, octets) for path, octets in files))
        answer = web.post(f"/api/models/{repo}/commit/main{query}", token=person.token, body=body,
                          headers={"Content-Type": "application/x-ndjson"})
        assert answer.status == 200, answer.text

    for name in ("harbour", "base", "lighthouse"):
        assert web.post("/api/repos/create", token=alice.token,
                        as_json={"name": name, "organization": "acme", "type": "model"}).status == 200
    assert web.post("/api/repos/create", token=alice.token,
                    as_json={"name": "reviews", "organization": "acme", "type": "dataset"}).status == 200
    commit("acme/harbour", alice, "Add the card", ("README.md", CARD.encode()), ("config.json", b'{\n  "layers": 2\n}\n'))
    commit("acme/harbour", alice, "Deeper", ("config.json", b'{\n  "layers": 4\n}\n'))
    commit("acme/harbour", bob, "Even deeper", ("config.json", b'{\n  "layers": 8\n}\n'), query="?create_pr=1")
    from huggingface_hub import HfApi
    HfApi(endpoint=world.server.url, token=alice.token).upload_file(
        path_or_fileobj=str(weights), path_in_repo="model.safetensors", repo_id="acme/harbour")
    return Harbour()


@pytest.fixture(scope="module")
def desk_of(chromium, world, harbour):
    """Gives the signed-in desk of a look, or that of a stranger; each is made once."""
    from harness.chromium import Desk

    made = {}

    def give(look, stranger):
        if (look, stranger) not in made:
            language, theme, size = look
            desk = made[look, stranger] = Desk.at(chromium, world.server, language=language, theme=theme, size=size)
            if not stranger:
                desk.sign_in(world.alice)
        return made[look, stranger]

    yield give
    for desk in made.values():
        desk.leave()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_keeps_nobody_out(desk_of, name, look):
    desk = desk_of(look, stranger=name in FOR_STRANGERS)
    page = desk.open(PAGES[name])
    page.wait_for_load_state("networkidle")
    if FOLDER:
        Path(FOLDER).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{FOLDER}/{name}-{'-'.join(look)}.png")
    assert desk.faults_for_all() == []
    assert desk.overflow() <= 0
