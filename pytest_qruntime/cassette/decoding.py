"""Bodies that a server sent compressed: a recording's exchanges carry them as they were before."""

from __future__ import annotations

import zlib
from typing import Final

_WINDOW: Final = {"gzip": 16 + zlib.MAX_WBITS, "x-gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_GZIP: Final = b"\x1f\x8b"


def decoded(headers: dict[str, str], body: bytes, limit: int) -> tuple[dict[str, str], bytes]:
    """The headers without any content encoding, and the body that they then describe.

    A tool that decodes bodies may leave the header behind: what is not compressed is taken as it is.

    Args:
        headers: under lower-case names.
        body: as it was recorded.
        limit: the most bytes that the body may become.

    Raises:
        ValueError: the body cannot be decoded, or becomes too large.
    """
    encodings = [name.strip().lower() for name in headers.get("content-encoding", "").split(",") if name.strip()]
    if not encodings:
        return headers, body
    for encoding in reversed(encodings):
        body = _without(encoding, body, limit)
    rest = {name: value for name, value in headers.items() if name != "content-encoding"}
    if "content-length" in rest:
        rest["content-length"] = str(len(body))
    return rest, body


def _without(encoding: str, body: bytes, limit: int) -> bytes:
    if encoding == "identity" or not body:
        return body
    if encoding not in _WINDOW:
        if _is_text(body):
            return body
        raise ValueError(
            f"its content encoding is {encoding!r}; expected gzip, deflate or none. Record it again with a client that "
            "accepts these, or with vcrpy's decode_compressed_response=True"
        )
    if encoding.endswith("gzip") and not body.startswith(_GZIP):
        return body
    try:
        return _inflated(body, _WINDOW[encoding], limit)
    except zlib.error as error:
        if encoding == "deflate":  # what many servers mean by it has no zlib header, and some tools have undone it
            return body if _is_text(body) else _raw(body, limit)
        raise ValueError(f"it is said to be {encoding} and cannot be decompressed: {error}") from None


def _raw(body: bytes, limit: int) -> bytes:
    try:
        return _inflated(body, -zlib.MAX_WBITS, limit)
    except zlib.error as error:
        raise ValueError(f"it is said to be deflate and cannot be decompressed: {error}") from None


def _inflated(body: bytes, window: int, limit: int) -> bytes:
    """Every member of the body, one after the other; never more than `limit` bytes are made."""
    parts, left, size = [], body, 0
    while left:
        engine = zlib.decompressobj(window)
        part = engine.decompress(left, limit - size + 1)
        size += len(part)
        if size > limit:
            raise ValueError(f"it becomes larger than {limit} bytes when it is decompressed")
        if not engine.eof:
            raise zlib.error("it ends too early")
        parts.append(part)
        left = engine.unused_data
    return b"".join(parts)


def _is_text(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
