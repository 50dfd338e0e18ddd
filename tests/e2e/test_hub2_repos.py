# SPDX-License-Identifier: Apache-2.0
"""Repositories as things: made, found, moved, hidden, liked, deleted."""

import hashlib

import pytest


def test_create_says_where_and_exist_ok_forgives(machine, alice):
    def work():
        first = api.create_repo("acme/created", private=True)
        again = api.create_repo("acme/created", exist_ok=True)
        try:
            api.create_repo("acme/created")
        except hub.errors.HfHubHTTPError as error:
            status = error.response.status_code
        own = api.create_repo("just-a-name", repo_type="dataset")
        return [str(first), first.repo_id, again.repo_id, status, own.repo_id, api.repo_exists("acme/created"),
                api.model_info("acme/created").private]

    url, first, again, status, own, exists, private = machine.hub2(alice).call(work)
    assert url == f"{machine.endpoint}/acme/created" and first == again == "acme/created"
    assert status == 409 and own == "alice/just-a-name" and exists and private


@pytest.mark.parametrize("name", ["bad..dots", "ends.git", "-dash", "with space", "a" * 97])
def test_names_that_cannot_be_paths_are_refused_by_the_server_too(web, alice, name):
    answer = web.post("/api/repos/create", token=alice.token, as_json={"name": name, "organization": None, "type": "model"})
    assert answer.status == 400 and answer.json()["error"]


def test_names_are_found_whatever_their_case(web, alice):
    web.post("/api/repos/create", token=alice.token, as_json={"name": "MixedCase", "organization": "acme", "type": "model"})
    assert web.get("/api/models/ACME/mixedcase").json()["id"] == "acme/MixedCase"
    again = web.post("/api/repos/create", token=alice.token, as_json={"name": "mixedcase", "organization": "acme", "type": "model"})
    assert again.status == 409


def test_only_members_create_in_an_organisation(machine, server, bob):
    def create(name):
        return api.create_repo(name).repo_id

    client = machine.hub2(bob)
    assert client.fails(create, name="acme/by-bob").status == 403
    assert client.fails(create, name="nobody-here/by-bob").status in (403, 404)
    server.add_member("acme", "bob", "contributor")
    try:
        assert client.call(create, name="acme/by-bob") == "acme/by-bob"
    finally:
        server.remove_member("acme", "bob")


def test_a_deleted_repository_is_gone_and_its_name_is_free(machine, alice, repo):
    client = machine.hub2(alice)
    client.hf("repos", "delete", repo.id, "--yes")

    def after(repo_id):
        gone = not api.repo_exists(repo_id)
        api.delete_repo(repo_id, missing_ok=True)
        try:
            api.delete_repo(repo_id)
        except hub.errors.RepositoryNotFoundError:
            return [gone, api.create_repo(repo_id).repo_id]

    assert client.call(after, repo_id=repo.id) == [True, repo.id]


def test_a_moved_repository_answers_at_its_old_name(machine, other_machine, alice, repo, web):
    target = repo.id.replace("acme/", "alice/") + "-moved"
    client = machine.hub2(alice)

    def fill(repo_id):
        api.upload_file(path_or_fileobj=b"stays", path_in_repo="note.txt", repo_id=repo_id)
        api.upload_file(path_or_fileobj=b"large", path_in_repo="w.bin", repo_id=repo_id)

    client.call(fill, repo_id=repo.id)
    client.hf("repos", "move", repo.id, target)

    def read(repo_id):
        paths = [hub.hf_hub_download(repo_id, name) for name in ("note.txt", "w.bin")]
        hub.snapshot_download(repo_id)
        return [api.model_info(repo_id).id, *(Path(path).read_text() for path in paths)]

    for name in (repo.id, target):
        assert other_machine.hub2().call(read, repo_id=name) == [target, "stays", "large"]
    moved = web.get(f"/api/models/{repo.id}")
    assert moved.status == 307 and moved.headers["Location"] == f"/api/models/{target}"

    def write_at_old_name(repo_id):
        return api.upload_file(path_or_fileobj=b"new", path_in_repo="new.txt", repo_id=repo_id).oid

    commit = client.call(write_at_old_name, repo_id=repo.id)
    assert web.get(f"/api/models/{target}").json()["sha"] == commit
    client.call(create_at, repo_id=repo.id)
    assert web.get(f"/api/models/{repo.id}").json()["id"] == repo.id


def create_at(repo_id):
    return api.create_repo(repo_id).repo_id


def test_settings_hide_and_show(machine, alice, bob, repo, web):
    client = machine.hub2(alice)
    client.hf("repos", "settings", repo.id, "--private")
    assert web.get(repo.api).status == 401 and web.get(repo.api, token=bob.token).status == 404
    client.hf("repos", "settings", repo.id, "--public")
    assert web.get(repo.api).status == 200

    def change(repo_id):
        api.update_repo_settings(repo_id, private=True)

    assert machine.hub2(bob).fails(change, repo_id=repo.id).status == 403


def test_info_with_files_expand_and_security(machine, alice, repo):
    def look(repo_id):
        api.upload_file(path_or_fileobj=b"---\nlicense: mit\nlibrary_name: timm\n---\n", path_in_repo="README.md", repo_id=repo_id)
        api.upload_file(path_or_fileobj=b"weights", path_in_repo="w.bin", repo_id=repo_id)
        info = api.model_info(repo_id, files_metadata=True)
        files = {item.rfilename: [item.size, item.lfs.sha256 if item.lfs else None] for item in info.siblings}
        few = api.model_info(repo_id, expand=["likes", "downloads", "sha"])
        safe = api.model_info(repo_id, securityStatus=True)
        return [files, info.library_name, info.card_data.license, info.tags, few.likes, few.siblings, few.sha == info.sha,
                bool(info.created_at), bool(info.last_modified), info.author, safe.security_repo_status]

    files, library, licence, tags, likes, siblings, same, created, modified, author, safe = \
        machine.hub2(alice).call(look, repo_id=repo.id)
    assert files["w.bin"] == [7, hashlib.sha256(b"weights").hexdigest()]
    assert library == "timm" and licence == "mit" and "license:mit" in tags and author == "acme"
    assert (likes, siblings, same, created, modified) == (0, None, True, True, True)
    assert safe is not None and not safe.get("scansDone")


def test_lists_filter_sort_and_page(machine, alice, new_repo):
    made = [new_repo(owner="acme").id for _ in range(5)]

    def fill(ids):
        for number, repo_id in enumerate(ids):
            text = f"---\nlicense: {'mit' if number % 2 else 'apache-2.0'}\npipeline_tag: text-generation\n" \
                   f"library_name: transformers\ntags:\n- shelf-{number}\n---\n"
            api.upload_file(path_or_fileobj=text.encode(), path_in_repo="README.md", repo_id=repo_id)
        found = lambda **how: [model.id for model in api.list_models(author="acme", **how)]
        return {
            "mit": found(filter="license:mit", search="filter-sort"),
            "both": found(filter=["license:mit", "shelf-1"]),
            "task": found(pipeline_tag="text-generation", search="filter-sort"),
            "library": found(filter="transformers", search="page"),
            "newest": found(sort="created_at", search="filter-sort"),
            "limited": found(sort="last_modified", search="filter-sort", limit=2),
            "none": found(search="no such thing"),
        }

    found = machine.hub2(alice).call(fill, ids=made)
    assert set(found["mit"]) == {made[1], made[3]} and found["both"] == [made[1]]
    assert set(made) == set(found["task"]) == set(found["library"])
    assert found["newest"] == made[::-1] and found["limited"] == made[:2:-1] and found["none"] == []


def test_private_repositories_are_listed_only_to_their_readers(machine, alice, bob, new_repo):
    hidden = new_repo(private=True)

    def found(name):
        return [model.id for model in api.list_models(search=name)]

    name = hidden.id.split("/")[1]
    assert machine.hub2(alice).call(found, name=name) == [hidden.id]
    assert machine.hub2(bob).call(found, name=name) == [] == machine.hub2().call(found, name=name)


def test_likes_count_once_and_can_be_taken_back(machine, web, alice, bob, repo):
    for _ in range(2):
        assert web.post(f"{repo.api}/like", token=bob.token).status == 200
    assert web.get(repo.api).json()["likes"] == 1
    assert [user["user"] for user in web.get(f"{repo.api}/likers").json()] == ["bob"]

    def take_back(repo_id):
        liked = api.list_liked_repos()
        api.unlike(repo_id)
        return [liked.models, api.model_info(repo_id).likes]

    assert machine.hub2(bob).call(take_back, repo_id=repo.id) == [[repo.id], 0]


def test_auth_check_tells_what_one_may(machine, alice, bob, new_repo):
    hidden = new_repo(private=True)

    def check(repo_id, write=False):
        api.auth_check(repo_id, write=write)

    machine.hub2(alice).call(check, repo_id=hidden.id, write=True)
    reader = machine.hub2(alice, HF_TOKEN=alice.read_token)
    reader.call(check, repo_id=hidden.id)
    assert reader.fails(check, repo_id=hidden.id, write=True).status == 403
    assert "RepositoryNotFoundError" in machine.hub2(bob).fails(check, repo_id=hidden.id).kinds
