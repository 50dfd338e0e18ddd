# SPDX-License-Identifier: Apache-2.0
"""A small file of each kind that the pages have a viewer for, made here from what the formats say."""

import csv
import io
import json
import math
import struct
import wave
import zlib

from .paths import SOURCE


def png(width: int = 320, height: int = 200) -> bytes:
    """A picture of colours that run into each other."""

    def chunk(kind: bytes, octets: bytes) -> bytes:
        return struct.pack(">I", len(octets)) + kind + octets + struct.pack(">I", zlib.crc32(kind + octets))

    lines = b"".join(b"\0" + b"".join(bytes((x * 255 // width, y * 255 // height, 160)) for x in range(width)) for y in range(height))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
            + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b""))


def wav(seconds: float = 1, rate: int = 8000) -> bytes:
    """A tone of 440 Hz."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(math.tau * 440 * n / rate))) for n in range(int(seconds * rate))))
    return out.getvalue()


def webm(page, width: int = 320, height: int = 180) -> bytes:
    """A film of some frames, recorded by the browser itself."""
    told = page.evaluate("""async ([width, height]) => {
        const canvas = Object.assign(document.createElement('canvas'), { width, height });
        const pen = canvas.getContext('2d');
        const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: 'video/webm;codecs=vp8' });
        const parts = [];
        recorder.ondataavailable = ({ data }) => parts.push(data);
        const ended = new Promise((resolve) => (recorder.onstop = resolve));
        recorder.start();
        for (let frame = 0; frame < 12; frame += 1) {
            pen.fillStyle = `hsl(${200 + 5 * frame} 60% 45%)`;
            pen.fillRect(0, 0, width, height);
            await new Promise((resolve) => requestAnimationFrame(resolve));
        }
        recorder.stop();
        await ended;
        const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
        return [...bytes].map((octet) => octet.toString(16).padStart(2, '0')).join('');
    }""", [width, height])
    return bytes.fromhex(told)


def pdf(pages: int = 2) -> bytes:
    """Pages of one line each."""
    contents = [f"BT /F1 36 Tf 72 700 Td (Page {n + 1} of the harbour) Tj ET".encode() for n in range(pages)]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(pages))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {pages} >>".encode(),
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for n, text in enumerate(contents):
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * n} 0 R "
                       "/Resources << /Font << /F1 3 0 R >> >> >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text))
    out, places = b"%PDF-1.4\n", []
    for number, octets in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, octets)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + (b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n"
                  % (len(objects) + 1, table, len(objects) + 1, len(out)))


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


class Long(int):
    """A number that thrift keeps in 64 bits."""


def compact(value) -> tuple[int, bytes]:
    """Kind and octets in thrift's compact protocol; a struct is a dict of its fields by number."""

    def varint(number: int) -> bytes:
        out = b""
        while number >= 0x80:
            out, number = out + bytes([number & 0x7F | 0x80]), number >> 7
        return out + bytes([number])

    if isinstance(value, int):
        return 6 if isinstance(value, Long) else 5, varint(value * 2)
    if isinstance(value, bytes):
        return 8, varint(len(value)) + value
    if isinstance(value, list):
        kinds, octets = zip(*(compact(one) for one in value))
        return 9, bytes([0xF0 | kinds[0]]) + varint(len(value)) + b"".join(octets)
    out, last = b"", 0
    for field, inner in sorted(value.items()):
        kind, octets = compact(inner)
        out, last = out + bytes([(field - last) << 4 | kind]) + octets, field
    return 12, out + b"\0"


def parquet() -> bytes:
    """The same table in Parquet: plain values, one page for each column."""
    texts = lambda column: b"".join(struct.pack("<I", len(text.encode())) + text.encode() for text in column)  # noqa: E731
    columns = list(zip(*ships()))
    plain = [("port", 6, texts(columns[0])), ("الميناء", 6, texts(columns[1])),
             ("ships", 2, struct.pack(f"<{len(columns[2])}q", *columns[2])), ("tide", 5, struct.pack(f"<{len(columns[3])}d", *columns[3]))]
    rows, out, chunks = len(columns[0]), b"PAR1", []
    schema = [{4: b"schema", 5: len(plain)}]
    for name, kind, octets in plain:
        page = compact({1: 0, 2: len(octets), 3: len(octets), 5: {1: rows, 2: 0, 3: 3, 4: 3}})[1] + octets
        chunks.append({2: Long(len(out)), 3: {1: kind, 2: [0], 3: [name.encode()], 4: 0, 5: Long(rows), 6: Long(len(page)),
                                              7: Long(len(page)), 9: Long(len(out))}})
        schema.append({1: kind, 3: 0, 4: name.encode(), **({6: 0} if kind == 6 else {})})
        out += page
    footer = compact({1: 1, 2: schema, 3: Long(rows), 4: [{1: chunks, 2: Long(len(out)), 3: Long(rows)}]})[1]
    return out + footer + struct.pack("<I", len(footer)) + b"PAR1"


def events(steps: int = 200) -> bytes:
    """Scalars as TensorBoard writes them. The check sums are left empty: readers of a running training skip them."""

    def field(number: int, octets: bytes) -> bytes:
        return bytes([number << 3 | 2, len(octets)]) + octets

    def varint(number: int) -> bytes:
        return bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])

    out = b""
    for step in range(steps):
        values = {"train/loss": 2 * math.exp(-step / 50) + 0.05 * math.sin(step), "eval/accuracy": 1 - math.exp(-step / 40)}
        summary = b"".join(field(1, field(1, tag.encode()) + b"\x15" + struct.pack("<f", value)) for tag, value in values.items())
        record = b"\x09" + struct.pack("<d", 1.7e9 + step) + b"\x10" + varint(step) + field(5, summary)
        out += struct.pack("<QI", len(record), 0) + record + struct.pack("<I", 0)
    return out


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
