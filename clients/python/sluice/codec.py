"""How values become bytes and come back: CBOR, text, or bytes as they are.

CBOR (RFC 8949) is what Java's `Cbor` writes, from values that both sides have:

    None, bool, int, float, str, bytes, list or tuple, dict, uuid.UUID

A Java record is a dict of its components, an enum the name of the constant. Encoding is deterministic (RFC 8949
4.2.1). Other tags than those of large numbers and UUIDs are kept as `Tagged`; indefinite lengths are refused.
"""

from __future__ import annotations

import math
import struct
import uuid
from typing import Any, NamedTuple, Protocol, TypeVar

T = TypeVar("T")

_DEPTH = 64


class CodecError(ValueError):
    """A value has no encoding, or bytes are not exactly one value; the message says where."""


class Codec(Protocol[T]):
    """What all members use for an object. Threads: any."""

    def encode(self, value: T) -> bytes: ...

    def decode(self, data: bytes) -> T: ...


class Tagged(NamedTuple):
    """A value with a tag that says what it means: the tags of RFC 8949 and of the IANA registry."""

    tag: int
    value: Any


class _Raw:
    """Bytes as they are."""

    def encode(self, value: bytes) -> bytes:
        return bytes(value)

    def decode(self, data: bytes) -> bytes:
        return data


class _Utf8:
    """Text as UTF-8, strictly."""

    def encode(self, value: str) -> bytes:
        try:
            return value.encode()
        except UnicodeEncodeError as wrong:
            raise CodecError(f"encode text: {wrong}") from wrong

    def decode(self, data: bytes) -> str:
        try:
            return data.decode()
        except UnicodeDecodeError as wrong:
            raise CodecError(f"decode text: {wrong}") from wrong


class _Cbor:
    def encode(self, value: Any) -> bytes:
        out = bytearray()
        _encode(value, out, 0)
        return bytes(out)

    def decode(self, data: bytes) -> Any:
        value, end = _Reader(data).value(0, 0)
        if end != len(data):
            raise CodecError(f"decode: byte={end}, found={len(data) - end} bytes more, expected the end")
        return value


raw: Codec[bytes] = _Raw()
utf8: Codec[str] = _Utf8()
cbor: Codec[Any] = _Cbor()


def _head(major: int, number: int, out: bytearray) -> None:
    if number < 24:
        out.append(major << 5 | number)
    elif number < 1 << 8:
        out += bytes((major << 5 | 24, number))
    elif number < 1 << 16:
        out += struct.pack(">BH", major << 5 | 25, number)
    elif number < 1 << 32:
        out += struct.pack(">BI", major << 5 | 26, number)
    else:
        out += struct.pack(">BQ", major << 5 | 27, number)


def _encode(value: Any, out: bytearray, depth: int) -> None:
    if depth > _DEPTH:
        raise CodecError(f"encode: depth={depth}, expected at most {_DEPTH}")
    if value is None:
        out.append(0xF6)
    elif isinstance(value, bool):
        out.append(0xF5 if value else 0xF4)
    elif isinstance(value, int):
        _integer(value, out)
    elif isinstance(value, float):
        out += _float(value)
    elif isinstance(value, str):
        text = utf8.encode(value)
        _head(3, len(text), out)
        out += text
    elif isinstance(value, bytes | bytearray | memoryview):
        _head(2, len(bytes(value)), out)
        out += value
    elif isinstance(value, Tagged):
        _head(6, value.tag, out)
        _encode(value.value, out, depth + 1)
    elif isinstance(value, uuid.UUID):
        _encode(Tagged(37, value.bytes), out, depth)
    elif isinstance(value, list | tuple):
        _head(4, len(value), out)
        for element in value:
            _encode(element, out, depth + 1)
    elif isinstance(value, dict):
        entries = []
        for key, element in value.items():
            name, content = bytearray(), bytearray()
            _encode(key, name, depth + 1)
            _encode(element, content, depth + 1)
            entries.append((bytes(name), content))
        _head(5, len(entries), out)
        for name_bytes, content in sorted(entries, key=lambda entry: entry[0]):
            out += name_bytes + content
    else:
        raise CodecError(f"encode: type={type(value).__name__}, expected one that CBOR knows")


def _integer(value: int, out: bytearray) -> None:
    major, number = (0, value) if value >= 0 else (1, -1 - value)
    if number < 1 << 64:
        _head(major, number, out)
    else:
        _head(6, 2 + major, out)
        digits = number.to_bytes((number.bit_length() + 7) // 8)
        _head(2, len(digits), out)
        out += digits


def _float(value: float) -> bytes:
    """The shortest of 2, 4 and 8 bytes that keeps the value."""
    if math.isnan(value):
        return b"\xf9\x7e\x00"
    for head, form in ((b"\xf9", ">e"), (b"\xfa", ">f")):
        try:
            short = struct.pack(form, value)
        except OverflowError:
            continue
        if struct.unpack(form, short)[0] == value:
            return head + short
    return b"\xfb" + struct.pack(">d", value)


class _Reader:
    """Reads values at places of some bytes; nothing is allocated by a length that they do not have."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def wrong(self, at: int, found: str) -> CodecError:
        return CodecError(f"decode: byte={at}, found={found}")

    def take(self, at: int, count: int) -> bytes:
        if count > len(self.data) - at:
            raise self.wrong(at, f"{len(self.data) - at} bytes, expected {count}")
        return self.data[at : at + count]

    def value(self, at: int, depth: int) -> tuple[Any, int]:
        if depth > _DEPTH:
            raise self.wrong(at, f"depth {depth}, expected at most {_DEPTH}")
        first = self.take(at, 1)[0]
        major, info = first >> 5, first & 31
        if major == 7:
            return self.simple(at, info)
        number, at = self.number(at, info)
        match major:
            case 0:
                return number, at
            case 1:
                return -1 - number, at
            case 2:
                return self.take(at, number), at + number
            case 3:
                return self.text(at, number), at + number
            case 4:
                return self.array(at, number, depth)
            case 5:
                return self.map(at, number, depth)
        return self.tagged(at, number, depth)

    def number(self, at: int, info: int) -> tuple[int, int]:
        if info < 24:
            return info, at + 1
        if info > 27:
            raise self.wrong(at, f"length {info}, expected a definite one")
        size = 1 << info - 24
        return int.from_bytes(self.take(at + 1, size)), at + 1 + size

    def text(self, at: int, length: int) -> str:
        try:
            return self.take(at, length).decode()
        except UnicodeDecodeError as bad:
            raise self.wrong(at, "bytes that are no UTF-8") from bad

    def array(self, at: int, count: int, depth: int) -> tuple[list[Any], int]:
        if count > len(self.data) - at:
            raise self.wrong(at, f"{len(self.data) - at} bytes, expected {count} elements")
        elements = []
        for _ in range(count):
            element, at = self.value(at, depth + 1)
            elements.append(element)
        return elements, at

    def map(self, at: int, count: int, depth: int) -> tuple[dict[Any, Any], int]:
        if 2 * count > len(self.data) - at:
            raise self.wrong(at, f"{len(self.data) - at} bytes, expected {count} entries")
        entries: dict[Any, Any] = {}
        for _ in range(count):
            start = at
            key, at = self.value(at, depth + 1)
            if isinstance(key, list | dict) or key in entries:
                raise self.wrong(start, f"key {key!r}, expected a new one that is no list or map")
            entries[key], at = self.value(at, depth + 1)
        return entries, at

    def tagged(self, at: int, tag: int, depth: int) -> tuple[Any, int]:
        start = at
        value, at = self.value(at, depth + 1)
        if (tag in (2, 3, 37) and not isinstance(value, bytes)) or (tag == 37 and len(value) != 16):
            raise self.wrong(start, f"no bytes behind tag {tag}")
        if tag in (2, 3):
            number = int.from_bytes(value)
            return (number if tag == 2 else -1 - number), at
        return (uuid.UUID(bytes=value) if tag == 37 else Tagged(tag, value)), at

    def simple(self, at: int, info: int) -> tuple[Any, int]:
        known = {20: False, 21: True, 22: None, 23: None}
        if info in known:
            return known[info], at + 1
        form = {25: ">e", 26: ">f", 27: ">d"}.get(info)
        if form is None:
            raise self.wrong(at, f"simple value {info}, expected one that is known")
        size = struct.calcsize(form)
        return struct.unpack(form, self.take(at + 1, size))[0], at + 1 + size
