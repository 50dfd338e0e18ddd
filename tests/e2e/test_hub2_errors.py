# SPDX-License-Identifier: Apache-2.0
"""What went wrong arrives as the exception class that programs catch, with a sentence for the person."""

import pytest


def info(repo_id, revision=None):
    api.model_info(repo_id, revision=revision)


def fetch(repo_id, filename="config.json", revision=None):
    hub.hf_hub_download(repo_id, filename, revision=revision)


def snapshot(repo_id, revision=None):
    hub.snapshot_download(repo_id, revision=revision)


def tree(repo_id, path=None, revision=None):
    list(api.list_repo_tree(repo_id, path, revision=revision))


@pytest.mark.parametrize("call", [info, fetch, snapshot, tree], ids=lambda call: call.__name__)
def test_a_repository_that_is_not_there(machine, alice, bob, new_repo, call):
    hidden = new_repo(private=True)
    for person, repo_id, status in ((alice, "acme/none", 404), (None, "acme/none", 401), (bob, hidden.id, 404),
                                    (None, hidden.id, 401), (alice, "single-segment", 404)):
        failure = machine.hub2(person).fails(call, repo_id=repo_id)
        assert "RepositoryNotFoundError" in failure.kinds and failure.status == status, (repo_id, failure)


@pytest.mark.parametrize("call", [info, fetch, snapshot, tree], ids=lambda call: call.__name__)
def test_a_revision_that_is_not_there(machine, repo, call):
    for revision in ("nowhere", "0" * 40, "refs/pr/99", "refs/heads/none", "deadbee"):
        failure = machine.hub2().fails(call, repo_id=repo.id, revision=revision)
        assert "RevisionNotFoundError" in failure.kinds and failure.status == 404, (revision, failure)


def test_a_path_that_is_not_there(machine, repo):
    client = machine.hub2()
    for call in (fetch, tree):
        failure = client.fails(call, repo_id=repo.id, **({"path": "no/such"} if call is tree else {"filename": "no/such"}))
        assert {"EntryNotFoundError", "RemoteEntryNotFoundError"} & set(failure.kinds) and failure.status == 404
        assert failure.request_id


def test_a_bad_token_is_not_mistaken_for_a_missing_repository(machine, repo):
    for token in ("hf_" + "z" * 34, "nonsense"):
        client = machine.hub2(HF_TOKEN=token)
        for call in (info, fetch, tree):
            failure = client.fails(call, repo_id=repo.id)
            assert failure.status in (401, None) and "RepositoryNotFoundError" not in failure.kinds, failure
            assert "Invalid credentials in Authorization header" in failure.text + failure.trace


def test_writing_without_the_right_says_forbidden(machine, alice, bob, repo):
    def upload(repo_id):
        api.upload_file(path_or_fileobj=b"x", path_in_repo="x.bin", repo_id=repo_id)

    def delete(repo_id):
        api.delete_repo(repo_id)

    def move(repo_id):
        api.move_repo(repo_id, "bob/taken")

    def tag(repo_id):
        api.create_tag(repo_id, tag="t")

    for call in (upload, delete, move, tag):
        assert machine.hub2(bob).fails(call, repo_id=repo.id).status == 403, call.__name__
        assert machine.hub2(alice, HF_TOKEN=alice.read_token).fails(call, repo_id=repo.id).status == 403, call.__name__


def test_the_command_line_explains_and_exits_with_one(machine, repo):
    said = machine.hub2().hf("download", repo.id, "none.txt", check=False)
    assert said.returncode == 1 and "none.txt" in said.stderr
    said = machine.hub2().hf("download", "acme/none", check=False)
    assert said.returncode == 1 and "'acme/none' not found" in said.stderr


def test_uploading_to_a_repository_or_branch_that_is_not_there(machine, alice, repo):
    def upload(repo_id, revision=None):
        api.upload_file(path_or_fileobj=b"x", path_in_repo="x.txt", repo_id=repo_id, revision=revision)

    client = machine.hub2(alice)
    assert "RepositoryNotFoundError" in client.fails(upload, repo_id="acme/none").kinds
    assert "RevisionNotFoundError" in client.fails(upload, repo_id=repo.id, revision="nowhere").kinds


def test_routes_that_are_not_built_say_so_and_unknown_chunk_routes_are_just_not_found(web, alice, repo):
    assert web.get("/api/papers/search?q=x").status in (404, 501)
    token = web.get(f"{repo.api}/xet-write-token/main", token=alice.token).json()
    for method, path in (("POST", "/v1/xorb-grants/default/" + "0" * 64), ("GET", "/v3/anything"), ("PUT", "/v1/xorbs")):
        assert web.ask(method, token["casUrl"] + path, token=token["accessToken"]).status == 404, path


BAD_CARD = "---\nlicense: of-my-own\n---\n# A model\n"


@pytest.mark.parametrize("years", ["hub2", "hub1x", "hub0x"])
def test_a_card_in_disorder_is_refused_with_the_reason_before_anything_is_sent(machine, alice, repo, web, years):
    """R-51 as the clients ask for it before a commit: JSON, whatever the status."""
    def upload(repo_id, text):
        api.upload_file(path_or_fileobj=text.encode(), path_in_repo="README.md", repo_id=repo_id)

    before = web.get(repo.api).json()["sha"]
    failure = getattr(machine, years)(alice).fails(upload, repo_id=repo.id, text=BAD_CARD)
    assert failure.kind == "ValueError" and '"license" must be one of' in failure.text, failure
    assert web.get(repo.api).json()["sha"] == before


def test_a_card_is_validated_by_itself_and_the_reason_is_plain_text(machine):
    """R-51 as `RepoCard.validate` asks: without a token, for text."""
    def validate(text):
        hub.RepoCard(text).validate()

    client = machine.hub2()
    client.call(validate, text="---\nlicense: mit\n---\n# A model\n")
    failure = client.fails(validate, text=BAD_CARD)
    assert failure.kind == "ValueError" and '"license" must be one of' in failure.text and "{" not in failure.text, failure


def test_the_check_of_a_card_answers_in_its_own_form_even_when_it_understands_nothing(web):
    for body in (b"no json", b"[]", b'{"content": 5}'):
        answer = web.post("/api/validate-yaml", body=body, headers={"Content-Type": "application/json"})
        assert answer.status == 400 and answer.json()["warnings"] == [], body
        assert all(item["message"] for item in answer.json()["errors"]), body
