# SPDX-License-Identifier: Apache-2.0
"""Lists, searches and names as they are typed on a hub of 100,000 models: each asked for right after a change, which ends what
the hub remembers of its answers, and again."""

import itertools
import random
import statistics
import time
from collections.abc import Iterator

from harness.bench import Bench
from harness.measure import Spent
from harness.servers import Mirfa
from harness.table import Row
from harness.web import Web, at_once, small_file
from rows.pages import change, milliseconds

WRITERS = 16
OPENED = 20
USABLE_MS = 1_000
WORDS = ("harbour tide anchor pilot lantern mooring current drift beacon keel rudder mast compass chart sextant buoy pier dock quay "
         "channel strait lagoon reef shoal gale squall breeze canvas rope bilge galley helm bow stern port starboard").split()
LICENCES = ["mit", "apache-2.0", "cc-by-4.0", "openrail", "gpl-3.0"]
LANGUAGES = ["en", "ar", "fr", "de", "sw", "zh", "hi", "es"]
TASKS = ["text-generation", "text-classification", "image-classification", "translation", "feature-extraction"]
LIBRARIES = ["transformers", "diffusers", "sentence-transformers", "keras"]


def rows(bench: Bench) -> Iterator[Row]:
    with bench.mirfa() as mirfa:
        began = time.monotonic()
        count = fill(mirfa, 1_000 if bench.quick else 100_000)
        bench.say(f"{count} models in {time.monotonic() - began:.0f} s")
        changing = mirfa.new_repository("changing")
        deep = further(mirfa, "/api/models?sort=downloads&limit=100", pages=bench.times(500))
        for name, target in (
            ("list page of 100,000 models", "/models"),
            ("list page, narrowed by three facets", "/models?language=ar&license=mit&library=transformers"),
            ("list page, by words", "/models?q=lantern+tide"),
            ("models by likes, a page", "/api/models?sort=likes&limit=100"),
            ("models by downloads, the 500th page", deep),
            ("models by words and a facet", "/api/models?search=lantern+tide&filter=arabic&limit=100"),
            ("names as they are typed", "/api/quicksearch?q=lant&limit=6"),
        ):
            yield asked(bench, mirfa, changing, name, target)


def asked(bench: Bench, mirfa: Mirfa, changing: str, name: str, target: str) -> Row:
    """The slowest of those right after a change, in each round."""
    reader, slowest, again, cpu = Web(mirfa.port), [], [], []
    for _ in range(bench.rounds):
        first = []
        for _ in range(bench.times(OPENED)):
            change(mirfa, changing)
            with Spent(mirfa) as spent:
                first.append(milliseconds(reader, target))
            again.append(milliseconds(reader, target))
            cpu.append(spent.cpu * 1e3)
        slowest.append(max(first))
    note = f"{statistics.mean(cpu):.1f} ms of CPU; asked again {statistics.median(again):.1f} ms"
    return Row(name, "ms", slowest, at_most=USABLE_MS, note=note)


def further(mirfa: Mirfa, target: str, pages: int) -> str:
    """The address of a page far down a list."""
    for _ in range(pages - 1):
        following = mirfa.web.ask("GET", target).headers.get("link", "")
        if not following:
            break
        target = following[following.index("<") + 1:following.index(">")]
    return target


def fill(mirfa: Mirfa, count: int) -> int:
    """So many public models, every one with a card of its own, made by several writers at once."""
    numbers = itertools.count()

    def write(_: int) -> int:
        web, made = Web(mirfa.port, mirfa.token), 0
        while (number := next(numbers)) < count:
            web.ask("POST", "/api/repos/create", {"type": "model", "name": name_of(number), "organization": None, "private": False})
            web.commit(f"{mirfa.USER}/{name_of(number)}", small_file("README.md", card_of(number)))
            made += 1
        return made

    return sum(at_once(WRITERS, write))


def name_of(number: int) -> str:
    return f"{WORDS[number % len(WORDS)]}-{WORDS[number // len(WORDS) % len(WORDS)]}-{number}"


def card_of(number: int) -> str:
    chosen = random.Random(number)
    return (f"---\nlicense: {chosen.choice(LICENCES)}\nlanguage: [{', '.join(chosen.sample(LANGUAGES, 2))}]\n"
            f"pipeline_tag: {chosen.choice(TASKS)}\nlibrary_name: {chosen.choice(LIBRARIES)}\ntags: [{chosen.choice(['arabic', 'test'])}]\n---\n"
            f"# {name_of(number)}\n\n{' '.join(chosen.choices(WORDS, k=60))}\n")
