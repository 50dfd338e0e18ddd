# SPDX-License-Identifier: Apache-2.0
"""New models, datasets and spaces made in the browser for an organisation: private, under a licence, with their first
commit. Read back by huggingface_hub."""

import re

import pytest
from playwright.sync_api import expect

CARDS = {
    "model": "---\nlicense: apache-2.0\n---\n\n# {name}\n",
    "dataset": "---\nlicense: apache-2.0\n---\n\n# {name}\n",
    "space": '---\ntitle: "{name}"\nemoji: ⚓\ncolorFrom: blue\ncolorTo: green\nsdk: gradio\napp_file: app.py\npinned: false\n'
             "license: apache-2.0\n---\n\n# {name}\n",
}


@pytest.mark.parametrize("type,page_of,prefix", [("model", "/new", ""), ("dataset", "/new-dataset", "datasets/"),
                                                 ("space", "/new-space", "spaces/")])
def test_an_organisation_gets_a_repository(desk, machine, alice, bob, type, page_of, prefix):
    name = f"first-{type}"
    desk.sign_in(alice)
    page = desk.open("/")
    desk.button("Create something new").click()
    page.get_by_role("navigation", name="Main").get_by_role("link", name=f"New {type}", exact=True).click()
    page.wait_for_url(f"**{page_of}")
    page.get_by_label("Owner", exact=True).select_option("acme")
    page.get_by_label("Name", exact=True).fill(name)
    expect(page.get_by_text("This name is free.")).to_be_visible()
    if type == "space":
        page.get_by_role("radio", name=re.compile("^gradio")).check()
    licence = page.get_by_role("combobox", name="Licence", exact=True)
    licence.fill("apache")
    page.get_by_role("listbox", name="Licence").get_by_role("option").filter(has_text="apache-2.0").click()
    expect(licence).to_have_accessible_description(re.compile("."))
    page.get_by_role("radio", name=re.compile("^Private")).check()
    expect(page.get_by_text("Only members of the organization can see it.")).to_be_visible()
    desk.button(f"Create the {type}").click()
    page.wait_for_url(f"**/{prefix}acme/{name}")
    desk.settled()
    expect(page.locator("article").get_by_role("heading", name=name)).to_be_visible()
    expect(page.locator(".chip").filter(has_text="Private")).to_be_visible()
    expect(page.locator("main").get_by_role("link", name=re.compile("apache-2.0"))).to_be_visible()

    def look(repo_id, type):
        info = api.repo_info(repo_id, repo_type=type)
        return [info.private, info.author, info.card_data.to_dict().get("license"), getattr(info, "sdk", None),
                sorted(one.rfilename for one in info.siblings),
                [(commit.title, commit.authors) for commit in api.list_repo_commits(repo_id, repo_type=type)]]

    private, author, licence, sdk, files, commits = machine.hub2(alice).call(look, repo_id=f"acme/{name}", type=type)
    assert (private, author, licence, sdk) == (True, "acme", "apache-2.0", "gradio" if type == "space" else None)
    assert files == [".gitattributes", "README.md"] and commits == [["initial commit", ["alice"]]]
    machine.hub2(alice).hf("download", f"acme/{name}", "README.md", "--repo-type", type, "--local-dir", machine.home / "got")
    assert (machine.home / "got/README.md").read_text() == CARDS[type].format(name=name)
    assert machine.hub2(bob).fails(look, repo_id=f"acme/{name}", type=type).status == 404
