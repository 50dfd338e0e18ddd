# SPDX-License-Identifier: Apache-2.0
"""What administrators of a hub do in the browser: accounts, organisations, invitations, who may sign up."""

import re

import pytest
from harness.chromium import Desk
from harness.server import Person
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def admin(desk, alice) -> Desk:
    desk.sign_in(alice)
    return desk


def row_of(page: Page, name: str) -> Locator:
    return page.locator("main li").filter(has=page.get_by_role("link", name=name, exact=True))


def choose(page: Page, name: str, action: str) -> None:
    row_of(page, name).get_by_role("button", name=re.compile("^Actions for")).click()
    page.get_by_role("button", name=action, exact=True).click()


def is_refused(desk: Desk, person: Person, text: str) -> None:
    page = desk.open("/login")
    page.locator("input[name=login]").fill(person.name)
    page.locator("input[name=password]").fill(person.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(text)


def is_signed_out(desk: Desk) -> None:
    desk.open("/")
    expect(desk.button("Your account")).to_have_count(0)


def add_user(page: Page, name: str, password: str, **more: str) -> None:
    dialog = page.get_by_role("dialog", name="Add a user")
    fields = {"User name": name, "E-mail address": f"{name}@example.test", "Password": password, **more}
    for label, text in fields.items():
        dialog.get_by_label(label, exact=True).fill(text)
    dialog.get_by_role("button", name="Create the account").click()


def test_an_account_is_made_disabled_raised_and_deleted(admin, new_desk, web):
    carol = Person("carol", "carol has a long pass phrase", "", "")
    page = admin.open("/admin/users")
    admin.button("Add a user").click()
    add_user(page, "bob", carol.password)
    dialog = page.get_by_role("dialog", name="Add a user")
    expect(dialog.get_by_label("User name")).to_have_accessible_description(re.compile("This name is taken"))
    assert dialog.get_by_label("Password", exact=True).input_value() == carol.password
    add_user(page, carol.name, carol.password, **{"Full name (optional)": "Carol C."})
    expect(page.get_by_text("The account \u2068carol\u2069 has been created.")).to_be_visible()
    expect(row_of(page, "carol")).to_contain_text("Carol C.")
    hers = new_desk()
    hers.sign_in(carol)
    expect(hers.open("/admin/users").get_by_role("heading", name="You don't have permission")).to_be_visible()

    choose(page, "carol", "Disable the account")
    expect(row_of(page, "carol").get_by_text("Disabled", exact=True)).to_be_visible()
    is_signed_out(hers)
    is_refused(hers, carol, "This account is disabled.")
    choose(page, "carol", "Enable the account")
    expect(row_of(page, "carol").get_by_text("Disabled", exact=True)).to_have_count(0)
    hers.sign_in(carol)

    choose(page, "carol", "Make an administrator")
    expect(row_of(page, "carol").get_by_text("Administrator", exact=True)).to_be_visible()
    expect(row_of(hers.open("/admin/users"), "bob")).to_be_visible()
    choose(page, "carol", "No longer an administrator")
    expect(row_of(page, "carol").get_by_text("Administrator", exact=True)).to_have_count(0)
    expect(hers.open("/admin/users").get_by_role("heading", name="You don't have permission")).to_be_visible()

    page.get_by_role("searchbox", name="Search names and e-mail addresses").fill("carol@")
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/users?search=carol%40")
    expect(page.locator("main li")).to_have_count(1)
    choose(page, "carol", "Delete")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Delete", exact=True)).to_be_disabled()
    dialog.get_by_role("textbox").fill("carol")
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_text("The account \u2068carol\u2069 has been deleted.")).to_be_visible()
    expect(row_of(page, "carol")).to_have_count(0)
    is_signed_out(hers)
    is_refused(hers, carol, "The name or the password is wrong.")
    expect(hers.open("/carol").get_by_role("heading", name="Nothing is here")).to_be_visible()
    admin.open("/admin/users")
    admin.button("Add a user").click()
    add_user(page, "carol", carol.password)
    expect(page.get_by_role("dialog").get_by_label("User name")).to_have_accessible_description(re.compile("This name is taken"))


def test_a_password_that_was_forgotten_is_set_anew(admin, new_desk, server):
    dora = server.new_person("dora")
    hers = new_desk()
    hers.sign_in(dora)
    page = admin.open("/admin/users")
    choose(page, "dora", "Set a password")
    dialog = page.get_by_role("dialog")
    password = dialog.get_by_label("New password", exact=True)
    password.fill("short")
    dialog.get_by_role("button", name="Set a password").click()
    expect(password).to_have_accessible_description(re.compile("Too short"))
    password.fill("told by telephone")
    dialog.get_by_role("button", name="Set a password").click()
    expect(dialog).to_have_count(0)
    is_signed_out(hers)
    is_refused(hers, dora, "The name or the password is wrong.")
    hers.sign_in(Person("dora", "told by telephone", "", ""))


def test_the_last_administrator_stays_one(admin, web, alice):
    page = admin.open("/admin/users")
    choose(page, "alice", "No longer an administrator")
    expect(page.get_by_text("Nobody would be left to administer.")).to_be_visible()
    row_of(page, "alice").get_by_role("button", name=re.compile("^Actions for")).click()
    for action in ("Delete", "Disable the account"):
        expect(page.get_by_role("button", name=action, exact=True)).to_have_count(0)
    assert web.get("/api/admin/users?search=alice", token=alice.token).json()[0]["isAdmin"]


def test_organisations_are_listed_and_reached(admin, server):
    server.admin("org", "create", "harbour-lab", "--owner", "bob")
    page = admin.open("/admin/organizations")
    for name in ("acme", "harbour-lab"):
        expect(row_of(page, name)).to_be_visible()
    row_of(page, "harbour-lab").get_by_role("link", name="Members").click()
    page.wait_for_url("**/organizations/harbour-lab/settings/members")
    expect(row_of(page, "bob")).to_be_visible()  # an administrator of the hub need not be a member
    admin.open("/admin/organizations")
    row_of(page, "harbour-lab").get_by_role("link", name="Settings").click()
    page.wait_for_url("**/organizations/harbour-lab/settings")
    expect(page.get_by_role("button", name="Save")).to_be_visible()


def choose_policy(page: Page, policy: str) -> None:
    page.goto(page.url.split("/admin")[0] + "/admin/sign-up")
    page.locator(f"input[value={policy}]").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()


def join(page: Page, name: str) -> None:
    for field, text in {"username": name, "email": f"{name}@example.test", "password": "a long pass phrase"}.items():
        page.locator(f"input[name={field}]").fill(text)
    page.get_by_role("button", name="Create the account").click()


def test_an_invitation_is_taken_back(admin, new_desk):
    page = admin.open("/admin/sign-up")
    choose_policy(page, "invitation")
    page.get_by_label("Note", exact=True).fill("for Emma")
    page.get_by_label("How many people may use it").fill("0")
    admin.button("Create an invitation").click()
    expect(page.get_by_label("How many people may use it")).to_have_accessible_description(re.compile("From 1 to 10,000"))
    page.get_by_label("How many people may use it").fill("2")
    admin.button("Create an invitation").click()
    link = page.locator(".notice code").text_content()
    row = page.locator("main li").filter(has_text="for Emma")
    expect(row).to_contain_text("used 0 of 2")
    guest = new_desk()
    guest.page.goto(link)
    join(guest.settled(), "emma")
    expect(guest.button("Your account")).to_be_visible()
    admin.open("/admin/sign-up")
    expect(row).to_contain_text("used 1 of 2")
    late = new_desk()
    late.page.goto(link)
    late.settled()
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    join(late.page, "frida")
    expect(late.page.get_by_text("This invitation is not known, was used, or is over.")).to_be_visible()
    assert late.page.locator("input[name=username]").input_value() == "frida"
    guest.open("/settings/profile")  # whoever has joined stays
    expect(guest.button("Your account")).to_be_visible()


def test_everybody_joins_an_open_hub(admin, new_desk, web, alice):
    page = admin.open("/admin/sign-up")
    choose_policy(page, "open")
    guest = new_desk()
    guest.open("/")
    guest.link("Sign up").first.click()
    guest.page.wait_for_url("**/join*")
    join(guest.page, "grete")
    expect(guest.button("Your account")).to_be_visible()
    assert [user["name"] for user in web.get("/api/admin/users?search=grete", token=alice.token).json()] == ["grete"]
    choose_policy(page, "closed")
    late = new_desk()
    page = late.open("/join")
    expect(page.get_by_text("Accounts on this hub are made by its administrators.")).to_be_visible()
    expect(page.locator("input[name=username]")).to_have_count(0)
    fields = {"name": "late", "email": "late@example.test", "password": "a long pass phrase"}
    assert web.post("/api/signup", as_json=fields).status == 403
