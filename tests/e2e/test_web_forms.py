# SPDX-License-Identifier: Apache-2.0
"""Every form, in both languages: what is wrong stands beside its field in the reader's words and what was typed stays there;
and nothing is lost when the session ends or the hub cannot be reached while somebody types."""

import itertools
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from harness.chromium import Desk
from harness.content import MIB, random_bytes
from harness.web import commit_body, file_line
from harness.words import words
from playwright.sync_api import Locator, Page, expect

NUMBERS = itertools.count(1)


@dataclass(frozen=True)
class Form:
    """A form and what is typed into it: keys are those of the pages' words, by which people know fields and buttons."""

    at: str
    send: str
    typed: dict[str, str] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    """What is to be said beside a field."""
    opened_by: tuple[str, ...] = ()
    """Buttons that lead to it."""
    alone: bool = False
    """Its fields stand outside of the form with the button."""
    signed_in: bool = True


BAD = {
    "joining": Form("/join", "create_account", {"username": "two..dots", "email": "nobody", "password": "short", "fullname_optional": "x" * 201},
                    {"username": "error.name_invalid", "email": "error.email_invalid", "password": "error.password_too_short",
                     "fullname_optional": "error.fullname_invalid"}, signed_in=False),
    "joining under a name of the hub's": Form("/join", "create_account", {"username": "api", "email": "c@example.test", "password": "a long pass phrase"},
                                              {"username": "error.name_reserved"}, signed_in=False),
    "joining under somebody's name": Form("/join", "create_account", {"username": "ALICE", "email": "c@example.test", "password": "a long pass phrase"},
                                          {"username": "error.name_taken"}, signed_in=False),
    "joining with somebody's address": Form("/join", "create_account",
                                            {"username": "carol", "email": "bob@example.test", "password": "a long pass phrase"},
                                            {"email": "error.email_taken"}, signed_in=False),
    "signing in": Form("/login", "sign_in", {"name_or_email": "alice"}, {"password": "error.field_missing"}, signed_in=False),
    "a new model": Form("/new", "new_create_model", {"new_name": "a--b"}, {"new_name": "error.name_doubled"}),
    "a new model without a name": Form("/new", "new_create_model", {}, {"new_name": "error.name_empty"}),
    "a new dataset of a name that is taken": Form("/new-dataset", "new_create_dataset", {"new_name": "taken"}, {"new_name": "error.name_taken"}),
    "a profile": Form("/settings/profile", "save", {"fullname": "x" * 201, "bio": "y" * 1001, "homepage": "javascript:alert(1)"},
                      {"fullname": "error.fullname_invalid", "bio": "error.bio_invalid", "homepage": "error.homepage_invalid"}),
    "an address": Form("/settings/account", "change_email", {"email": "no body@example.test"},
                       {"email": "error.email_invalid", "current_password": "error.field_missing"}),
    "an address with a wrong password": Form("/settings/account", "change_email", {"email": "a@example.test", "current_password": "not it at all"},
                                             {"current_password": "error.password_not_right"}),
    "somebody else's address": Form("/settings/account", "change_email", {"email": "bob@example.test", "current_password": "alice has a long pass phrase"},
                                    {"email": "error.email_taken"}),
    "a password": Form("/settings/account", "change_password", {"new_password": "short"},
                       {"current_password": "error.field_missing", "new_password": "error.password_too_short"}),
    "a password with a wrong one before": Form("/settings/account", "change_password",
                                               {"current_password": "not it at all", "new_password": "another long one"},
                                               {"current_password": "error.password_not_right"}),
    "a token": Form("/settings/tokens/new", "make_token", {"token_name": "  "}, {"token_name": "error.field_missing"}),
    "a token of a repository": Form("/settings/tokens/new?tokenType=fineGrained", "make_token", {"token_name": "robot", "scope_name": "no/such/place"},
                                    {"scope_name": "error.scope_needs_owner"}),
    "an organization": Form("/organizations/new", "org_create", {"org_name": "-lab", "org_fullname": "x" * 201},
                            {"org_name": "error.name_invalid", "org_fullname": "error.fullname_invalid"}),
    "an organization of a name that is taken": Form("/organizations/new", "org_create", {"org_name": "acme", "org_fullname": "Another"},
                                                    {"org_name": "error.name_taken"}),
    "an organization's profile": Form("/organizations/acme/settings", "save", {"org_fullname": "x" * 201, "homepage": "no address"},
                                      {"org_fullname": "error.fullname_invalid", "homepage": "error.homepage_invalid"}),
    "a member": Form("/organizations/acme/settings/members", "add", {"username": "nobody-here"}, {"username": "error.no_such_user"}),
    "a repository's name": Form("{repo}/settings", "rename", {"name": "bad name"}, {"name": "error.name_invalid"}),
    "a repository's name that is taken": Form("{repo}/settings", "rename", {"name": "occupied"}, {"name": "error.name_taken"}),
    "a branch": Form("{repo}/branches", "create", {"name": "bad name~"}, {"name": "error.invalid_argument"}, ("refs_new_branch",)),
    "a branch that is there": Form("{repo}/branches", "create", {"name": "dev"}, {"name": "error.already_exists"}, ("refs_new_branch",)),
    "a tag": Form("{repo}/branches", "create", {"name": "a..b", "refs_message": "First"}, {"name": "error.invalid_argument"}, ("refs_new_tag",)),
    "a file": Form("{repo}/new/main", "write_commit", {"edit_path_new": "a/../b.txt", "edit_contents": "words"}, {"edit_path_new": "error.path_dots"},
                   alone=True),
    "a file that is there": Form("{repo}/new/main", "write_commit", {"edit_path_new": "a.txt", "edit_contents": "words"},
                                 {"edit_path_new": "edit_exists"}, alone=True),
    "a file's new name": Form("{repo}/edit/main/a.txt", "write_commit", {"edit_path": ".git/x", "edit_contents": "words"},
                              {"edit_path": "error.path_dot_git"}, alone=True),
    "a discussion": Form("{repo}/discussions/new", "talk_begin", {"talk_description": "Words of it"}, {"talk_title": "talk_title_missing"}),
    "a discussion's title": Form("{repo}/discussions/1", "save", {"talk_title": " "}, {"talk_title": "talk_title_missing"}, ("talk_rename",)),
    "an account of somebody's": Form("/admin/users", "create_account", {"username": "carol", "email": "carol", "password": "short"},
                                     {"email": "error.email_invalid", "password": "error.password_too_short"}, ("user_add",)),
    "an account that is there": Form("/admin/users", "create_account", {"username": "bob", "email": "c@example.test", "password": "a long pass phrase"},
                                     {"username": "error.name_taken"}, ("user_add",)),
    "an invitation": Form("/admin/sign-up", "invite", {"invitation_note": "For friends", "invitation_days": "0", "invitation_uses": "many"},
                          {"invitation_days": "error.days_invalid", "invitation_uses": "error.uses_invalid"}),
    "a device": Form("/device", "go_on", {"device_code": " "}, {"device_code": "error.field_missing"}),
    "a device that is not waiting": Form("/device", "go_on", {"device_code": "BCDF-GHJK"}, {"device_code": "error.code_unknown"}),
}


@pytest.fixture(scope="module")
def place(world) -> str:
    """A model with a file, a branch and a discussion; and what takes names. Everybody may join."""
    web, token = world.server.web, world.alice.token

    def post(path: str, **body) -> None:
        answer = web.post(path, token=token, as_json=body)
        assert answer.status in (200, 201), answer.text

    for name, owner, kind in (("place", "acme", "model"), ("occupied", "acme", "model"), ("taken", None, "dataset")):
        post("/api/repos/create", name=name, organization=owner, type=kind)
    answer = web.post("/api/models/acme/place/commit/main", token=token, body=commit_body("Begin", file_line("a.txt", b"old\n")),
                      headers={"Content-Type": "application/x-ndjson"})
    assert answer.status == 200, answer.text
    post("/api/models/acme/place/branch/dev", startingPoint="main")
    post("/api/models/acme/place/discussions", title="A question", description="Why?")
    return "/acme/place"


@pytest.fixture(scope="module")
def session(chromium, world, place):
    """Cookies of alice's session, and sign-up open: she is asked once for all the forms of this file."""
    desk = Desk.at(chromium, world.server)
    desk.sign_in(world.alice)
    page = desk.open("/admin/sign-up")
    page.locator("input[value=open]").check()
    page.locator("main form").first.get_by_role("button").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    cookies = desk.context.cookies()
    desk.leave()
    return cookies


@pytest.fixture
def open_form(new_desk, session, place):
    """Opens the page of a form in a language, up to its first field."""

    def open_it(form: Form, language: str) -> tuple[Desk, Page]:
        desk = new_desk(language=language)
        if form.signed_in:
            desk.context.add_cookies([cookie for cookie in session if cookie["name"] != "mirfa-language"])
        page = desk.open(form.at.format(repo=place))
        page.on("dialog", lambda dialog: dialog.accept())  # what is not saved may go when the test ends
        for key in form.opened_by:
            page.get_by_role("button", name=words(language)(key), exact=True).click()
        return desk, page

    return open_it


def button_of(page: Page, form: Form, language: str) -> Locator:
    return page.locator("main, dialog").get_by_role("button", name=words(language)(form.send), exact=True).last


def field_of(page: Page, form: Form, language: str, key: str) -> Locator:
    """The field with this label; of a form with this button, where others on the page have the same."""
    scope = page.locator("main") if form.alone else page.locator("form").filter(
        has=page.get_by_role("button", name=words(language)(form.send), exact=True)).last
    if key == "scope_name":
        return scope.locator("fieldset .box input[dir=ltr]")  # has the same name as the token's field
    written_in = page.locator("input, textarea, select, [contenteditable]")  # what groups them may have the same name
    return scope.get_by_label(words(language)(key), exact=True).and_(written_in).first


def write(page: Page, form: Form, language: str, typed: dict[str, str]) -> None:
    for key, text in typed.items():
        at = field_of(page, form, language, key)
        if key == "edit_contents":  # the editor's own element takes keys, not a value
            page.wait_for_selector(".host.ready")
            at.click()
            page.keyboard.press("Control+a")
            page.keyboard.insert_text(text)
        else:
            at.fill(text)


def expect_written(page: Page, form: Form, language: str, typed: dict[str, str]) -> None:
    for key, text in typed.items():
        at = field_of(page, form, language, key)
        if key == "edit_contents":
            expect(at).to_have_text(text)
        else:
            expect(at).to_have_value(text)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(open_form, name, language):
    form = BAD[name]
    _, page = open_form(form, language)
    here = urlsplit(page.url).path
    write(page, form, language, form.typed)
    button_of(page, form, language).click()
    for key, reason in form.faults.items():
        at = field_of(page, form, language, key)
        expect(at).to_have_attribute("aria-invalid", "true")
        beside = at.get_attribute("aria-describedby").split()[-1]
        fault = page.locator(f"[id='{beside}']")
        expect(fault).to_have_text(words(language)(reason))
        expect(fault).to_be_visible()
    for key in form.typed.keys() - form.faults.keys():
        assert field_of(page, form, language, key).get_attribute("aria-invalid") is None, key
    expect_written(page, form, language, form.typed)
    assert urlsplit(page.url).path == here


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_wrong_password_says_so_above_the_form_and_the_name_stays(open_form, language):
    form = Form("/login", "sign_in", {"name_or_email": "alice", "password": "not it at all"}, signed_in=False)
    _, page = open_form(form, language)
    write(page, form, language, form.typed)
    button_of(page, form, language).click()
    expect(page.get_by_role("alert")).to_have_text(words(language)("error.wrong_password"))
    expect_written(page, form, language, form.typed)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_picture_that_is_none_is_told_of_beside_its_field(open_form, language):
    _, page = open_form(Form("/settings/profile", "save"), language)
    field = page.locator("input[type=file]")
    field.set_input_files({"name": "x.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    expect(page.locator(f"[id='{field.get_attribute('aria-describedby').split()[-1]}']")).to_have_text(words(language)("error.picture_invalid"))
    field.set_input_files({"name": "x.png", "mimeType": "image/png", "buffer": b"no picture"})  # as it says of itself, and it lies
    page.get_by_role("button", name=words(language)("use_picture")).click()
    expect(page.locator(f"[id='{field.get_attribute('aria-describedby').split()[-1]}']")).to_have_text(words(language)("error.picture_invalid"))


@pytest.mark.parametrize("language", ["en", "ar"])
def test_what_is_wrong_in_a_card_is_told_beside_its_field_as_it_is_written(open_form, place, language):
    word = words(language)
    _, page = open_form(Form("{repo}/edit/main/README.md", "write_commit"), language)
    for label, text, says in (("card_languages", "englisch", "card_bad_language"), ("card_base_model", "no place", "card_bad_id")):
        field = page.get_by_role("combobox", name=word(label), exact=True)
        field.fill(text)
        field.press("Enter")
        fault = page.locator(".field", has=field).locator(".fault")
        expect(fault).to_have_text(word(says).replace("{value}", text))
        expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.locator(".cm-content")).to_contain_text("englisch")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_folder_that_cannot_be_is_told_of_and_the_files_stay(open_form, language):
    word = words(language)
    form = Form("{repo}/upload/main", "upload_start", {"upload_folder": "a/../b"}, alone=True)
    _, page = open_form(form, language)
    page.locator("input[data-pick=files]").set_input_files({"name": "b.txt", "mimeType": "text/plain", "buffer": b"b"})
    write(page, form, language, form.typed)
    at = field_of(page, form, language, "upload_folder")
    expect(at).to_have_attribute("aria-invalid", "true")
    expect(page.locator(f"[id='{at.get_attribute('aria-describedby').split()[-1]}']")).to_have_text(word("error.path_dots"))
    expect(button_of(page, form, language)).to_be_disabled()
    write(page, form, language, {"upload_folder": "a"})
    expect(page.get_by_text("a/b.txt")).to_be_visible()
    expect(button_of(page, form, language)).to_be_enabled()


GOOD = {
    "a new model": (Form("/new", "new_create_model", {"new_name": "{new}"}), "/alice/{new}"),
    "an organization": (Form("/organizations/new", "org_create", {"org_name": "{new}", "org_fullname": "Of {new}"}),
                        "/organizations/{new}/settings/members"),
    "a profile": (Form("/settings/profile", "save", {"bio": "About {new}"}), "saved"),
    "an organization's profile": (Form("/organizations/acme/settings", "save", {"bio": "About {new}"}), "saved"),
    "a token": (Form("/settings/tokens/new", "make_token", {"token_name": "{new}"}), "token_made_text"),
    "a member": (Form("/organizations/acme/settings/members", "add", {"username": "bob"}), "member_added"),
    "a branch": (Form("{repo}/branches", "create", {"name": "{new}"}, opened_by=("refs_new_branch",)), "refs_made"),
    "a tag": (Form("{repo}/branches", "create", {"name": "{new}", "refs_message": "Of {new}"}, opened_by=("refs_new_tag",)), "refs_made"),
    "a file": (Form("{repo}/new/main", "write_commit", {"edit_path_new": "{new}.txt", "edit_contents": "words of {new}"}, alone=True),
               "{repo}/blob/main/{new}.txt"),
    "a discussion": (Form("{repo}/discussions/new", "talk_begin", {"talk_title": "Of {new}", "talk_description": "More of {new}"}),
                     re.compile("/discussions/[0-9]+$")),
    "a discussion's title": (Form("{repo}/discussions/1", "save", {"talk_title": "Of {new}"}, opened_by=("talk_rename",)), "Of {new}"),
    "an account of somebody's": (Form("/admin/users", "create_account", {"username": "{new}", "email": "{new}@example.test", "password": "a long pass phrase"},
                                      opened_by=("user_add",)), "user_made"),
    "an invitation": (Form("/admin/sign-up", "invite", {"invitation_note": "For {new}"}), "invitation_made"),
}


def expect_done(page: Page, done, place: str, new: str, language: str) -> None:
    """`done` is where the page leads then, or what it says."""
    if isinstance(done, re.Pattern):
        return page.wait_for_url(done)
    done = done.format(repo=place, new=new)
    if done.startswith("/"):
        return page.wait_for_url(f"**{done}")
    if done.startswith("Of "):
        return expect(page.get_by_role("heading", name=done)).to_be_visible()
    # Names in it are set apart by invisible signs: what stands before the first is enough.
    return expect(page.get_by_text(max(re.split(r"\u2068?\{\w+\}\u2069?", words(language)(done)), key=len)).first).to_be_visible()


@pytest.mark.parametrize("language, lost", [("en", "session"), ("ar", "network")])
@pytest.mark.parametrize("name", GOOD)
def test_nothing_typed_is_lost_with_the_session_or_the_network(open_form, alice, place, name, language, lost):
    word, (form, done), new = words(language), GOOD[name], f"lost-{next(NUMBERS)}"
    desk, page = open_form(form, language)
    typed = {key: text.format(new=new) for key, text in form.typed.items()}
    write(page, form, language, typed)
    desk.context.clear_cookies() if lost == "session" else desk.context.set_offline(True)
    button_of(page, form, language).click()
    if lost == "session":
        dialog = page.get_by_role("dialog", name=word("lost_session_title"))
        dialog.get_by_role("button", name=word("cancel")).click()  # for a moment; it is asked again
    else:
        expect(page.get_by_text(word("error.no_connection")).first).to_be_visible()
        desk.context.set_offline(False)
    expect_written(page, form, language, typed)
    button_of(page, form, language).click()
    if lost == "session":
        dialog.locator("input[name=password]").fill(alice.password)
        dialog.get_by_role("button", name=word("sign_in")).click()
    expect_done(page, done, place, new, language)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_an_upload_goes_on_when_its_person_has_signed_in_again(open_form, web, alice, place, language):
    word, name = words(language), f"upload-{language}.bin"
    desk, page = open_form(Form("{repo}/upload/main", "upload_start"), language)
    page.locator("input[data-pick=files]").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": random_bytes(11 * MIB)})
    page.get_by_label(word("write_summary"), exact=True).fill(f"Upload in {language}")
    desk.context.clear_cookies()
    page.get_by_role("button", name=word("upload_start"), exact=True).click()
    dialog = page.get_by_role("dialog", name=word("lost_session_title"))
    dialog.locator("input[name=password]").fill(alice.password)
    dialog.get_by_role("button", name=word("sign_in")).click()
    page.wait_for_url(f"**{place}/tree/main")
    assert web.get(f"{place}/resolve/main/{name}").body == random_bytes(11 * MIB)
    assert web.get(f"/api/models{place}/commits/main").json()[0]["title"] == f"Upload in {language}"
