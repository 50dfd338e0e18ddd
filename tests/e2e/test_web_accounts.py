# SPDX-License-Identifier: Apache-2.0
"""Accounts in the browser: the one-time link, joining, settings, tokens, organisations, the administration, settings of
repositories, and what becomes of a form when its session has ended."""

import base64
import re

import pytest
from harness.chromium import Desk
from harness.server import Server
from playwright.sync_api import expect

PICTURE = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAYAAACNMs+9AAAAFUlEQVR42mP8z8BQz0AEYBxVSF+FABJADveWkH6oAAAAAElFTkSuQmCC")
PAGES = ["/settings/profile", "/settings/account", "/settings/tokens", "/settings/tokens/new", "/settings/sessions",
         "/settings/organizations", "/device", "/organizations/new", "/organizations/acme/settings",
         "/organizations/acme/settings/members", "/organizations/acme/settings/delete", "/alice", "/acme", "/admin/users",
         "/admin/organizations", "/admin/storage", "/admin/sign-up", "/admin/audit"]


@pytest.fixture
def signed_in(desk, alice):
    desk.sign_in(alice)
    return desk


def fill(page, **fields):
    for name, text in fields.items():
        page.locator(f"input[name={name.replace('_', '-')}], textarea[name={name.replace('_', '-')}]").fill(text)


def send(page):
    page.locator("main form button.main").last.click()


def test_the_first_run_makes_an_administrator_and_asks_who_may_join(chromium, tmp_path):
    server = Server(tmp_path).start()
    desk = Desk.at(chromium, server)
    try:
        link = re.search(r"(/setup/\w+)", server.log_since(0)).group(1)
        page = desk.open(link)
        fill(page, username="api", email="nobody", password="short")
        expect(page.get_by_text("reserved")).to_be_visible()
        send(page)
        expect(page.get_by_text("Write the address as")).to_be_visible()
        expect(page.locator("input[name=username]")).to_be_focused()
        fill(page, username="boss", email="boss@example.test", password="a long pass phrase")
        send(page)
        page.locator("input[value=open]").check()
        send(page)
        expect(desk.link("Create the first model")).to_be_visible()
        assert server.web.get("/api/session").json()["signUp"] == "open"
        other = Desk.at(chromium, server)
        other.open(link)
        expect(other.page.get_by_role("heading", name="Nothing is here")).to_be_visible()
        other.leave()
        desk.leave()
    finally:
        assert server.stop() == 0


def test_an_invitation_lets_one_person_join(new_desk, alice):
    admin, guest = new_desk(), new_desk()
    admin.sign_in(alice)
    page = admin.open("/admin/sign-up")
    page.locator("input[value=invitation]").check()
    page.locator("main form").first.get_by_role("button").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    admin.button("Create an invitation").click()
    link = page.locator(".notice code").text_content()
    page = guest.open("/join")
    expect(page.get_by_text("You need an invitation")).to_be_visible()
    page.goto(link)
    fill(page, username="huda", email=alice.email, password="a long pass phrase")
    send(page)
    expect(page.get_by_text("belongs to another account")).to_be_visible()
    expect(page.locator("input[name=email]")).to_be_focused()
    assert page.locator("input[name=password]").input_value() == "a long pass phrase"
    fill(page, email="huda@example.test")
    send(page)
    expect(page.get_by_role("button", name="Your account")).to_be_visible()


def test_a_profile_is_seen_by_all(signed_in, new_desk):
    page = signed_in.open("/settings/profile")
    page.locator("input[type=file]").set_input_files({"name": "x.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    expect(page.get_by_text("This is no PNG")).to_be_visible()
    page.locator("input[type=file]").set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": PICTURE})
    signed_in.button("Use this picture").click()
    expect(signed_in.button("Remove the picture")).to_be_visible()
    fill(page, fullname="Alice A.", bio="مهندسة نماذج", homepage="javascript:alert(1)")
    send(page)
    expect(page.get_by_text("Write it as https://example.org.")).to_be_visible()
    fill(page, homepage="https://alice.example")
    send(page)
    expect(page.get_by_text("Saved.").last).to_be_visible()
    page = new_desk().open("/alice")
    expect(page.get_by_role("heading", name="Alice A.")).to_be_visible()
    picture = page.locator("main img").first
    page.wait_for_function("() => document.querySelector('main img')?.naturalWidth === 10")  # what was uploaded, not what stands in for it
    expect(picture).to_be_visible()
    expect(page.get_by_text("مهندسة نماذج")).to_be_visible()
    expect(page.get_by_role("link", name="alice.example")).to_have_attribute("href", "https://alice.example")


def test_nothing_typed_is_lost_with_the_session(signed_in, alice):
    page = signed_in.open("/settings/profile")
    fill(page, bio="typed before the session ended")
    page.evaluate("""async () => {
        const { csrf } = await (await fetch('/api/session')).json();
        await fetch('/api/session', { method: 'DELETE', headers: { 'X-CSRF-Token': csrf } });
    }""")
    send(page)
    dialog = page.get_by_role("dialog")
    dialog.locator("input[name=password]").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.locator("input[name=password]").fill(alice.password)
    dialog.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    page.reload()
    expect(page.locator("textarea[name=bio]")).to_have_value("typed before the session ended")


def test_a_narrow_token_is_shown_once_and_revoked(signed_in, web, repo):
    page = signed_in.open("/settings/tokens/new?tokenType=fineGrained")
    fill(page, token_name="robot")
    page.get_by_label("Kind").select_option("model")
    page.locator("fieldset .box input[dir=ltr]").fill("tiny")
    send(page)
    expect(page.get_by_text("Write the repository as owner/name.")).to_be_visible()
    page.locator("fieldset .box input[dir=ltr]").fill(repo.id)
    send(page)
    token = page.locator("code.text").text_content()
    told = web.get("/api/whoami-v2", token=token).json()["auth"]["accessToken"]
    assert told["displayName"] == "robot" and told["fineGrained"]["scoped"][0]["entity"]["name"] == repo.id
    signed_in.link("To your tokens").click()
    signed_in.button(re.compile("Revoke.*robot")).click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_text("The token has been revoked.")).to_be_visible()
    assert web.get("/api/whoami-v2", token=token).status == 401


def test_an_organization_is_made_filled_and_deleted(signed_in, bob):
    page = signed_in.open("/organizations/new")
    fill(page, organization_name="lab", organization="المختبر")
    send(page)
    page.wait_for_url("**/organizations/lab/settings/members")
    page.locator("input[name=member]").fill("nobody-here")
    signed_in.button("Add").click()
    expect(page.get_by_text("There is no user of this name.")).to_be_visible()
    page.locator("input[name=member]").fill(bob.name)
    signed_in.button("Add").click()
    expect(page.get_by_text("is a member now")).to_be_visible()
    page.get_by_label("Role of").first.select_option("read")
    expect(page.get_by_text("Nobody would be left to administer")).to_be_visible()
    signed_in.link("Delete").click()
    signed_in.button("Delete the organization").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Delete the organization")).to_be_disabled()
    dialog.locator("input").fill("lab")
    dialog.get_by_role("button", name="Delete the organization").click()
    page.wait_for_url("**/settings/organizations")


def test_a_repository_is_hidden_renamed_and_deleted(signed_in, web, alice, new_repo):
    repo = new_repo()
    page = signed_in.open(f"{repo.page}/settings")
    page.locator("input[value=private]").check()
    page.locator("input[value=auto]").check()
    signed_in.button("Save").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    assert web.get(repo.api).status == 401
    fill(page, repository="bad name")
    signed_in.button("Rename").click()
    expect(page.locator("input[name=repository]")).to_be_focused()
    fill(page, repository="another-name")
    signed_in.button("Rename").click()
    page.wait_for_url("**/acme/another-name/settings")
    signed_in.button("Delete this repository").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("input").fill("acme/another-name")
    dialog.get_by_role("button", name="Delete this repository").click()
    page.wait_for_url("**/acme")
    expect(page.locator(".toasts")).to_contain_text("another-name")  # the news that it is gone
    assert web.get("/api/models/acme/another-name", token=alice.token).status == 404


@pytest.mark.parametrize("path", ["/settings/profile", "/admin", "/organizations/acme/settings"])
def test_pages_of_an_account_ask_to_sign_in_and_lead_back(desk, alice, path):
    page = desk.open(path)
    page.wait_for_url("**/login?next=*")
    fill(page, login="alice", password="wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert page.locator("input[name=login]").input_value() == "alice"
    fill(page, password=alice.password)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{path}")


def test_others_are_told_that_they_may_not(desk, bob):
    desk.sign_in(bob)
    for path in ("/admin", "/organizations/acme/settings"):
        expect(desk.open(path).get_by_role("heading", name="You don't have permission")).to_be_visible()


@pytest.mark.parametrize(("language", "theme", "size"), [("en", "light", "desktop"), ("ar", "dark", "phone")])
def test_all_can_read_these_pages(new_desk, alice, repo, language, theme, size):
    desk = new_desk(language=language, theme=theme, size=size)
    for path in ("/login", "/join"):
        desk.open(path)
        assert (desk.faults_for_all(), desk.overflow()) == ([], 0), path
    desk.sign_in(alice)
    for path in [*PAGES, f"{repo.page}/settings"]:
        desk.open(path)
        assert (desk.faults_for_all(), desk.overflow()) == ([], 0), path
