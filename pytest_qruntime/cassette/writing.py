"""From a tape to the text of a recording: the same tape gives the same bytes, whichever PyYAML is installed.

Every value stands on lines of its own, so that a recording that is made again differs in the lines of what changed.
The text is ASCII: vcrpy opens files in the encoding of the machine.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from typing import Final

from pytest_qruntime.cassette.checks import headers_of, plain, reason, sent_at
from pytest_qruntime.cassette.reading import FORMAT
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape

_PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9_./:?=&%+~@;,()-]*")
_WORDS: Final = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ONE_LINE: Final = re.compile(r"[ -~]+")
_LINES: Final = re.compile(r"[!-~]([ -~]*[!-~])?(\n([ -~]*[!-~])?)*")
_ESCAPES: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t", '"': '\\"', "\\": "\\\\"}


def write(tape: Tape) -> str:
    """The text of a tape's file. Raises ValueError for a tape that cannot be written.

    The line of three dots, with which a YAML document may end, tells a reader that nothing was cut off.
    """
    lines = ["version: 1"]
    if tape.provenance is not None:
        lines += _provenance(tape.provenance)
    lines.append("interactions:" if tape.exchanges else "interactions: []")
    for index, exchange in enumerate(tape.exchanges):
        try:
            lines += _exchange(exchange, timed=tape.provenance is not None)
        except ValueError as error:
            raise ValueError(f"interaction {index}: {error}") from None
    return "\n".join([*lines, "...\n"])


def _provenance(provenance: Provenance) -> Iterator[str]:
    yield "qruntime:"
    yield f"  format: {FORMAT}"
    for name in ("service", "began", "clock", "recorded", "test"):
        yield f"  {name}: {_text(getattr(provenance, name), 2)}"
    yield "  versions:" if provenance.versions else "  versions: {}"
    for package, version in sorted(provenance.versions.items()):
        yield f"    {_key(package)}: {_text(version, 4)}"
    if provenance.settings is not None:
        yield from _under("  settings:", plain(provenance.settings), 2)


def _under(head: str, value: object, indent: int) -> Iterator[str]:
    """A plain value under a key, or after the mark of an item, that stands `indent` deep."""
    if isinstance(value, (Mapping, list)) and value:
        yield head
        yield from _inside(value, indent + 2 if isinstance(value, Mapping) else indent)
    else:
        yield f"{head} {_scalar(value, indent)}"


def _inside(value: Mapping[str, object] | list[object], indent: int) -> Iterator[str]:
    """The lines of a mapping, by name, or of a list; what is nested in an item begins on the line of its mark."""
    margin = " " * indent
    if isinstance(value, Mapping):
        for name in value:
            yield from _under(f"{margin}{_key(name)}:", value[name], indent)
        return
    for item in value:
        if isinstance(item, (Mapping, list)) and item:
            first, *rest = _inside(item, indent + 2)
            yield f"{margin}- {first.lstrip(' ')}"
            yield from rest
        else:
            yield f"{margin}- {_scalar(item, indent)}"


def _scalar(value: object, indent: int) -> str:
    """A value without others in it, as YAML 1.1 reads it: a number in scientific notation needs its point."""
    if value is None or isinstance(value, str):
        return _text(value, indent)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        digits, mark, exponent = repr(value).partition("e")
        return digits + ("" if "." in digits else ".0") + mark + exponent
    return "{}" if isinstance(value, Mapping) else "[]"


def _exchange(exchange: Exchange, *, timed: bool) -> Iterator[str]:
    mark, at = "- ", sent_at(exchange, timed=timed)
    if at is not None:
        yield f"- at: {_text(at, 2)}"
        mark = "  "
    yield mark + "request:"
    yield f"    method: {_text(exchange.method, 4)}"
    yield f"    uri: {_text(exchange.url, 4)}"
    yield from _headers(exchange.request_headers)
    yield f"    body: {_body(exchange.request_body, 4) if exchange.request_body else 'null'}"
    yield "  response:"
    yield "    status:"
    yield f"      code: {exchange.status}"
    yield f"      message: {_text(reason(exchange.status), 6)}"
    yield from _headers(exchange.response_headers)
    yield "    body:"
    yield f"      string: {_body(exchange.response_body, 6)}"


def _headers(headers: Mapping[str, str]) -> Iterator[str]:
    yield "    headers:" if headers else "    headers: {}"
    for name, value in headers_of(headers):
        yield f"      {_text(name, 6)}:"
        yield f"      - {_text(value, 6)}"


def _body(body: bytes, indent: int) -> str:
    """A body under a key that stands `indent` deep: text if it is UTF-8."""
    try:
        return _text(body.decode("utf-8"), indent)
    except UnicodeDecodeError:
        lines = base64.encodebytes(body).decode("ascii").splitlines()
        return "\n".join(["!!binary |", *(" " * (indent + 2) + line for line in lines)])


def _text(text: str | None, indent: int) -> str:
    """A text in the most readable form that gives it back exactly."""
    if text is None:
        return "null"
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not text.endswith(":"):
        return text
    if not text or _ONE_LINE.fullmatch(text):
        return "'" + text.replace("'", "''") + "'"
    if _LINES.fullmatch(text):
        return _block(text, indent)
    return _quoted(text)


def _key(text: str) -> str:
    """A text as the key of a mapping, which has to stand on one line."""
    return _text(text, 0) if "\n" not in text else _quoted(text)


def _quoted(text: str) -> str:
    return '"' + "".join(map(_escaped, text)) + '"'


def _block(text: str, indent: int) -> str:
    """Lines as lines."""
    stripped = text.rstrip("\n")
    ends = len(text) - len(stripped)
    chomping = "-" if ends == 0 else "" if ends == 1 else "+"
    lines = [" " * (indent + 2) + line if line else "" for line in stripped.split("\n")]
    return "\n".join([f"|{chomping}", *lines, *[""] * (ends - 1)])


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if 0x20 <= code < 0x7F:
        return character
    if 0xD800 <= code < 0xE000:
        raise ValueError(f"half a character, \\u{code:04x}, cannot be written")
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
