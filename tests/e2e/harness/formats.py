# SPDX-License-Identifier: Apache-2.0
"""Files of the kinds that the pages show, written as their specifications say and no larger than a story needs. What a
real library of the test environments writes (safetensors, zlib, wave) is left to it."""

import io
import math
import struct
import wave
import zlib


def png(width: int, height: int, colour: tuple[int, int, int]) -> bytes:
    """A picture of one colour."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = (b"\0" + bytes(colour) * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def wav(seconds: float, hertz: int = 440, rate: int = 8000) -> bytes:
    """A tone."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes(b"".join(struct.pack("<h", int(12000 * math.sin(2 * math.pi * hertz * n / rate)))
                                   for n in range(int(seconds * rate))))
    return out.getvalue()


def vp8_of(webp: bytes) -> bytes:
    """The frame inside of a lossy WebP picture: it is a key frame of VP8."""
    assert webp[:4] == b"RIFF" and webp[8:12] == b"WEBP", webp[:12]
    at = 12
    while webp[at:at + 4] != b"VP8 ":  # past what is said about colours
        at += 8 + -(-struct.unpack("<I", webp[at + 4:at + 8])[0] // 2) * 2
    return webp[at + 8:at + 8 + struct.unpack("<I", webp[at + 4:at + 8])[0]]


def webm(frame: bytes, width: int, height: int, seconds: int, rate: int = 10) -> bytes:
    """A film that shows one VP8 key frame all the time (RFC 9559)."""
    def element(name: str, content: bytes) -> bytes:
        return bytes.fromhex(name) + (len(content) | 1 << 56).to_bytes(8, "big") + content

    def number(name: str, value: int) -> bytes:
        return element(name, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))

    head = element("1A45DFA3", number("4286", 1) + number("42F7", 1) + number("42F2", 4) + number("42F3", 8)
                   + element("4282", b"webm") + number("4287", 2) + number("4285", 2))
    info = element("1549A966", number("2AD7B1", 1_000_000) + element("4489", struct.pack(">d", seconds * 1000))
                   + element("4D80", b"mirfa") + element("5741", b"mirfa"))
    video = element("E0", number("B0", width) + number("BA", height))
    tracks = element("1654AE6B", element("AE", number("D7", 1) + number("73C5", 1) + number("83", 1) + element("86", b"V_VP8") + video))
    blocks = b"".join(element("A3", b"\x81" + struct.pack(">hB", n * 1000 // rate, 0x80) + frame) for n in range(seconds * rate))
    return head + element("18538067", info + tracks + element("1F43B675", number("E7", 0) + blocks))


def pdf(*pages: str) -> bytes:
    """A line of ASCII text on each page, with its table of objects."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    bodies = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
              "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    for n, text in enumerate(pages):
        drawn = f"BT /F1 24 Tf 40 140 Td ({text}) Tj ET"
        bodies += [f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 200] /Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * n} 0 R >>",
                   f"<< /Length {len(drawn)} >>\nstream\n{drawn}\nendstream"]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n" + "".join(f"{place:010} 00000 n \n" for place in places)
    return out + f"{table}trailer\n<< /Size {len(bodies) + 1} /Root 1 0 R >>\nstartxref\n{len(out)}\n%%EOF\n".encode()


def gguf_head(metadata: dict, tensors: dict[str, tuple[int, tuple[int, ...]]]) -> bytes:
    """The head of a GGUF file of version 3, up to where the tensors' data begin. Metadata are texts, whole numbers and
    lists of texts; a tensor is the number of its type (0 is F32, 8 is Q8_0) and its shape."""
    def text(value: str) -> bytes:
        return struct.pack("<Q", len(value.encode())) + value.encode()

    def value(one) -> bytes:
        if isinstance(one, str):
            return struct.pack("<I", 8) + text(one)
        if isinstance(one, int):
            return struct.pack("<II", 4, one)
        return struct.pack("<IIQ", 9, 8, len(one)) + b"".join(map(text, one))

    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(metadata))
    out += b"".join(text(key) + value(one) for key, one in metadata.items())
    place = 0
    for name, (kind, shape) in tensors.items():
        out += text(name) + struct.pack(f"<I{len(shape)}Q", len(shape), *shape) + struct.pack("<IQ", kind, place)
        place += -(-gguf_octets(kind, shape) // 32) * 32
    return out + bytes(-len(out) % 32)


def gguf_octets(kind: int, shape: tuple[int, ...]) -> int:
    numbers, octets = {0: (1, 4), 8: (32, 34)}[kind]
    return math.prod(shape) // numbers * octets


def gguf(metadata: dict, tensors: dict[str, tuple[int, tuple[int, ...]]]) -> bytes:
    """A whole file; all its weights are 0."""
    return gguf_head(metadata, tensors) + b"".join(bytes(-(-gguf_octets(*one) // 32) * 32) for one in tensors.values())


class _Thrift:
    """A struct in Thrift's compact protocol."""

    def __init__(self):
        self.octets = b""
        self.last = 0

    def field(self, number: int, kind: int, content: bytes) -> "_Thrift":
        self.octets += bytes([(number - self.last) << 4 | kind]) + content
        self.last = number
        return self

    def int32(self, number: int, value: int) -> "_Thrift":
        return self.field(number, 5, _zigzag(value))

    def int64(self, number: int, value: int) -> "_Thrift":
        return self.field(number, 6, _zigzag(value))

    def text(self, number: int, value: str) -> "_Thrift":
        return self.field(number, 8, _octets(value.encode()))

    def struct(self, number: int, value: "_Thrift") -> "_Thrift":
        return self.field(number, 12, value.done())

    def list(self, number: int, kind: int, values: list[bytes]) -> "_Thrift":
        size = bytes([len(values) << 4 | kind]) if len(values) < 15 else bytes([0xF0 | kind]) + _varint(len(values))
        return self.field(number, 9, size + b"".join(values))

    def done(self) -> bytes:
        return self.octets + b"\0"


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out, value = out + bytes([value & 0x7F | 0x80]), value >> 7
    return out + bytes([value])


def _zigzag(value: int) -> bytes:
    return _varint(value << 1 if value >= 0 else (-value << 1) - 1)


def _octets(value: bytes) -> bytes:
    return _varint(len(value)) + value


def parquet(columns: dict[str, list], rows_in_page: int = 1 << 30, group_copies: int = 1) -> bytes:
    """Columns of whole numbers (INT64) or texts (UTF8), required, plain and not compressed, in one row group; or in several
    with the same rows."""
    out, groups = b"PAR1", []
    rows = len(next(iter(columns.values())))
    for _ in range(group_copies):
        chunks, begin = [], len(out)
        for name, values in columns.items():
            place, pages, whole = len(out), [], isinstance(values[0], int)
            for at in range(0, rows, rows_in_page):
                some = values[at:at + rows_in_page]
                data = struct.pack(f"<{len(some)}q", *some) if whole else b"".join(
                    struct.pack("<I", len(one.encode())) + one.encode() for one in some)
                head = _Thrift().int32(1, 0).int32(2, len(data)).int32(3, len(data)).struct(
                    5, _Thrift().int32(1, len(some)).int32(2, 0).int32(3, 3).int32(4, 3))
                pages.append(head.done() + data)
            out += b"".join(pages)
            about = (_Thrift().int32(1, 2 if whole else 6).list(2, 5, [_zigzag(0)]).list(3, 8, [_octets(name.encode())]).int32(4, 0)
                     .int64(5, rows).int64(6, len(out) - place).int64(7, len(out) - place).int64(9, place))
            chunks.append(_Thrift().int64(2, place).struct(3, about).done())
        groups.append(_Thrift().list(1, 12, chunks).int64(2, len(out) - begin).int64(3, rows).done())
    schema = [_Thrift().text(4, "schema").int32(5, len(columns)).done()]
    for name, values in columns.items():
        element = _Thrift().int32(1, 2 if isinstance(values[0], int) else 6).int32(3, 0).text(4, name)
        schema.append((element if isinstance(values[0], int) else element.int32(6, 0)).done())
    foot = (_Thrift().int32(1, 1).list(2, 12, schema).int64(3, rows * group_copies).list(4, 12, groups)
            .text(6, "the stories of Mirfa").done())
    return out + foot + struct.pack("<I", len(foot)) + b"PAR1"


def _crc32c_table() -> list[int]:
    table = []
    for octet in range(256):
        for _ in range(8):
            octet = octet >> 1 ^ (0x82F63B78 if octet & 1 else 0)
        table.append(octet)
    return table


_CRC32C = _crc32c_table()


def _masked_crc(octets: bytes) -> bytes:
    crc = 0xFFFFFFFF
    for octet in octets:
        crc = _CRC32C[(crc ^ octet) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


def events(series: dict[str, list[float]], begun: float = 1_700_000_000.0) -> bytes:
    """TensorBoard's file of events: the version, then a record for each value of each series, one second apart."""
    def record(event: bytes) -> bytes:
        length = struct.pack("<Q", len(event))
        return length + _masked_crc(length) + event + _masked_crc(event)

    out = record(b"\x09" + struct.pack("<d", begun) + b"\x1a" + _octets(b"brain.Event:2"))
    for tag, values in series.items():
        for step, value in enumerate(values):
            summary = b"\x0a" + _octets(b"\x0a" + _octets(tag.encode()) + b"\x15" + struct.pack("<f", value))
            out += record(b"\x09" + struct.pack("<d", begun + step) + b"\x10" + _varint(step) + b"\x2a" + _octets(summary))
    return out
