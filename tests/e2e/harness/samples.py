# SPDX-License-Identifier: Apache-2.0
"""A small file of each kind that the pages have a viewer for, with something in it to look at."""

import base64
import csv
import io
import json
import math
import struct
import zlib

from . import formats
from .paths import SOURCE


def png(width: int = 320, height: int = 200) -> bytes:
    """A picture of colours that run into each other."""

    def chunk(kind: bytes, octets: bytes) -> bytes:
        return struct.pack(">I", len(octets)) + kind + octets + struct.pack(">I", zlib.crc32(kind + octets))

    lines = b"".join(b"\0" + b"".join(bytes((x * 255 // width, y * 255 // height, 160)) for x in range(width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def film(page, width: int = 320, height: int = 180) -> bytes:
    """Two seconds of one frame, which the browser draws."""
    told = page.evaluate("""([width, height]) => {
        const canvas = Object.assign(document.createElement('canvas'), { width, height });
        const pen = canvas.getContext('2d');
        pen.fillStyle = 'hsl(200 60% 45%)';
        pen.fillRect(0, 0, width, height);
        return canvas.toDataURL('image/webp', 0.8).split(',')[1];
    }""", [width, height])
    return formats.webm(formats.vp8_of(base64.b64decode(told)), width, height, seconds=2)


def leaflet() -> bytes:
    return formats.pdf("The harbour, page one", "Page two")


def notebook() -> bytes:
    """Text in two scripts, code, what it printed, a table and a failure."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Reading the harbour\n", "\n", "A walk in **four** cells.\n", "\n", "جولة في أربع خلايا."]},
        {"cell_type": "code", "metadata": {}, "execution_count": 1, "source": ["ships = [3, 5, 8]\n", "print(sum(ships))"],
         "outputs": [{"output_type": "stream", "name": "stdout", "text": ["16\n"]}]},
        {"cell_type": "code", "metadata": {}, "execution_count": 2, "source": ["table(ships)"],
         "outputs": [{"output_type": "execute_result", "execution_count": 2, "metadata": {}, "data": {
             "text/html": ["<table><tr><th>day</th><th>ships</th></tr><tr><td>1</td><td>3</td></tr></table>"], "text/plain": ["day ships"]}}]},
        {"cell_type": "code", "metadata": {}, "execution_count": 3, "source": ["1 / 0"], "outputs": [
            {"output_type": "error", "ename": "ZeroDivisionError", "evalue": "division by zero",
             "traceback": ["\x1b[0;31mZeroDivisionError\x1b[0m: division by zero"]}]},
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "python3", "language": "python"}}, "cells": cells}).encode()


def ships() -> list[tuple[str, str, int, float]]:
    ports = [("Alexandria", "الإسكندرية"), ("Tunis", "تونس"), ("Aden", "عدن"), ("Hamburg", "هامبورغ")]
    return [(*ports[n % 4], n * 7919 % 1000, round(math.sin(n) * 10, 3)) for n in range(60)]


def table() -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([("port", "الميناء", "ships", "tide"), *ships()])
    return out.getvalue().encode()


def parquet() -> bytes:
    """The same table in Parquet, but for its fractions."""
    port, in_arabic, count, _ = (list(column) for column in zip(*ships()))
    return formats.parquet({"port": port, "الميناء": in_arabic, "ships": count})


def events(steps: int = 200) -> bytes:
    """Two curves of a training, as TensorBoard keeps them."""
    return formats.events({"train/loss": [2 * math.exp(-step / 50) + 0.05 * math.sin(step) for step in range(steps)],
                           "eval/accuracy": [1 - math.exp(-step / 40) for step in range(steps)]})


def gguf() -> bytes:
    return (SOURCE / "src/checkpoint/testdata/small.gguf").read_bytes()


DRAWING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 120"><rect width="320" height="120" fill="#0a6c74"/>
<path d="M0 90 Q80 60 160 90 T320 90 V120 H0 Z" fill="#fff" opacity=".6"/></svg>"""

MARKDOWN = """# Guide to the harbour

Where ships lie, and **why**.

> Nobody sails alone.

1. Read the tide.
2. Wait for the pilot.

| port | depth |
| --- | ---: |
| Aden | 14 m |

```python
print("ahoy")
```

$$E = mc^2$$

## دليل الميناء

اقرأ جدول المدّ ثم انتظر المرشد.
""".encode()
