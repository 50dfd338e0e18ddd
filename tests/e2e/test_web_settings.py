# SPDX-License-Identifier: Apache-2.0
"""Settings of accounts, organisations and repositories that others then feel: who is signed in where, who may what, where a
repository is, what it takes."""

import base64
import itertools
import re

import pytest
from harness.chromium import Desk
from harness.server import Person
from harness.web import commit, commit_body, file_line
from playwright.sync_api import Locator, Page, expect

PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC")
numbers = itertools.count(1)


@pytest.fixture
def person(server) -> Person:
    """Somebody new, whose account the test may change."""
    return server.new_person(f"person-{next(numbers)}")


@pytest.fixture
def theirs(desk, person) -> Desk:
    desk.sign_in(person)
    return desk


def is_signed_in(desk: Desk, signed_in: bool) -> None:
    desk.open("/")
    expect(desk.button("Your account")).to_have_count(1 if signed_in else 0)


def row_of(page: Page, name: str) -> Locator:
    return page.locator("main li").filter(has=page.get_by_role("link", name=name, exact=True))


def test_another_browser_is_signed_out(theirs, new_desk, person):
    other = new_desk()
    other.sign_in(person)
    page = theirs.open("/settings/sessions")
    rows = page.locator("main li")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="This browser")).to_have_count(1)
    expect(rows.filter(has_text="This browser").get_by_role("button")).to_have_count(0)
    rows.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("That browser is signed out.")).to_be_visible()
    expect(rows).to_have_count(1)
    is_signed_in(other, False)
    is_signed_in(theirs, True)


def test_the_address_is_changed_by_who_knows_the_password(theirs, new_desk, web, person):
    page = theirs.open("/settings/account")
    address, password = page.locator("input[name=email]"), page.locator("input[name=current]")
    address.fill("alice@example.test")
    password.fill("wrong")
    page.get_by_role("button", name="Change the e-mail address").click()
    expect(password).to_have_accessible_description("The password is not right.")
    password.fill(person.password)
    page.get_by_role("button", name="Change the e-mail address").click()
    expect(address).to_have_accessible_description("This address belongs to another account.")
    address.fill(f"new-{person.email}")
    page.get_by_role("button", name="Change the e-mail address").click()
    expect(page.get_by_text("Your e-mail address has been changed.")).to_be_visible()
    assert web.get("/api/whoami-v2", token=person.token).json()["email"] == f"new-{person.email}"
    other = new_desk()
    other.sign_in(Person(f"new-{person.email}", person.password, "", ""))
    expect(other.button("Your account")).to_be_visible()


def test_a_new_password_ends_all_other_sessions(theirs, new_desk, web, person):
    other = new_desk()
    other.sign_in(person)
    page = theirs.open("/settings/account")
    old, new = page.locator("input[name=old]"), page.locator("input[name=new]")
    old.fill("wrong")
    new.fill("another pass phrase")
    page.get_by_role("button", name="Change the password").click()
    expect(old).to_have_accessible_description("The password is not right.")
    assert new.input_value() == "another pass phrase"
    old.fill(person.password)
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_text("The password has been changed.")).to_be_visible()
    is_signed_in(theirs, True)
    is_signed_in(other, False)
    page = other.open("/login")
    page.locator("input[name=login]").fill(person.name)
    page.locator("input[name=password]").fill(person.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    other.sign_in(Person(person.name, "another pass phrase", "", ""))
    assert web.get("/api/whoami-v2", token=person.token).status == 200, "access tokens stay"


def test_an_organisation_shows_itself(theirs, new_desk, server, web, person):
    name = f"lab-{person.name}"
    server.admin("org", "create", name, "--owner", person.name)
    page = theirs.open(f"/{name}")
    theirs.link("Settings").last.click()
    page.wait_for_url(f"**/organizations/{name}/settings")
    page.locator("input[type=file]").set_input_files({"name": "lab.png", "mimeType": "image/png", "buffer": PICTURE})
    theirs.button("Use this picture").click()
    expect(theirs.button("Remove the picture")).to_be_visible()
    page.locator("input[name=fullname]").fill("مختبر المرفأ")
    page.locator("textarea[name=bio]").fill("نبني نماذج صغيرة")
    page.locator("input[name=homepage]").fill("lab.example")
    theirs.button("Save").click()
    expect(page.locator("input[name=homepage]")).to_have_accessible_description("Write it as https://example.org.")
    page.locator("input[name=homepage]").fill("https://lab.example")
    theirs.button("Save").click()
    expect(page.get_by_text("Saved.").last).to_be_visible()

    seen = new_desk().open(f"/{name}")
    expect(seen.get_by_role("heading", name="مختبر المرفأ")).to_be_visible()
    expect(seen.get_by_text("نبني نماذج صغيرة")).to_be_visible()
    expect(seen.get_by_role("link", name="lab.example")).to_have_attribute("href", "https://lab.example")
    picture = seen.locator("aside img").first
    assert web.get(picture.get_attribute("src")).headers["Content-Type"] == "image/png"
    assert picture.evaluate("(image) => image.naturalWidth") > 0
    theirs.button("Remove the picture").click()
    expect(theirs.button("Remove the picture")).to_have_count(0)


def test_members_may_what_their_role_says(theirs, server, web, person, bob):
    name = f"team-{person.name}"
    server.admin("org", "create", name, "--owner", person.name)

    def create(who: Person, repo: str, **more) -> int:
        fields = {"name": repo, "organization": name, "type": "model", **more}
        return web.post("/api/repos/create", token=who.token, as_json=fields).status

    def read(repo: str) -> int:
        return web.get(f"/api/models/{name}/{repo}", token=bob.token).status

    def write(repo: str) -> int:
        return web.post(f"/api/models/{name}/{repo}/commit/main", token=bob.token, body=commit_body("Mine", file_line("a.txt", b"a")),
                        headers={"Content-Type": "application/x-ndjson"}).status

    assert create(person, "closed", private=True) == 200
    assert read("closed") == 404
    page = theirs.open(f"/organizations/{name}/settings/members")
    page.locator("input[name=member]").fill(bob.name)
    page.get_by_label("Role", exact=True).select_option("read")
    theirs.button("Add").click()
    role = row_of(page, "bob").get_by_role("combobox")
    expect(role).to_have_value("read")
    assert (read("closed"), write("closed"), create(bob, "bobs")) == (200, 403, 403)

    def change(to: str) -> None:
        with page.expect_response(lambda answer: answer.request.method == "PUT") as told:
            role.select_option(to)
        assert told.value.status == 200

    change("contributor")
    assert (create(bob, "bobs"), write("bobs"), write("closed")) == (200, 200, 403)
    change("write")
    assert write("closed") == 200
    page.reload()
    theirs.settled()
    expect(role).to_have_value("write")

    row_of(page, "bob").get_by_role("button", name=re.compile("^Remove")).click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row_of(page, "bob")).to_have_count(0)
    assert (read("closed"), write("bobs")) == (404, 403)


@pytest.mark.parametrize("type", ["model", "dataset"])
def test_a_repository_moves_to_another_owner_and_its_old_address_leads_there(desk, machine, web, alice, new_repo, type):
    repo = new_repo(type=type)
    commit(web, repo, alice, "Begin", file_line("a.txt", b"text\n"))
    name = repo.id.split("/")[1]
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/settings")
    expect(desk.button("Rename")).to_be_disabled()
    page.get_by_label("Owner", exact=True).select_option("alice")
    desk.button("Move").click()
    page.wait_for_url(f"**/{repo.prefix}alice/{name}/settings")
    expect(page.get_by_text(f"It is \u2068alice/{name}\u2069 now.")).to_be_visible()

    told = web.get(f"{repo.page}/tree/main?x=1")
    assert (told.status, told.headers["Location"]) == (307, f"/{repo.prefix}alice/{name}/tree/main?x=1")
    desk.open(f"{repo.page}/blob/main/a.txt")
    assert page.url.endswith(f"/{repo.prefix}alice/{name}/blob/main/a.txt")

    def look(repo_id, type):
        return [api.repo_info(repo_id, repo_type=type).id, Path(hub.hf_hub_download(repo_id, "a.txt", repo_type=type)).read_text()]

    assert machine.hub2(alice).call(look, repo_id=repo.id, type=type) == [f"alice/{name}", "text\n"]
    clone = machine.git(alice).clone(repo.git)
    assert (clone / "a.txt").read_bytes() == b"text\n"


def test_a_repository_does_not_take_the_place_of_another(desk, web, alice, new_repo):
    repo = new_repo()
    name = repo.id.split("/")[1]
    assert web.post("/api/repos/create", token=alice.token, as_json={"name": name, "type": "model"}).status == 200
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/settings")
    page.get_by_label("Owner", exact=True).select_option("alice")
    desk.button("Move").click()
    expect(page.get_by_role("alert")).to_contain_text("taken")
    assert web.get(repo.api).json()["id"] == repo.id


def test_the_default_branch_is_told_with_its_facts(desk, web, alice, repo):
    head = commit(web, repo, alice, "Begin", file_line("a.txt", b"text\n"))
    for path, more in (("branch/second", {"startingPoint": "main"}), ("branch/third", {}), ("tag/main", {"tag": "v1"})):
        assert web.post(f"{repo.api}/{path}", token=alice.token, as_json=more).status == 200
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/settings")
    facts = page.get_by_role("region", name="Default branch")
    expect(facts.get_by_text("main", exact=True)).to_be_visible()
    expect(facts.get_by_role("link", name=head[:8])).to_have_attribute("href", re.compile(f"/commit/{head}$"))
    expect(facts).to_contain_text("3 branches")
    expect(facts).to_contain_text("1 tag")
