"""What lies below a text: base64, compression, percent signs. Each layer is put on again as it was."""

from __future__ import annotations

import base64
import binascii
import gzip
import re
import zlib
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote, unquote

BASE64_RUN = re.compile(r"[A-Za-z0-9+/_-]{11,}={0,2}")
RUN = re.compile(
    r"(?<![^\s\"'<>&=?;,])[^\s\"'<>&=?;,%]*%[0-9A-Fa-f]{2}[^\s\"'<>&=?;,]*"  # with a percent sign
    r"|" + BASE64_RUN.pattern
)
MOST = 64 * 1024 * 1024
_UNRESERVED = "-._~"


class Layer(NamedTuple):
    """Data, and how to put the layer on again."""

    data: bytes
    wrap: Callable[[bytes], bytes]


def decompress(data: bytes) -> Layer | None:
    """Below zlib or gzip; None if it is neither, or more than 64 MB."""
    if data[:2] == b"\x1f\x8b":
        return _inflate(data, 31, lambda inner: gzip.compress(inner, mtime=0))
    if len(data) > 7 and data[0] & 0x0F == 8 and (data[0] * 256 + data[1]) % 31 == 0:
        return _inflate(data, 15, zlib.compress)
    return None


def _inflate(data: bytes, window: int, wrap: Callable[[bytes], bytes]) -> Layer | None:
    stream = zlib.decompressobj(window)
    try:
        inner = stream.decompress(data, MOST)
    except zlib.error:
        return None
    return Layer(inner, wrap) if stream.eof and not stream.unused_data else None


def unbase64(text: str) -> Layer | None:
    """Below base64, with either alphabet, padded or not; None if it is not that, exactly."""
    bare = text.rstrip("=")
    if len(bare) % 4 == 1:
        return None
    other = b"-_" if "-" in bare or "_" in bare else b"+/"
    padded = text != bare or len(bare) % 4 == 0
    try:
        data = base64.b64decode(bare + "=" * (-len(bare) % 4), other, validate=True)
    except (binascii.Error, ValueError):
        return None

    def wrap(inner: bytes) -> bytes:
        encoded = base64.b64encode(inner, other)
        return encoded if padded else encoded.rstrip(b"=")

    return Layer(data, wrap) if wrap(data) == text.encode() else None


def as_text(data: bytes, *, strict: bool = True) -> str | None:
    """The text that the data is in UTF-8; None if it is none or, if strict, has control characters."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    if strict and not all(character.isprintable() or character in "\t\r\n" for character in text):
        return None
    return text


def holds_data(text: str) -> bool:
    """Whether it is base64 of text or of something compressed, and so not a secret by itself."""
    layer = unbase64(text)
    return layer is not None and (as_text(layer.data) is not None or decompress(layer.data) is not None)


def requote(new: str, old: str, *, plus: bool = False) -> str:
    """Percent-encode as `old` was: the characters that stood there as they are stand so again."""
    as_it_was = re.sub(r"%[0-9A-Fa-f]{2}", "", old)
    safe = _UNRESERVED + "".join(set(as_it_was) - set("%+" if plus else "%"))
    return quote(new, safe=safe).replace("%20", "+" if plus and "+" in old else "%20")


def unquoted(text: str, *, plus: bool = False) -> str:
    """Without percent signs; with `plus`, a plus is a blank."""
    return unquote(text.replace("+", " ") if plus else text)
