# SPDX-License-Identifier: Apache-2.0
"""What a person sees of a file on its page, kind by kind. The files are uploaded by the real client; of large ones the page
reads no more than it shows, which is told by the ranges it asks for."""

import base64
import json
import re
import struct
from dataclasses import dataclass, field

import numpy
import pytest
from harness import formats
from harness.chromium import Desk
from harness.clients import Machine
from harness.words import words
from playwright.sync_api import Locator, Page, expect
from safetensors.numpy import save

RED = (200, 30, 40)
MARKDOWN = """---
license: mit
---
# Notes of the harbour

A **short** text with a [file beside it](train.py) and a table:

| gate | width |
| --- | ---: |
| north | 12 |
"""
TRAIN = '"""Trains it."""\n\n\ndef main(steps: int = 3) -> None:\n    for step in range(steps):\n        print("step", step)\n'
SEEN = "window.acted = (window.acted || 0) + 1"
NOTEBOOK = {
    "nbformat": 4, "nbformat_minor": 5, "metadata": {"language_info": {"name": "python"}},
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Looking at ships\n", f"<img src=x alt='' onerror='{SEEN}'>"]},
        {"cell_type": "code", "metadata": {}, "execution_count": 7, "source": ["for ship in ships:\n", "    print(ship)"], "outputs": [
            {"output_type": "stream", "name": "stdout", "text": ["\x1b[31mAurora\x1b[0m\n", "Meltem\n"]},
            {"output_type": "display_data", "metadata": {}, "data": {
                "image/png": base64.b64encode(formats.png(30, 20, RED)).decode(), "text/plain": ["<Figure>"]}},
            {"output_type": "execute_result", "execution_count": 7, "metadata": {}, "data": {
                "text/html": [f"<table><tr><td>berth</td><td>14</td></tr></table><script>{SEEN}</script>"
                              f"<iframe srcdoc='<script>parent.{SEEN}</script>'></iframe><a href='javascript:{SEEN}'>a trap</a>"],
                "application/javascript": [SEEN]}},
            {"output_type": "error", "ename": "ValueError", "evalue": "no berth", "traceback": ["Traceback", "ValueError: no berth"]},
        ]},
    ],
}
SHIPS = [("Aurora", 120, "says \"hello\", twice"), ("ميناء", 7, "two\nlines"), ("Meltem", -3, "")]


@dataclass(frozen=True)
class Shown:
    """A model whose every file is of another kind."""

    server: object

    def open(self, desk: Desk, path: str) -> Page:
        return desk.open(f"/acme/shown/blob/main/{path}")


def vp8_frame(chromium, width: int, height: int) -> bytes:
    """A frame of one colour that the browser's own encoder makes."""
    page = chromium.new_page()
    told = page.evaluate("""([width, height, colour]) => {
        const canvas = Object.assign(document.createElement('canvas'), { width, height });
        const context = canvas.getContext('2d', { alpha: false });
        context.fillStyle = colour;
        context.fillRect(0, 0, width, height);
        return canvas.toDataURL('image/webp', 0.8);
    }""", [width, height, f"rgb{RED}"])
    page.close()
    return formats.vp8_of(base64.b64decode(told.split(",")[1]))


def files(chromium) -> dict[str, bytes]:
    cell = '"{}"'.format
    csv = "name,berth,note\n" + "".join(",".join((name, str(berth), cell(note.replace('"', '""')))) + "\n" for name, berth, note in SHIPS)
    rows = [{"name": name, "berth": berth, "note": {"said": note}} for name, berth, note in SHIPS]
    return {
        "notes.md": MARKDOWN.encode(),
        "train.py": TRAIN.encode(),
        "plot.png": formats.png(40, 30, RED),
        "drawing.svg": f"<svg xmlns='http://www.w3.org/2000/svg' width='50' height='50'><script>{SEEN}</script>"
                       f"<rect width='50' height='50' fill='teal' onload='{SEEN}'/></svg>".encode(),
        "tone.wav": formats.wav(1.5),
        "film.webm": formats.webm(vp8_frame(chromium, 64, 48), 64, 48, seconds=2),
        "report.pdf": formats.pdf("A report of the harbour", "Its second page"),
        "ships.ipynb": json.dumps(NOTEBOOK).encode(),
        "ships.csv": csv.encode(),
        "ships.jsonl": "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode() + b"{no json}\n",
        "ships.parquet": formats.parquet({"name": [name for name, _, _ in SHIPS], "berth": [berth for _, berth, _ in SHIPS]}),
        "model.safetensors": save({"embed.weight": numpy.zeros((100, 8), numpy.float32), "layer.0.bias": numpy.zeros(8, numpy.float16),
                                   "layer.0.weight": numpy.zeros((8, 8), numpy.float16)}, metadata={"format": "pt", "made-by": "a story"}),
        "model.gguf": formats.gguf({"general.architecture": "llama", "llama.block_count": 2, "tokenizer.ggml.tokens": ["<s>", "sea", "بحر"]},
                                   {"token_embd.weight": (8, (64, 10)), "output_norm.weight": (0, (64,))}),
        "runs/events.out.tfevents.1700000000.host.1.0": formats.events({"loss/train": [4.0, 2.0, 1.0, 0.5], "accuracy": [0.25, 0.75]}),
        "broken.parquet": b"PAR1 and nothing else PAR1", "broken.safetensors": struct.pack("<Q", 1 << 60) + b"{}",
        "broken.gguf": b"GGUF" + struct.pack("<IQQ", 3, 1 << 40, 0), "broken.pdf": b"%PDF-1.4 no more", "broken.ipynb": b"[not json",
    }


@pytest.fixture(scope="module")
def shown(world, chromium, tmp_path_factory) -> Shown:
    folder = tmp_path_factory.mktemp("shown")
    for path, octets in files(chromium).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(octets)
    machine = Machine(tmp_path_factory.mktemp("home"), world.server)
    machine.hub2(world.alice).hf("upload", "acme/shown", folder, ".", "--quiet")
    return Shown(world.server)


def colour_of(locator: Locator) -> str:
    return locator.evaluate("(element) => getComputedStyle(element).color")


def pixel_of(drawable: Locator) -> list[int]:
    """The colour in the middle of a picture, a film or a canvas, as the browser shows it."""
    return drawable.evaluate("""(drawable) => {
        const canvas = Object.assign(document.createElement('canvas'), { width: 9, height: 9 });
        const context = canvas.getContext('2d');
        context.drawImage(drawable, 0, 0, 9, 9);
        return [...context.getImageData(4, 4, 1, 1).data].slice(0, 3);
    }""")


def is_about(pixel: list[int], colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) <= 12 for one, other in zip(pixel, colour, strict=True))


def acted(page: Page) -> int:
    return page.evaluate("window.acted || 0")


def cells(page: Page, name: str) -> list[list[str]]:
    """The rows of a table in sight, without their numbers."""
    table = page.get_by_role("region", name=name, exact=True)
    expect(table.get_by_role("row").nth(1)).to_be_visible()
    return [[text.strip() for text in row.locator("td:not(.quiet)").all_inner_texts()] for row in table.locator("tbody tr:not(.space)").all()]


def heads(page: Page, name: str) -> list[str]:
    return [text.replace("\n", " ").strip() for text in page.get_by_role("region", name=name, exact=True).locator("thead bdi").all_inner_texts()]


def test_markdown_is_read_or_its_source(desk, shown):
    page = shown.open(desk, "notes.md")
    article = page.locator("article")
    expect(article.get_by_role("heading", name="Notes of the harbour")).to_be_visible()
    expect(article.locator("strong")).to_have_text("short")
    expect(article.get_by_role("cell", name="north")).to_be_visible()
    expect(page.locator("details", has_text="Front matter").locator("pre")).to_contain_text("license: mit")
    desk.button("Source").click()
    expect(page.get_by_role("region", name="Code")).to_contain_text("A **short** text")
    desk.button("Rendered").click()
    article.get_by_role("link", name="file beside it").click()
    page.wait_for_url("**/acme/shown/blob/main/train.py")


def test_code_is_coloured_and_its_lines_have_addresses(desk, shown):
    page = shown.open(desk, "train.py")
    code = page.get_by_role("region", name="Code")
    keyword = code.locator(".hljs-keyword", has_text="def")
    expect(keyword).to_be_visible()
    assert colour_of(keyword) != colour_of(code.locator("[data-line='4'] code"))
    assert "\n".join(code.locator("code").all_text_contents()) + "\n" == TRAIN
    expect(page.get_by_text("6 lines")).to_be_visible()
    desk.link("Line 4").click()
    desk.link("Line 6").click(modifiers=["Shift"])
    assert page.url.endswith("#L4-L6")
    page.reload()
    expect(desk.settled().locator(".line.marked")).to_have_count(3)
    desk.button("Copy the contents").click()
    assert page.evaluate("navigator.clipboard.readText()") == TRAIN


def test_a_picture_is_seen_with_its_size(desk, shown):
    page = shown.open(desk, "plot.png")
    picture = page.get_by_role("img", name="plot.png")
    expect(page.get_by_text("40 × 30")).to_be_visible()
    assert is_about(pixel_of(picture), RED)


def test_a_drawing_is_seen_and_does_nothing(desk, shown):
    page = shown.open(desk, "drawing.svg")
    picture = page.get_by_role("img", name="drawing.svg")
    page.wait_for_function("() => document.querySelector('main img[alt=\"drawing.svg\"]')?.naturalWidth === 50")
    assert is_about(pixel_of(picture), (0, 128, 128))
    assert acted(page) == 0


def test_sound_is_loaded_and_plays(desk, shown):
    page = shown.open(desk, "tone.wav")
    sound = page.locator("audio")
    expect(sound).to_be_visible()
    page.wait_for_function("() => document.querySelector('audio').readyState >= HTMLMediaElement.HAVE_METADATA")
    told = sound.evaluate("(sound) => ({ controls: sound.controls, duration: sound.duration, paused: sound.paused })")
    assert told["controls"] and told["paused"] and abs(told["duration"] - 1.5) < 0.01
    sound.evaluate("(sound) => { sound.muted = true; return sound.play(); }")
    page.wait_for_function("() => document.querySelector('audio').ended")


def test_a_film_is_loaded_and_shows_its_pictures(desk, shown):
    page = shown.open(desk, "film.webm")
    film = page.locator("video")
    expect(film).to_be_visible()
    page.wait_for_function("() => document.querySelector('video').readyState >= HTMLMediaElement.HAVE_CURRENT_DATA")
    told = film.evaluate("(film) => ({ controls: film.controls, duration: film.duration, size: [film.videoWidth, film.videoHeight] })")
    assert told == {"controls": True, "duration": 2, "size": [64, 48]}
    assert is_about(pixel_of(film), RED)


def test_a_document_shows_its_pages(desk, shown):
    page = shown.open(desk, "report.pdf")
    expect(page.get_by_text("2 pages")).to_be_visible()
    first = page.get_by_role("group", name="Page 1")
    expect(first.get_by_text("A report of the harbour")).to_be_visible()
    expect(page.get_by_role("group", name="Page 2").get_by_text("Its second page")).to_be_attached()
    ink = """(canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        let dark = 0;
        for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 200 && data[at] < 80) dark += 1;
        return dark;
    }"""
    assert first.locator("canvas").evaluate(ink) > 100


def test_a_notebook_is_read_as_it_was_saved_and_nothing_in_it_runs(desk, shown):
    desk.hostile = True
    page = shown.open(desk, "ships.ipynb")
    text, code = page.get_by_role("region", name="Cell 1"), page.get_by_role("region", name="Cell 2")
    expect(text.get_by_role("heading", name="Looking at ships")).to_be_visible()
    expect(code.locator(".hljs-keyword").first).to_be_visible()
    expect(code.get_by_text("[7]")).to_be_visible()
    assert code.locator("pre").all_text_contents() == ["Aurora\nMeltem\n", "Traceback\nValueError: no berth"]
    assert is_about(pixel_of(code.get_by_role("img", name="Picture made by the cell")), RED)
    expect(code.get_by_role("cell", name="berth")).to_be_visible()
    code.get_by_text("a trap").click()
    page.wait_for_load_state("networkidle")
    assert acted(page) == 0
    assert page.locator("main").locator("script, iframe, [onerror], a[href^=javascript]").count() == 0


def test_comma_separated_values_are_a_table(desk, shown):
    page = shown.open(desk, "ships.csv")
    expect(page.get_by_text("3 rows · 3 columns")).to_be_visible()
    assert heads(page, "ships.csv") == ["name", "berth", "note"]
    assert [row[:2] for row in cells(page, "ships.csv")] == [[name, str(berth)] for name, berth, _ in SHIPS]
    desk.button("two lines").click()
    expect(page.get_by_role("dialog", name="note").locator("pre")).to_have_text("two\nlines")
    page.keyboard.press("Escape")
    desk.button("Source").click()
    expect(page.get_by_role("region", name="Code")).to_contain_text('"says ""hello"", twice"')


def test_json_lines_are_a_table(desk, shown):
    page = shown.open(desk, "ships.jsonl")
    expect(page.get_by_text("3 rows · 3 columns · 1 line could not be read")).to_be_visible()
    assert heads(page, "ships.jsonl") == ["name", "berth", "note"]
    assert cells(page, "ships.jsonl")[1] == ["ميناء", "7", '{"said":"two\\nlines"}']


def test_the_first_rows_of_parquet_are_a_table(desk, shown):
    page = shown.open(desk, "ships.parquet")
    expect(page.get_by_text("First 3 rows / 3 · 2 columns · 1 row group")).to_be_visible()
    assert heads(page, "ships.parquet") == ["name", "string", "berth", "int64"]
    assert cells(page, "ships.parquet") == [[name, str(berth)] for name, berth, _ in SHIPS]


def figures(page: Page) -> dict[str, str]:
    return page.locator("dl.figures > div").evaluate_all(
        "(all) => Object.fromEntries(all.map((one) => [...one.children].map((child) => child.textContent.trim())))")


def test_weights_tell_their_tensors(desk, shown):
    page = shown.open(desk, "model.safetensors")
    tensors = page.get_by_role("region", name="Tensors", exact=True)
    expect(tensors.get_by_role("row")).to_have_count(4)
    assert figures(page) == {"Parameters": "872", "Tensors": "3", "Format": "safetensors"}
    assert page.locator("bdi[title='872']").count() == 1
    assert sorted(cells(page, "Metadata")) == [["format", "pt"], ["made-by", "a story"]]
    assert cells(page, "Tensors") == [["embed.weight", "F32", "[100, 8]", "800", "3.2 kB"], ["layer.0.bias", "F16", "[8]", "8", "16 B"],
                                      ["layer.0.weight", "F16", "[8, 8]", "64", "128 B"]]
    page.get_by_role("searchbox", name="Filter tensors by name").fill("LAYER.0.w")
    expect(page.get_by_role("status").filter(has_text="1 tensor")).to_be_visible()
    assert [row[0] for row in cells(page, "Tensors")] == ["layer.0.weight"]
    page.get_by_role("searchbox", name="Filter tensors by name").fill("")
    desk.button(re.compile("^F16")).click()
    expect(tensors.get_by_role("row")).to_have_count(3)
    tensors.get_by_role("button", name="Size").click()
    assert [row[0] for row in cells(page, "Tensors")] == ["layer.0.weight", "layer.0.bias"]


def test_gguf_tells_its_metadata_and_tensors(desk, shown):
    page = shown.open(desk, "model.gguf")
    expect(page.get_by_role("region", name="Tensors", exact=True).get_by_role("row")).to_have_count(3)
    assert figures(page) == {"Parameters": "704", "Tensors": "2", "Format": "gguf v3"}
    assert cells(page, "Metadata") == [["general.architecture", "llama"], ["llama.block_count", "2"],
                                       ["tokenizer.ggml.tokens", '["<s>", "sea", "بحر"] (3)']]
    assert cells(page, "Tensors") == [["output_norm.weight", "F32", "[64]", "64", "256 B"],
                                      ["token_embd.weight", "Q8_0", "[64, 10]", "640", "680 B"]]
    page.get_by_role("searchbox", name="Filter tensors by name").fill("norm")
    expect(page.get_by_role("status").filter(has_text="1 tensor")).to_be_visible()


def test_scalars_of_a_training_are_plots(desk, shown):
    page = shown.open(desk, "runs/events.out.tfevents.1700000000.host.1.0")
    loss = page.get_by_role("img", name="loss/train: 4 points, first 4, last 0.5, least 0.5, most 4", exact=True)
    expect(loss).to_be_visible()
    expect(page.get_by_role("img", name="accuracy: 2 points, first 0.25, last 0.75, least 0.25, most 0.75", exact=True)).to_be_visible()
    page.get_by_label("Smoothing").fill("0")
    line = loss.locator("path.line").get_attribute("d")
    heights = [float(height) for height in re.findall(r"[ML][\d.]+ ([\d.]+)", line)]
    assert len(heights) == 4 and heights == sorted(heights), "a loss that falls is a line that falls"
    box = loss.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 14, box["y"] + 40)
    expect(page.locator("figure", has_text="loss/train")).to_contain_text("Step 3 · 0.5")
    page.get_by_role("searchbox", name="Filter plots by name").fill("ACC")
    expect(loss).to_have_count(0)
    expect(page.get_by_text("1 plot", exact=True)).to_be_visible()


@pytest.mark.parametrize("path", ["broken.parquet", "broken.safetensors", "broken.gguf", "broken.pdf", "broken.ipynb"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_file_that_is_not_what_its_name_says_is_told_of(new_desk, shown, path, language):
    page = shown.open(new_desk(language=language), path)
    expect(page.get_by_role("alert")).to_contain_text(words(language)("view_broken"))


@pytest.mark.parametrize("language, theme, size", [("en", "light", "desktop"), ("ar", "dark", "phone")])
def test_viewers_keep_nobody_out(new_desk, shown, language, theme, size):
    desk = new_desk(language=language, theme=theme, size=size)
    desk.hostile = True  # the notebook
    for path in ("notes.md", "train.py", "plot.png", "tone.wav", "film.webm", "report.pdf", "ships.ipynb", "ships.csv", "ships.jsonl", "ships.parquet",
                 "model.safetensors", "model.gguf", "runs/events.out.tfevents.1700000000.host.1.0", "broken.gguf"):
        page = shown.open(desk, path)
        expect(page.locator("main [role=status]", has_text="…")).to_have_count(0)
        assert (desk.faults_for_all(), desk.overflow()) == ([], 0), path


LARGE = 200_000_000


@dataclass
class Read:
    """What a page reads of a file: the octets of each answer, and how it was asked."""

    page: Page
    path: str
    octets: list[int] = field(default_factory=list)
    whole: list[str] = field(default_factory=list)

    def __post_init__(self):
        self.page.on("response", self._answered)

    def _answered(self, response) -> None:
        if self.path not in response.url or "/resolve/" not in response.url:
            return
        self.octets.append(int(response.headers["content-length"]))
        if response.status != 206 or "range" not in response.request.headers:
            self.whole.append(f"{response.status} {response.request.method} {response.url}")


def lines_up_to(size: int, head: bytes, line: bytes) -> bytes:
    return head + line * ((size - len(head)) // len(line))


def large_parquet() -> bytes:
    """Pages of 1 MB in five groups of rows."""
    count = LARGE // 5 // 2 // 8
    return formats.parquet({"id": list(range(count)), "twice": list(range(0, 2 * count, 2))}, rows_in_page=125_000, group_copies=5)


def large_file(kind: str) -> tuple[bytes, int]:
    """How a large file begins, and its size; what follows is 0."""
    tensors = {f"layer.{n}.weight": {"dtype": "F16", "shape": [1000, 1000], "data_offsets": [n * 2_000_000, (n + 1) * 2_000_000]} for n in range(100)}
    text = json.dumps(tensors).encode()
    shapes = {f"blk.{n}.weight": (0, (1000, 500)) for n in range(100)}
    beginning = {
        "safetensors": lambda: struct.pack("<Q", len(text)) + text,
        "gguf": lambda: formats.gguf_head({"general.architecture": "llama", "tokens": [f"token {n}" for n in range(30_000)]}, shapes),
        "csv": lambda: lines_up_to(LARGE, b"name,berth\n", b"Aurora,120\n"),
        "jsonl": lambda: lines_up_to(LARGE, b"", b'{"name": "Aurora", "berth": 120}\n'),
        "txt": lambda: lines_up_to(LARGE, b"", b"a line of a log, as long as most of them are: 2026-11-29T12:00:00Z berth 120 is free\n"),
        "parquet": large_parquet,
    }[kind]()
    return beginning, len(beginning) + (LARGE if kind in ("safetensors", "gguf") else 0)


@pytest.mark.parametrize("kind, sign, most", [
    ("safetensors", "layer.0.weight", 100_000), ("gguf", "blk.0.weight", 3_000_000), ("csv", "Aurora", 1_600_000), ("jsonl", "Aurora", 1_600_000),
    ("txt", "a line of a log", 1_100_000), ("parquet", "First 200 rows", 7_000_000),
])
def test_of_a_large_file_no_more_is_read_than_is_shown(desk, machine, alice, repo, tmp_path, kind, sign, most):
    beginning, size = large_file(kind)
    with (tmp_path / f"large.{kind}").open("wb") as out:
        out.write(beginning)
        out.truncate(size)
    machine.hub2(alice).hf("upload", repo.id, tmp_path / f"large.{kind}", f"large.{kind}", "--quiet")
    (tmp_path / f"large.{kind}").unlink()
    read = Read(desk.page, f"large.{kind}")
    page = desk.open(f"{repo.page}/blob/main/large.{kind}")
    expect(page.locator("main").get_by_text(sign).first).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert read.whole == []
    assert 0 < sum(read.octets) < most, read.octets
    assert size > 0.95 * LARGE
