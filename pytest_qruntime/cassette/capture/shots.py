"""From a request and an answer as vcrpy has them to what is recorded of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

from pytest_qruntime.cassette.decoding import decoded
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import LIMIT
from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.rest import timestamps
from pytest_qruntime.rest.http import INSTANT_HEADER

Headers: TypeAlias = dict[str, str]

# Of the connection, not of what was sent on it; and bodies are recorded in one piece.
_NOT_RECORDED: Final = frozenset({INSTANT_HEADER, "connection", "keep-alive", "transfer-encoding"})
_CHUNK: Final = re.compile(rb"([0-9a-fA-F]{1,8})\r\n")
_ADDRESSES: Final = ("location", "content-location")


@dataclass(frozen=True)
class Call:
    """A request of the service that was sent.

    Attributes:
        number: of those that were sent, from 0.
        url: as it is to be recorded.
        real_us: when it was sent: microseconds since 1970 on the real clock.
    """

    number: int
    url: str
    real_us: int


@dataclass(frozen=True)
class Shot:
    """An exchange, and what is known of its time.

    Attributes:
        call: what was sent.
        virtual_us: the instant of the server's world at which it was answered, since 1970; None if it did not say.
        raw: the exchange, at 0.
        problem: why the body could not be decoded; None if it was.
    """

    call: Call
    virtual_us: int | None
    raw: Exchange
    problem: str | None

    def exchange(self, at_us: int) -> Exchange:
        """The exchange, with its time."""
        return replace(self.raw, at_us=at_us)

    def checked(self, at_us: int) -> Exchange:
        """The same. Raises `CassetteError` if its body could not be decoded."""
        if self.problem is not None:
            raise CassetteError(f"{self.raw.method} {self.raw.url} cannot be recorded: of its body, {self.problem}")
        return self.exchange(at_us)


def shot(call: Call, canonical: Callable[[str], str | None], request: Any, response: Mapping[str, Any]) -> Shot:
    """A shot of vcrpy's request and answer; `canonical` gives the address under which a URL is recorded."""
    sent, sent_body = _joined(request.headers), _body(request.body)
    if sent.get("transfer-encoding") == "chunked":
        sent_body = _unframed(sent_body)
    sent = _kept(sent)
    if "host" in sent:
        sent["host"] = urlsplit(call.url).netloc
    headers = _joined(response["headers"])
    instant = headers.get(INSTANT_HEADER)
    kept = _kept(headers)
    kept.update({name: canonical(kept[name]) or kept[name] for name in _ADDRESSES if name in kept})
    kept, body, problem = _decoded(kept, bytes(response["body"].get("string") or b""))
    status = response["status"]["code"]
    raw = Exchange(0, request.method.upper(), call.url, sent, sent_body, status, kept, body)
    return Shot(call, _unix_us(instant), raw, problem)


def _joined(headers: Mapping[str, Any]) -> Headers:
    """Under lower-case names; values of one name are joined as HTTP joins them."""
    found: Headers = {}
    for name, values in headers.items():
        for value in [values] if isinstance(values, (str, bytes)) else values:
            key = name.lower()
            found[key] = f"{found[key]}, {_text(value)}" if key in found else _text(value)
    return found


def _kept(headers: Headers) -> Headers:
    return {name: value for name, value in headers.items() if name not in _NOT_RECORDED}


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _decoded(headers: Headers, body: bytes) -> tuple[Headers, bytes, str | None]:
    try:
        return (*decoded(headers, body, LIMIT), None)
    except ValueError as error:
        return headers, body, str(error)


def _unix_us(instant: str | None) -> int | None:
    try:
        return None if instant is None else timestamps.parse(instant)
    except ValueError:  # of some other server
        return None


def _body(body: Any) -> bytes:
    """The bytes of what vcrpy keeps of a body: nothing, bytes, a file of them, or pieces of them."""
    if body is None:
        return b""
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return _body(body.read())
    if isinstance(body, Iterable) and not isinstance(body, Mapping):
        return b"".join(map(_body, body))
    raise QRuntimeError(f"a request with a body of {type(body).__name__} cannot be recorded; send bytes or text")


def _unframed(body: bytes) -> bytes:
    """A body that vcrpy saw in chunks, as urllib3 1.26 sends one; any other as it is."""
    parts, rest = [], body
    while (frame := _CHUNK.match(rest)) is not None:
        end = frame.end() + int(frame[1], 16)
        if rest[end : end + 2] != b"\r\n":
            break
        parts.append(rest[frame.end() : end])
        rest = rest[end + 2 :]
        if not parts[-1]:
            return body if rest else b"".join(parts)
    return body
