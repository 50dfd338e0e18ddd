# SPDX-License-Identifier: Apache-2.0
"""Large files from a browser: what the page costs, and what becomes of an upload when the hub, the network, the page or
somebody else gets in its way. What has arrived is always read back by a real client."""

import hashlib
import re
import time
from pathlib import Path

import pytest
from harness import content
from harness.chromium import Desk
from harness.memory import PageMemory
from harness.server import Server
from harness.web import commit_body, file_line
from harness.words import words
from playwright.sync_api import Page, Request, Response, Route, expect

PART = 64 * content.MIB
PAGE_BYTES = 500_000_000
word = words("en")


class Sent:
    """The parts that a page has sent: by number, how often begun and how often taken."""

    def __init__(self, page: Page):
        self.begun: list[int] = []
        self.taken: list[int] = []
        page.on("request", self._begun)
        page.on("response", self._taken)

    @staticmethod
    def _number(request: Request) -> int | None:
        found = re.search(r"/lfs/parts/\w+/(\d+)\?", request.url)
        return int(found.group(1)) if found and request.method == "PUT" else None

    def _begun(self, request: Request) -> None:
        if number := self._number(request):
            self.begun.append(number)

    def _taken(self, response: Response) -> None:
        if response.status == 200 and (number := self._number(response.request)):
            self.taken.append(number)


def open_upload(desk: Desk, repo, *files: Path) -> Page:
    page = desk.open(f"{repo.page}/upload/main")
    page.locator("input[data-pick=files]").set_input_files(files)
    expect(desk.button(word("upload_start"))).to_be_enabled()
    return page


def committed(desk: Desk, repo, seconds: int = 120) -> None:
    desk.page.wait_for_url(f"**{repo.page}/tree/main", timeout=seconds * 1000)
    desk.settled()


@pytest.fixture
def parts(server):
    """parts() gives the parts of this test's unfinished uploads, as they lie on the server's disk."""
    place = server.data / "store/upload"
    before = set(place.glob("*"))  # what other tests have left unfinished
    return lambda: {int(part.name): part for folder in place.glob("*") if folder not in before
                    for part in folder.glob("*") if part.name.isdigit()}


def wait_for(page: Page, condition, seconds: float = 240) -> None:
    """For what happens outside of the page, while the page goes on."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        page.wait_for_timeout(20)


def read_back(machine, person, repo, path: Path, folder: Path) -> None:
    target = folder / "read-back"
    machine.hub2(person, HF_HUB_DISABLE_XET="1").hf("download", repo.id, path.name, "--local-dir", target)
    got = target / path.name
    assert got.stat().st_size == path.stat().st_size
    assert content.sha256(got) == content.sha256(path)
    got.unlink()


def start_at_same_address(server: Server, **environment: str) -> None:
    server.listen = server.address.removeprefix("http://")
    server.environment = environment
    server.start()


@pytest.fixture
def same_address(server):
    """Whatever a test does to the server: the next one finds it running."""
    yield
    if server.process.poll() is not None:
        start_at_same_address(server)


BIG = [pytest.mark.full, pytest.mark.timeout(1800)]


@pytest.mark.parametrize("size", [200_000_000, pytest.param(3_000_000_000, marks=BIG)])
def test_an_upload_goes_on_when_the_hub_comes_back_and_the_page_stays_small(
        desk, alice, repo, server, machine, tmp_path, same_address, record_property, size):
    """The hub ends at once, as by kill -9, when half of the parts are on its disk."""
    parts = -(-size // PART)
    assert server.stop() == 0
    start_at_same_address(server, MIRFA_FAULT=f"store-part-durable:{parts // 2 + 1}")
    file = content.write_sparse(tmp_path / "weights.bin", size)
    desk.sign_in(alice)
    page = open_upload(desk, repo, file)
    sent = Sent(page)
    devtools = desk.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    heaps = [0]

    def heap_and(condition: bool) -> bool:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        heaps.append(next(int(one["value"]) for one in metrics if one["name"] == "JSHeapUsedSize"))
        return condition

    with PageMemory() as memory:
        desk.button(word("upload_start")).click()
        wait_for(page, lambda: heap_and(server.process.poll() is not None), seconds=600)
        expect(page.get_by_text(word("upload_away"))).to_be_visible()
        before = list(sent.taken)
        assert 0 < len(before) < parts
        start_at_same_address(server)
        again = desk.button(word("upload_try_now"))
        if again.is_visible():
            again.click(timeout=1_000)
        wait_for(page, lambda: heap_and("/tree/main" in page.url), seconds=900)
    committed(desk, repo)
    record_property("page_bytes", memory.most)
    print(f"the page: {memory.most / 1e6:.0f} MB at most, {max(heaps) / 1e6:.0f} MB of its heap used")
    assert memory.looks > 10 and 0 < memory.most < PAGE_BYTES
    assert max(heaps) < PAGE_BYTES
    assert sorted(sent.taken) == list(range(1, parts + 1)), "every part was taken once"
    assert not set(before) & set(sent.begun[len(before) + 3:]), "what had been acknowledged was not sent again"
    read_back(machine, alice, repo, file, tmp_path)
    file.unlink()


HOLD_BACK = """pattern => {
    const { open, send } = XMLHttpRequest.prototype;
    window.heldBack = [];
    XMLHttpRequest.prototype.open = function (method, address, ...more) {
        this.address = String(address);
        return open.call(this, method, address, ...more);
    };
    XMLHttpRequest.prototype.send = function (body) {
        if (!RegExp(pattern).test(this.address)) return send.call(this, body);
        window.heldBack.push(() => send.call(this, body));
        this.abort = () => {  // one that was never sent would say nothing
            delete this.abort;
            this.onabort?.();
        };
    };
}"""


def hold_back(page: Page, pattern: str) -> None:
    """What the page sends to such addresses waits until `let_go`. Interception by the driver would read every body."""
    page.evaluate(HOLD_BACK, pattern)


def holds(page: Page) -> bool:
    return page.evaluate("window.heldBack.length > 0")


def let_go(page: Page) -> None:
    page.evaluate("window.heldBack.splice(0).forEach((send) => send())")


@pytest.mark.parametrize("how", ["reloaded", "closed"])
def test_what_had_arrived_is_not_sent_again_when_the_page_was(desk, alice, repo, server, machine, tmp_path, how, parts):
    file = content.write_sparse(tmp_path / "weights.bin", 4 * PART + 1)
    desk.sign_in(alice)
    page = open_upload(desk, repo, file)
    hold_back(page, r"/lfs/parts/\w+/3\?")
    desk.button(word("upload_start")).click()
    wait_for(page, lambda: set(parts()) == {1, 2, 4, 5})
    if how == "reloaded":
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
    else:
        page.close()
        page = desk.page = desk.context.new_page()
    sent = Sent(page)
    open_upload(desk, repo, file)
    hold_back(page, "/commit/main")
    desk.button(word("upload_start")).click()
    wait_for(page, lambda: holds(page))
    expect(page.get_by_text("were there already")).to_be_visible()
    assert sent.begun == sent.taken == [3]
    assert not parts()
    let_go(page)
    committed(desk, repo)
    read_back(machine, alice, repo, file, tmp_path)


def test_a_whole_file_that_no_commit_names_yet_is_not_sent_again(desk, alice, repo, machine, tmp_path):
    file = content.write_random(tmp_path / "weights.bin", 12 * content.MIB)
    desk.sign_in(alice)
    page = open_upload(desk, repo, file)
    hold_back(page, "/commit/main")
    desk.button(word("upload_start")).click()
    wait_for(page, lambda: holds(page))
    page.on("dialog", lambda dialog: dialog.accept())
    puts = []
    page.on("request", lambda request: request.method == "PUT" and puts.append(request.url))
    open_upload(desk, repo, file)
    desk.button(word("upload_start")).click()
    committed(desk, repo)
    assert puts == []
    read_back(machine, alice, repo, file, tmp_path)


FAKE_HASHER = """
const Real = window.Worker;
window.Worker = class {
    constructor(address, options) {
        if (!String(address).includes('hash.worker')) return new Real(address, options);
    }
    postMessage(message) {
        const answer = message.slice ? { octets: message.slice.size } : message.end ? { digest: 'DIGEST' } : undefined;
        if (answer) setTimeout(() => this.onmessage?.({ data: answer }));
    }
    terminate() {}
};
"""


def test_slices_of_a_file_of_50_gb_are_cut_in_their_places(desk, alice, repo, server, tmp_path, parts):
    """The file is a real one from the disk. Hashing and sending all of it would take an hour, so the checksum is made up
    and the hub's answer says of most parts that they have arrived: those that the page sends lie at the start, on both
    sides of 2^32 and 2^35 octets, and at the end."""
    size = 50 * 1024**3 + 12_345
    last = size // PART + 1
    wanted = [1, 2**32 // PART, 2**32 // PART + 1, 2**35 // PART, 2**35 // PART + 1, last]
    file = content.write_sparse(tmp_path / "enormous.bin", size, marked=PART // 4)
    desk.sign_in(alice)
    desk.page.add_init_script(FAKE_HASHER.replace("DIGEST", "5" * 64))
    page = open_upload(desk, repo, file)

    def pretend(route: Route) -> None:
        answer = route.fetch()
        body = answer.json()
        upload = body["objects"][0]["actions"]["upload"]
        assert len(upload["header"]) == 1 + last
        upload["arrived"] = {str(number): "tag" for number in range(1, last + 1) if number not in wanted}
        route.fulfill(response=answer, json=body)

    page.route(re.compile("/objects/batch"), pretend)
    desk.button(word("upload_start")).click()
    # The hub does not find the parts that were never sent, and says so.
    expect(page.get_by_text("Part 2 of the upload is missing")).to_be_visible(timeout=120_000)
    stored = parts()
    assert sorted(stored) == wanted
    with file.open("rb") as source:
        for number, part in stored.items():
            source.seek((number - 1) * PART)
            assert hashlib.sha256(part.read_bytes()).digest() == hashlib.sha256(source.read(PART)).digest(), number
    assert stored[last].stat().st_size == size % PART
    file.unlink()


def drag(desk: Desk, *paths: Path) -> None:
    """As a person does from the desktop: the browser itself makes the events and gives the page leave to read the paths."""
    devtools = desk.context.new_cdp_session(desk.page)
    box = desk.page.get_by_role("group", name=word("upload_drop")).bounding_box()
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    for step in ("dragEnter", "dragOver", "drop"):
        devtools.send("Input.dispatchDragEvent", {"type": step, "data": data, **at})


def test_files_and_folders_are_dragged_onto_the_page(desk, alice, repo, machine, tmp_path):
    loose = content.write_text(tmp_path / "loose.txt", "a file beside the folder\n")
    folder = content.small_model(tmp_path / "model")
    for number in range(120):  # a browser gives a hundred entries of a folder at once
        content.write_text(folder / f"many/deep/{number:03}.txt", f"{number}\n")
    content.write_text(folder / ".git/config", "nobody means this\n")
    desk.sign_in(alice)
    desk.open(f"{repo.page}/upload/main")
    drag(desk, loose, folder)
    expect(desk.page.get_by_text("127 files")).to_be_visible()
    desk.button(word("upload_start")).click()
    committed(desk, repo)
    target = tmp_path / "read-back"
    machine.hub2(alice).hf("download", repo.id, "--local-dir", target)
    expected = {f"model/{path}": digest for path, digest in content.tree(folder).items()} | {"loose.txt": content.sha256(loose)}
    assert content.tree(target) == expected


def test_what_somebody_else_has_committed_meanwhile_is_shown_and_not_overwritten(desk, alice, bob, server, repo, web, machine, tmp_path):
    server.add_member("acme", "bob", "write")
    mine = content.write_text(tmp_path / "shared.txt", "mine\n")
    large = content.write_random(tmp_path / "weights.bin", 12 * content.MIB)
    desk.sign_in(alice)
    page = open_upload(desk, repo, mine, large)

    def bob_commits(text: str) -> None:
        body = commit_body(f"Bob writes {text}", file_line("shared.txt", text.encode()))
        assert web.post(f"{repo.api}/commit/main", token=bob.token, body=body,
                        headers={"Content-Type": "application/x-ndjson"}).status == 200

    def is_now(text: str) -> bool:
        return web.get(repo.file("shared.txt")).text == text

    bob_commits("first")
    desk.button(word("upload_start")).click()
    expect(page.get_by_text(word("write_moved"))).to_be_visible()
    expect(page.get_by_text("Bob writes first")).to_be_visible()
    expect(page.get_by_text("The same file has been changed.")).to_be_visible()
    assert is_now("first")
    bob_commits("second")  # while Alice reads what the page says
    puts = []
    page.on("request", lambda request: request.method == "PUT" and puts.append(request.url))
    desk.button(word("write_on_top")).click()
    expect(page.get_by_text("Bob writes second")).to_be_visible()
    assert is_now("second")
    desk.button(word("write_on_top")).click()
    committed(desk, repo)
    assert is_now("mine\n") and puts == []
    titles = [commit["title"] for commit in web.get(f"{repo.api}/commits/main").json()]
    assert titles[:3] == ["Upload 2 files", "Bob writes second", "Bob writes first"]
    read_back(machine, alice, repo, large, tmp_path)


@pytest.fixture
def upload_held_at_its_second_part(desk, alice, repo, tmp_path, parts):
    """The file, its page and what that has sent: the first and the third part have arrived."""
    file = content.write_sparse(tmp_path / "weights.bin", 2 * PART + 1)
    desk.sign_in(alice)
    page = open_upload(desk, repo, file)
    sent = Sent(page)
    hold_back(page, r"/lfs/parts/\w+/2\?")
    desk.button(word("upload_start")).click()
    wait_for(page, lambda: holds(page) and set(parts()) == {1, 3})
    return file, page, sent


def test_a_pause_holds_until_it_is_ended(desk, alice, repo, machine, tmp_path, upload_held_at_its_second_part):
    file, page, sent = upload_held_at_its_second_part
    desk.button(word("upload_pause")).click()
    expect(page.get_by_text(word("upload_paused"))).to_be_visible()
    begun = list(sent.begun)
    page.evaluate("window.heldBack.length = 0")  # it was interrupted
    page.wait_for_timeout(1_500)
    assert not holds(page) and sent.begun == begun, "nothing is sent during a pause"
    desk.button(word("upload_resume")).click()
    wait_for(page, lambda: holds(page))
    let_go(page)
    committed(desk, repo)
    assert sorted(sent.taken) == [1, 2, 3]
    read_back(machine, alice, repo, file, tmp_path)


def test_without_a_network_it_waits_and_goes_on_by_itself_when_there_is_one(
        desk, alice, repo, machine, tmp_path, upload_held_at_its_second_part):
    file, page, sent = upload_held_at_its_second_part
    desk.context.set_offline(True)
    let_go(page)
    expect(page.get_by_text(word("upload_away"))).to_be_visible()
    expect(page.get_by_text("Trying again in")).to_be_visible()
    desk.context.set_offline(False)  # the browser tells the page, which does not wait for its next try
    wait_for(page, lambda: holds(page))
    let_go(page)
    committed(desk, repo)
    assert sorted(sent.taken) == [1, 2, 3]
    read_back(machine, alice, repo, file, tmp_path)


def test_a_file_that_changed_meanwhile_fails_alone_and_may_be_left_out(desk, alice, repo, web, machine, tmp_path):
    """Nothing is committed before a person has decided, and the other file is not sent twice."""
    good = content.write_random(tmp_path / "good.bin", 11 * content.MIB, seed=1)
    bad = content.write_random(tmp_path / "bad.bin", 12 * content.MIB, seed=2)
    desk.sign_in(alice)
    page = open_upload(desk, repo, good, bad)
    content.write_random(bad, 12 * content.MIB, seed=3)
    desk.button(word("upload_start")).click()
    expect(page.get_by_role("alert").get_by_text("1 file could not be uploaded.")).to_be_visible()
    expect(page.get_by_text(word("error.file_unreadable"))).to_be_visible()
    assert web.get(repo.file("good.bin")).status == 404
    puts = []
    page.on("request", lambda request: request.method == "PUT" and puts.append(request.url))
    desk.button(word("try_again")).click()
    expect(page.get_by_role("alert").get_by_text("1 file could not be uploaded.")).to_be_visible()
    desk.button(word("upload_without_failed")).click()
    committed(desk, repo)
    assert puts == []
    files = machine.hub2(alice).call(names_of_files, repo_id=repo.id)
    assert "good.bin" in files and "bad.bin" not in files
    read_back(machine, alice, repo, good, tmp_path)


def names_of_files(repo_id):
    return api.list_repo_files(repo_id)  # noqa: F821 - the child knows it
