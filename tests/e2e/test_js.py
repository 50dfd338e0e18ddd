# SPDX-License-Identifier: Apache-2.0
"""@huggingface/hub on Node: upload by Xet and by LFS, download, list, commit, errors."""

import pytest

from harness import content


@pytest.mark.parametrize("xet", [True, False], ids=["xet", "lfs"])
def test_files_go_up_and_come_back(machine, other_machine, alice, repo, web, tmp_path, xet):
    # Another size for each way: what the other way brought in would be offered by both.
    source = content.small_model(tmp_path / "model", weights=(6 if xet else 7) * content.MIB)
    machine.js(alice).call("""
        const files = args.paths.map((path) => ({ path, content: new Blob([fs.readFileSync(args.folder + "/" + path)]) }));
        const done = await hub.uploadFiles({ repo: args.repo, accessToken, hubUrl, files, useXet: args.xet, commitTitle: "From Node" });
        give(done.commit);
    """, repo=repo.id, folder=source, paths=sorted(content.tree(source)), xet=xet)
    entry = next(item for item in web.get(f"{repo.api}/tree/main").json() if item["path"] == "model.safetensors")
    assert entry["lfs"]["oid"] == content.sha256(source / "model.safetensors") and ("xetHash" in entry) == xet
    other_machine.hub2().hf("download", repo.id, "--local-dir", tmp_path / "copy")
    assert content.tree(tmp_path / "copy") == content.tree(source)

    sizes = other_machine.js().call("""
        const found = {};
        for (const path of args.paths) {
            for (const xet of [true, false]) {
                const blob = await hub.downloadFile({ repo: args.repo, hubUrl, path, xet });
                fs.mkdirSync(args.target + xet + "/" + path.replace(/[^/]*$/, ""), { recursive: true });
                fs.writeFileSync(args.target + xet + "/" + path, Buffer.from(await blob.arrayBuffer()));
                found[path] = blob.size;
            }
        }
        give(found);
    """, repo=repo.id, paths=sorted(content.tree(source)), target=tmp_path / "js-")
    assert sizes["empty.txt"] == 0
    for way in ("true", "false"):
        assert content.tree(tmp_path / f"js-{way}") == content.tree(source), way


def test_a_slice_of_a_file_is_read_by_range(machine, other_machine, alice, repo, tmp_path):
    weights = content.write_random(tmp_path / "w.bin", 3 * content.MIB)
    machine.hub2(alice).hf("upload", repo.id, weights, "w.bin")
    got = other_machine.js().call("""
        const parts = [];
        for (const xet of [true, false]) {
            const blob = await hub.downloadFile({ repo: args.repo, hubUrl, path: "w.bin", xet });
            parts.push(Buffer.from(await blob.slice(1000000, 1000010).arrayBuffer()).toString("hex"));
        }
        give(parts);
    """, repo=repo.id)
    assert got == [weights.read_bytes()[1_000_000:1_000_010].hex()] * 2


def test_commits_list_count_and_delete(machine, alice, repo):
    listed = machine.js(alice).call("""
        const change = (title, operations, more) =>
            hub.commit({ repo: args.repo, accessToken, hubUrl, title, operations, ...more });
        const add = (path, text) => ({ operation: "addOrUpdate", path, content: new Blob([text]) });
        await change("One", [add("a/b c.txt", "1"), add("x.bin", "2")]);
        await change("Two", [{ operation: "delete", path: "x.bin" }, add("d.txt", "3")], { description: "More" });
        await hub.deleteFiles({ repo: args.repo, accessToken, hubUrl, paths: ["d.txt"], commitTitle: "Three" });
        const commits = [], files = [];
        for await (const commit of hub.listCommits({ repo: args.repo, hubUrl })) commits.push([commit.title, commit.authors[0].username]);
        for await (const file of hub.listFiles({ repo: args.repo, hubUrl, recursive: true, expand: true }))
            files.push([file.type, file.path, file.lastCommit.title]);
        give({ commits, files, count: await hub.countCommits({ repo: args.repo, hubUrl }),
               there: await hub.fileExists({ repo: args.repo, hubUrl, path: "a/b c.txt" }),
               gone: await hub.fileExists({ repo: args.repo, hubUrl, path: "d.txt" }) });
    """, repo=repo.id)
    assert listed["commits"] == [["Three", "alice"], ["Two", "alice"], ["One", "alice"], ["initial commit", "alice"]]
    assert sorted(listed["files"]) == [["directory", "a", "One"], ["file", ".gitattributes", "initial commit"],
                                       ["file", "a/b c.txt", "One"]]
    assert (listed["count"], listed["there"], listed["gone"]) == (4, True, False)


def test_repositories_branches_and_proposals(machine, alice, bob):
    made = machine.js(alice).call("""
        const repo = { type: "dataset", name: "acme/from-node" };
        const made = await hub.createRepo({ repo, accessToken, hubUrl, license: "mit", private: false,
                                            files: [{ path: "first.txt", content: new Blob(["first"]) }] });
        await hub.createBranch({ repo, accessToken, hubUrl, branch: "feature/x" });
        await hub.uploadFile({ repo, accessToken, hubUrl, branch: "feature/x", file: { path: "y.txt", content: new Blob(["y"]) } });
        const onBranch = [];
        for await (const file of hub.listFiles({ repo, hubUrl, revision: "feature/x" })) onBranch.push(file.path);
        const info = await hub.datasetInfo({ name: "acme/from-node", hubUrl });
        give({ made, onBranch, info, who: await hub.whoAmI({ accessToken, hubUrl }),
               exists: await hub.repoExists({ repo, hubUrl }),
               none: await hub.repoExists({ repo: "acme/none-at-all", accessToken, hubUrl }) });
    """)
    assert made["made"]["repoUrl"] == f"{machine.endpoint}/datasets/acme/from-node" and made["made"]["id"]
    assert {"first.txt", "y.txt"} <= set(made["onBranch"]) and made["info"]["name"] == "acme/from-node"
    assert made["who"]["name"] == "alice" and made["who"]["orgs"][0]["name"] == "acme"
    assert (made["exists"], made["none"]) == (True, False)

    proposed = machine.js(bob).call("""
        const repo = { type: "dataset", name: "acme/from-node" };
        const done = await hub.uploadFiles({ repo, accessToken, hubUrl, isPullRequest: true, commitTitle: "Please",
            files: [{ path: "z.parquet", content: new Blob(["z".repeat(100)]) }] });
        const blob = await hub.downloadFile({ repo, hubUrl, path: "z.parquet", revision: "refs/pr/1" });
        give({ url: done.pullRequestUrl, text: await blob.text() });
    """)
    assert proposed == {"url": f"{machine.endpoint}/datasets/acme/from-node/discussions/1", "text": "z" * 100}


def test_a_snapshot_lands_in_the_shared_cache_layout(machine, other_machine, alice, repo, tmp_path):
    source = content.small_model(tmp_path / "model")
    machine.hub2(alice).hf("upload", repo.id, source, ".")
    folder = other_machine.js().call("""
        give(await hub.snapshotDownload({ repo: args.repo, hubUrl, cacheDir: args.cache }));
    """, repo=repo.id, cache=other_machine.home / "hf/hub")
    assert content.tree(other_machine.home / folder) == content.tree(source)
    offline = other_machine.hub2().hf("download", repo.id, "config.json", "--quiet", HF_HUB_OFFLINE="1").stdout.strip()
    assert content.sha256(other_machine.home / offline) == content.sha256(source / "config.json")


def test_models_are_listed_and_safetensors_described(machine, alice, new_repo, tmp_path):
    import numpy
    from safetensors.numpy import save_file
    repo = new_repo()
    save_file({"w": numpy.zeros((4, 5), numpy.float32)}, tmp_path / "model.safetensors")
    machine.hub2(alice).hf("upload", repo.id, tmp_path / "model.safetensors", "model.safetensors")
    found = machine.js().call("""
        const names = [];
        for await (const model of hub.listModels({ hubUrl, search: { query: args.name } })) names.push([model.name, model.private]);
        const info = await hub.modelInfo({ name: args.repo, hubUrl, additionalFields: ["sha"] });
        const header = await hub.parseSafetensorsMetadata({ repo: args.repo, hubUrl });
        give({ names, likes: info.likes, sha: info.sha, shape: header.header.w.shape });
    """, repo=repo.id, name=repo.id.split("/")[1])
    assert found["names"] == [[repo.id, False]] and found["likes"] == 0 and len(found["sha"]) == 40 and found["shape"] == [4, 5]


def test_errors_carry_status_and_reason(machine, alice, bob, repo):
    told = machine.js(bob).call("""
        const file = { path: "x.txt", content: new Blob(["x"]) };
        give({
            forbidden: await failure(hub.uploadFile({ repo: args.repo, accessToken, hubUrl, file })),
            missing: await failure(hub.uploadFile({ repo: "acme/none", accessToken, hubUrl, file })),
            token: await failure(hub.whoAmI({ accessToken: "hf_" + "q".repeat(34), hubUrl })),
            absent: await hub.downloadFile({ repo: args.repo, hubUrl, path: "none.txt" }),
        });
    """, repo=repo.id)
    assert (told["forbidden"]["status"], told["missing"]["status"], told["token"]["status"]) == (403, 404, 401)
    assert told["absent"] is None and "Invalid credentials" in told["token"]["text"]
