# SPDX-License-Identifier: Apache-2.0
"""Long work in the browser: weights are converted from the list of files, jobs are followed, findings of the safety scan
stand where people would load the file."""

import contextlib
import gzip
import io
import itertools
import json
import os
import pickle
import signal
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from harness import content
from harness.web import commit_body, deleted_line, file_line
from playwright.sync_api import expect

COUNT = itertools.count(1)
BERT = json.dumps({"model_type": "bert", "architectures": ["BertForMaskedLM"]}).encode()


class Evil:
    """Asks Python for os.system when it is loaded; nobody here loads it."""

    def __reduce__(self):
        import os
        return os.system, (f"true {next(COUNT)}",)


def evil_pickle() -> bytes:
    """Another one each time: content that was scanned before asks for no job."""
    return pickle.dumps(Evil(), protocol=2)


def weights(folder, **tensors) -> bytes:
    shapes = tensors or {"bert.pooler.dense.weight": ("F32", (64, 64)), "bert.pooler.dense.bias": ("F32", (64,))}
    return content.safetensors(folder / "model.safetensors", **shapes).read_bytes()


@pytest.fixture
def put(web, alice):
    """Commits small files to a repository."""
    def commit(repo, **files):
        body = commit_body("Add files", *(file_line(path, octets) for path, octets in files.items()))
        answer = web.post(f"{repo.api}/commit/main", token=alice.token, body=body, headers={"Content-Type": "application/x-ndjson"})
        assert answer.status == 200, answer.text
    return commit


@pytest.fixture
def send(machine, alice):
    """Sends a folder as today's client does, so that weights become large files."""
    return lambda repo, folder: machine.hub2(alice).hf("upload", repo.id, folder, ".", "--quiet")


def hold_converter(server) -> int:
    """Waits for the process in which the hub converts, and stops it where it is. Gives its id; it is the hub that ends it."""
    for _ in until(60):
        for children in Path(f"/proc/{server.process.pid}/task").glob("*/children"):
            with contextlib.suppress(FileNotFoundError):
                for child in children.read_text().split():
                    if Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")[1:2] == [b"convert"]:
                        os.kill(int(child), signal.SIGSTOP)
                        return int(child)
    raise TimeoutError("the hub started no converter")


def until(seconds):
    """Turns of a loop that looks for something, as long as it may take."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield


def ended(desk, repo, kind):
    """Reads the list of jobs until its newest of a kind has ended."""
    page = desk.open(f"{repo.page}/jobs")
    row = page.locator("li", has_text=kind).first
    expect(row).to_contain_text("Done")
    return row


def test_weights_are_converted_and_proposed(desk, alice, web, repo, send, tmp_path):
    weights(tmp_path / "m")
    (tmp_path / "m/config.json").write_bytes(BERT)
    send(repo, tmp_path / "m")
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/tree/main")
    desk.button("Convert").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="safetensors")).to_be_disabled()
    expect(dialog).to_contain_text("There already: \u2068model.safetensors\u2069")
    expect(dialog.get_by_role("radio", name="PyTorch")).to_be_checked()
    types = dialog.get_by_role("combobox")
    expect(types.get_by_role("option", name="Q8_0")).to_have_count(0)
    dialog.get_by_role("radio", name="GGUF").check()
    types.select_option("q8_0")
    dialog.get_by_role("radio", name="TensorFlow").check()
    expect(types).to_have_value("keep")  # blocks are GGUF's alone
    dialog.get_by_role("button", name="Start the conversion").click()
    dialog.get_by_role("link", name="To the pull request").click()
    page.wait_for_url(f"**{repo.page}/discussions/1")
    expect(page.locator("main")).to_contain_text("TensorFlow weights from PyTorch")
    expect(page.get_by_role("listitem").filter(has_text="tf_model.h5")).to_be_visible()
    page.locator("summary", has_text="All 2 tensors").click()
    expect(page.get_by_role("row").filter(has_text="bert.pooler.dense.weight")).to_contain_text("axes 1, 0")
    report = page.get_by_role("link", name="The report as JSON").get_attribute("href")
    files = [entry["path"] for entry in web.get(f"{repo.api}/tree/refs%2Fpr%2F1").json()]
    assert "tf_model.h5" in files
    row = ended(desk, repo, "Convert to")
    expect(row).to_contain_text("alice")
    expect(row.get_by_role("link", name="Report")).to_have_attribute("href", report)
    assert len(web.get(report).json()["rows"]) == 2
    row.get_by_role("link", name="pull request #1").click()
    page.wait_for_url(f"**{repo.page}/discussions/1")


def test_what_cannot_be_converted_says_why_and_by_general_rules_it_can(desk, alice, repo, put, tmp_path):
    put(repo, **{"model.safetensors": weights(tmp_path, odd=("F32", (2, 2))), "config.json": b'{"model_type": "unheard"}'})
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/tree/main")
    desk.button("Convert").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("radio", name="Flax").check()
    dialog.get_by_role("button", name="Start the conversion").click()
    expect(dialog.get_by_role("alert")).to_contain_text("unheard")
    dialog.get_by_role("button", name="Choose again").click()
    dialog.get_by_role("radio", name="Flax").check()
    dialog.get_by_role("checkbox", name="Use general rules").check()
    dialog.get_by_role("button", name="Start the conversion").click()
    dialog.get_by_role("link", name="To the pull request").click()
    page.wait_for_url(f"**{repo.page}/discussions/1")
    expect(page.locator("main")).to_contain_text("flax_model.msgpack")


def test_a_conversion_is_cancelled_while_it_works_and_begun_again(desk, alice, web, server, repo, send, tmp_path):
    weights(tmp_path / "m", **{"bert.pooler.dense.weight": ("F32", (2048, 4096)), "bert.pooler.dense.bias": ("F32", (2048,))})
    (tmp_path / "m/config.json").write_bytes(BERT)
    send(repo, tmp_path / "m")
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/tree/main")
    desk.button("Convert").click()
    dialog = page.get_by_role("dialog")
    with ThreadPoolExecutor(1) as beside:
        held = beside.submit(hold_converter, server)
        dialog.get_by_role("button", name="Start the conversion").click()
        converter = held.result()
    expect(dialog.get_by_role("progressbar", name="Converting")).to_be_visible()
    dialog.get_by_role("button", name="Cancel the job").click()
    expect(dialog).to_contain_text("The conversion was cancelled. Nothing was changed.")
    assert any(not Path(f"/proc/{converter}").exists() for _ in until(60)), "the converter outlives its job"
    assert web.get(f"{repo.api}/discussions").json()["count"] == 0
    dialog.get_by_role("button", name="Choose again").click()
    dialog.get_by_role("button", name="Start the conversion").click()
    dialog.get_by_role("link", name="To the pull request").click()
    page.wait_for_url(f"**{repo.page}/discussions/1")
    page = desk.open(f"{repo.page}/jobs")
    rows = page.locator("li", has_text="Convert to")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("Done")
    expect(rows.nth(1)).to_contain_text("Cancelled")


def test_weights_among_very_many_files_are_offered(desk, alice, web, repo, put, tmp_path):
    """The list of files was asked for them, and of a large folder only its beginning."""
    files = {f"a{number:05}": b"x" for number in range(10_001)}
    put(repo, **files, **{"model.safetensors": weights(tmp_path)})
    desk.sign_in(alice)
    desk.asked.clear()
    page = desk.open(f"{repo.page}/tree/main")
    desk.button("Convert").click()
    expect(page.get_by_role("dialog")).to_contain_text("There already: \u2068model.safetensors\u2069")
    assert [path for path in desk.asked if "/tree/" in path] == []
    body = commit_body("Away", deleted_line("model.safetensors"))
    assert web.post(f"{repo.api}/commit/main", token=alice.token, body=body, headers={"Content-Type": "application/x-ndjson"}).status == 200
    desk.open(f"{repo.page}/tree/main")
    expect(desk.button("Convert")).to_have_count(0)


def test_only_who_may_propose_is_offered_a_conversion(desk, repo, put, tmp_path):
    put(repo, **{"model.safetensors": weights(tmp_path)})
    desk.open(f"{repo.page}/tree/main")
    expect(desk.page.get_by_role("link", name="model.safetensors", exact=True)).to_be_visible()
    expect(desk.button("Convert")).to_have_count(0)


def test_an_unsafe_file_warns_where_people_would_load_it(desk, alice, repo, put):
    put(repo, **{"model.pkl": evil_pickle(), "README.md": b"# A card\n"})
    ended(desk, repo, "Safety scan")
    page = desk.open(f"{repo.page}/tree/main")
    desk.button("Unsafe: \u2068model.pkl\u2069").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("row").filter(has_text="system")).to_contain_text("dangerous")
    dialog.get_by_role("button", name="Close").click()
    page = desk.open(f"{repo.page}/blob/main/model.pkl")
    expect(page.get_by_text("Loading this file runs code that can harm your computer.")).to_be_visible()
    page = desk.open(repo.page)
    expect(page.get_by_role("heading", name="A file of this repository is unsafe")).to_be_visible()
    page.get_by_role("link", name="model.pkl").click()
    page.wait_for_url(f"**{repo.page}/blob/main/model.pkl")


def test_code_that_a_repository_brings_is_told_with_its_class_and_file(desk, alice, repo, put):
    config = {"model_type": "acme", "auto_map": {"AutoModel": "modeling_acme.AcmeModel", "AutoConfig": "other/code--conf.AcmeConfig"}}
    put(repo, **{"config.json": json.dumps(config).encode(), "modeling_acme.py": b"class AcmeModel: pass\n", "README.md": b"# A card\n"})
    page = desk.open(repo.page)
    notice = page.get_by_role("region", name="This repository brings code of its own")
    expect(notice.get_by_text("AcmeConfig\u2069 in \u2068other/code/conf.py")).to_be_visible()
    notice.get_by_role("link", name="AcmeModel").click()
    page.wait_for_url(f"**{repo.page}/blob/main/modeling_acme.py")
    page = desk.open(f"{repo.page}/tree/main")
    desk.button("Caution: \u2068config.json\u2069").click()
    expect(page.get_by_role("dialog").get_by_role("listitem").first).to_contain_text("AcmeModel\u2069 of \u2068modeling_acme.py")
    page = desk.open(f"{repo.page}/jobs")
    desk.settled()
    expect(page.get_by_text("Safety scan", exact=True)).to_have_count(0)  # it was scanned as it was committed


def keras(layer) -> bytes:
    """A .keras archive whose model has this layer beside one of Keras's."""
    dense = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 1}, "registered_name": None}
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        archive.writestr("config.json", json.dumps({"module": "keras", "class_name": "Sequential", "config": {"layers": [dense, layer]}}))
    return octets.getvalue()


def test_what_a_file_needs_or_hides_is_told_beside_it_in_both_languages(desk, new_desk, repo, put):
    layer = {"module": "acme.layers", "class_name": "Attention", "config": {}, "registered_name": "Acme>Attention"}
    outside = b"\x0a\x08location\x12\x08../a.bin"
    tensor = b"\x6a" + bytes([len(outside)]) + outside
    graph = b"\x2a" + bytes([len(tensor)]) + tensor
    put(repo, **{"m.keras": keras(layer), "m.onnx": b"\x08\x0a\x3a" + bytes([len(graph)]) + graph, "m.pkl.gz": gzip.compress(evil_pickle())})
    ended(desk, repo, "Safety scan")
    page = desk.open(f"{repo.page}/blob/main/m.keras")
    expect(page.get_by_text("It needs code of its own: \u2068acme.layers.Attention\u2069.")).to_be_visible()
    page = desk.open(f"{repo.page}/blob/main/m.onnx")
    expect(page.get_by_text("It has numbers read from a file outside of its folder: \u2068../a.bin\u2069.")).to_be_visible()
    page = desk.open(f"{repo.page}/blob/main/m.pkl.gz")
    expect(page.get_by_role("row").filter(has_text="system")).to_contain_text("dangerous")
    page = new_desk(language="ar").open(f"{repo.page}/blob/main/m.keras")
    expect(page.get_by_text("يحتاج إلى شيفرة خاصة به: \u2068acme.layers.Attention\u2069.")).to_be_visible()


def test_an_unsafe_file_among_very_many_is_told_too(desk, repo, put):
    """Only the first thousand entries of the top were looked at."""
    put(repo, **{f"a{number:04}": b"x" for number in range(1_001)}, **{"README.md": b"# A card\n", "model.pkl": evil_pickle()})
    ended(desk, repo, "Safety scan")
    page = desk.open(repo.page)
    expect(page.get_by_role("heading", name="A file of this repository is unsafe")).to_be_visible()
    expect(page.get_by_role("link", name="model.pkl")).to_be_visible()


@pytest.mark.parametrize("path", ["", "/jobs"])
def test_a_page_asks_the_api_for_nothing_more_than_it_brought(desk, repo, put, path):
    put(repo, **{"README.md": b"# A card\n"})
    desk.open(f"{repo.page}{path}")
    assert desk.asked == []


def test_administrators_see_the_jobs_of_the_whole_hub(desk, alice, repo, put):
    put(repo, **{"model.pkl": evil_pickle()})
    ended(desk, repo, "Safety scan")
    desk.sign_in(alice)
    page = desk.open("/admin/jobs")
    expect(page.locator("li", has_text=repo.id)).to_contain_text("Safety scan")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pages_fit_and_axe_finds_nothing_serious(new_desk, alice, repo, put, tmp_path, language, size):
    desk = new_desk(language=language, size=size, theme="dark" if size == "phone" else "light")
    put(repo, **{"model.pkl": evil_pickle(), "README.md": b"# A card\n", "model.safetensors": weights(tmp_path)})
    ended(new_desk(), repo, "Safety scan")
    desk.sign_in(alice)
    for path in ("", "/tree/main", "/blob/main/model.pkl", "/jobs"):
        desk.open(f"{repo.page}{path}")
        assert (desk.overflow(), desk.faults_for_all()) == (0, []), path
    page = desk.open(f"{repo.page}/tree/main")
    page.locator("button:has(svg.lucide-shuffle)").click()
    expect(page.get_by_role("dialog").get_by_role("radio").first).to_be_visible()
    assert (desk.overflow(), desk.faults_for_all()) == (0, [])
    desk.open("/admin/jobs")
    assert (desk.overflow(), desk.faults_for_all()) == (0, [])


def test_tensors_of_two_commits_are_compared(desk, alice, web, repo, send, tmp_path):
    before = weights(tmp_path / "m")
    (tmp_path / "m/config.json").write_bytes(BERT)
    send(repo, tmp_path / "m")
    (tmp_path / "m/model.safetensors").write_bytes(before[:-4] + b"\0\0\0\0")
    send(repo, tmp_path / "m")
    desk.sign_in(alice)
    page = desk.open(f"{repo.page}/commit/main")
    desk.button("Compare tensors").click()
    table = page.get_by_role("region", name="Tensors", exact=True)
    expect(table.get_by_role("row")).to_have_count(2)
    expect(table).to_contain_text("bert.pooler.dense.bias")
    expect(page.get_by_text("Unchanged")).to_be_visible()
    page.reload()
    expect(desk.settled().get_by_role("region", name="Tensors", exact=True)).to_contain_text("bert.pooler.dense.bias")
    page.get_by_role("searchbox", name="Filter tensors by name").fill("nowhere")
    expect(page.get_by_text("Nothing was found.")).to_be_visible()
    row = ended(desk, repo, "Compare tensors")
    row.get_by_role("link", name="Compare", exact=True).click()
    page.wait_for_url("**/compare/**")
    expect(page.get_by_role("region", name="Tensors", exact=True)).to_contain_text("bert.pooler.dense.bias")
