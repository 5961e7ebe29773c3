"""What is still in a recording: known values in every form, known shapes, and texts too random to be anything else."""

from __future__ import annotations

import base64
import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, quote_plus, unquote

from pytest_qruntime.cassette.scrub import jsontext, layers, shapes
from pytest_qruntime.cassette.scrub.names import LEAST_KNOWN
from pytest_qruntime.cassette.scrub.rules import Rule
from pytest_qruntime.cassette.scrub.scrubber import Scrubber
from pytest_qruntime.cassette.scrub.table import DEFAULT_RULES
from pytest_qruntime.cassette.tape import Exchange, Tape

_CHUNK = 8  # every common part of 15 characters contains one of these
_LONG = 12
_BYTES = "(bytes)"
_DEPTH = 4
_LEAST_BITS = 4.0
_ESCAPED = re.compile(r"\\+[nrt]")
_TOKEN = re.compile(shapes.JWT)  # a rule's business
_LEAST_RANDOM = 24
_RANDOM_RUN = re.compile(rf"(?<![\w+=-])[A-Za-z0-9+_-]{{{_LEAST_RANDOM},128}}={{0,2}}(?![\w+=-])")
_DATA_FIELD = re.compile(r"__value__|b64_data|data|.*encoding|.*base64|.*qpy|etag", re.IGNORECASE)


@dataclass(frozen=True)
class Leak:
    """A secret that is still there.

    Attributes:
        place: such as ``interaction 3, response body, $.jobs[0].user_id``; interactions are counted from 0.
        kind: what it is, or which known value; never the secret.
    """

    place: str
    kind: str

    def __str__(self) -> str:
        return f"{self.place}: {self.kind}"


def leaks(tape: Tape, known: Mapping[str, str] | None = None, rules: Sequence[Rule] = DEFAULT_RULES) -> list[Leak]:
    """Every secret in a tape that anybody could recognise, in order.

    Args:
        tape: what is to be published.
        known: the values that must not be in it, by what they are called, such as ``{"QISKIT_IBM_TOKEN": "..."}``; also
            in base64, percent-encoded, in hexadecimal digits, and in parts of 12 characters or more.
        rules: how to know a secret.
    """
    search = _Search(known or {}, rules)
    return list(dict.fromkeys(Leak(place, kind) for place, kind in _all(tape, search)))


_Found = Iterator[tuple[str, str]]


def _all(tape: Tape, search: _Search) -> _Found:
    """Place and kind of every secret."""
    provenance = tape.provenance
    if provenance is not None and provenance.test is not None:
        yield from search.text("the name of the test", provenance.test)
    if provenance is not None and provenance.settings:
        yield from search.body("the settings", json.dumps(provenance.settings).encode())
    for number, exchange in enumerate(tape.exchanges):
        yield from _of_exchange(f"interaction {number}", exchange, search)


def _of_exchange(where: str, exchange: Exchange, search: _Search) -> _Found:
    yield from search.text(f"{where}, url", exchange.url)
    for side, headers, body in (
        ("request", exchange.request_headers, exchange.request_body),
        ("response", exchange.response_headers, exchange.response_body),
    ):
        for name, value in headers.items():
            yield from search.text(f"{where}, {side} header {name}", value, name)
        yield from search.body(f"{where}, {side} body", body)


class _Search:
    def __init__(self, known: Mapping[str, str], rules: Sequence[Rule]) -> None:
        self._scrubber = Scrubber({}, rules)
        self._known = [_known_value(name, value) for name, value in known.items() if len(value) >= LEAST_KNOWN]
        self._kinds: Callable[[str, str, str], tuple[str, ...]] = lru_cache(maxsize=100_000)(self._fresh_kinds)
        self._within: Callable[[bytes], list[tuple[str, str]]] = lru_cache(maxsize=10_000)(self._fresh_within)

    def text(self, place: str, text: str, field: str = "") -> _Found:
        """What is in a text of this name."""
        return ((place, kind) for kind in self._kinds(text, field, ""))

    def body(self, place: str, body: bytes) -> _Found:
        """What is in a body."""
        return ((place + inner, kind) for inner, kind in self._within(body))

    def _fresh_within(self, body: bytes) -> list[tuple[str, str]]:
        text = body.decode("utf-8", "replace")
        if not jsontext.is_json(text):
            whole = (text, "") if text.encode() == body else (body.decode("latin-1"), _BYTES)
            return [("", kind) for kind in self._kinds(*whole, "")]
        found, steps = [], list[str | int]()
        for what, leaf, field, parent in jsontext.leaves(text, steps):
            for kind in self._kinds(leaf, field, parent):
                is_key = what == "key"
                found.append((f", {'a key of ' * is_key}{jsontext.place(steps[: -1 if is_key else None])}", kind))
        return found

    def _fresh_kinds(self, text: str, field: str, parent: str) -> tuple[str, ...]:
        kinds = dict.fromkeys(self._scrubber.kinds(text.encode("latin-1") if field == _BYTES else text, field, parent))
        for layer in _below(text):
            kinds.update(dict.fromkeys(name for name, is_in in self._known if is_in(layer)))
        if not kinds and field != _BYTES and not _DATA_FIELD.fullmatch(field) and _is_random(text):
            kinds["a text as random as a secret"] = None
        return tuple(kinds)


def _below(text: str, depth: int = 0) -> Iterator[str]:
    """The text and what is encoded in it."""
    yield text
    if depth > _DEPTH:
        return
    if "%" in text:
        yield from _below(unquote(text), depth + 1)
    if "\\" in text:
        yield text.replace("\\/", "/").replace('\\"', '"')
    for run in layers.BASE64_RUN.findall(text):
        layer = layers.unbase64(run)
        if layer is not None:
            packed = layers.decompress(layer.data)
            yield from _below((packed.data if packed else layer.data).decode("latin-1"), depth + 1)


def _known_value(name: str, value: str) -> tuple[str, Callable[[str], bool]]:
    """The name of a known value, and whether it is in a text in whatever form."""
    forms = [form for form in _forms(value) if len(form) >= LEAST_KNOWN]
    parts = [part for part in _telling_parts(value) if len(part) >= _LONG]
    kind = f"the value of {name}"

    def is_in(text: str) -> bool:
        if len(text) < LEAST_KNOWN:
            return False
        return any(form in text for form in forms) or (
            len(text) >= _LONG and any(_has_part(text, part) for part in parts)
        )

    return kind, is_in


def _forms(value: str) -> set[str]:
    data = value.encode()
    forms = {value, quote(value), quote(value, safe=""), quote_plus(value), data.hex(), data.hex().upper()}
    for offset in range(3):
        # the characters of base64 that depend on nothing but the value
        encoded = base64.b64encode(b"\0" * offset + data)
        whole = encoded[-(-offset * 4 // 3) : len(encoded.rstrip(b"=")) - 1].decode()
        forms |= {whole, whole.replace("+", "-").replace("/", "_")}
    return forms


def _telling_parts(value: str) -> list[str]:
    """What identifies: of a CRN its account and instance, of a token its signature, of an address nothing."""
    if re.fullmatch(shapes.CRN, value):
        return [part.rpartition("/")[2] for part in value.split(":")[6:]]
    if re.fullmatch(shapes.JWT, value):
        return [value.rpartition(".")[2]]
    return [] if "://" in value else [value.partition("@")[0]]


def _has_part(text: str, part: str) -> bool:
    for start in range(0, len(part) - _CHUNK + 1, _CHUNK // 2):
        chunk = part[start : start + _CHUNK]
        at = text.find(chunk)
        while at >= 0:
            if _common(text, at, part, start) >= _LONG:
                return True
            at = text.find(chunk, at + 1)
    return False


def _common(text: str, at: int, part: str, start: int) -> int:
    """How long the common part around two places is."""
    before = 0
    while before < min(at, start) and text[at - before - 1] == part[start - before - 1]:
        before += 1
    after = 0
    while after < min(len(text) - at, len(part) - start) and text[at + after] == part[start + after]:
        after += 1
    return before + after


def _is_random(text: str) -> bool:
    """Whether it has a run of letters and digits that is neither a name nor data."""
    if len(text) < _LEAST_RANDOM:
        return False
    while (plain := unquote(text)) != text:
        text = plain
    text = _ESCAPED.sub(" ", text)
    rest = layers.BASE64_RUN.sub(
        lambda found: "" if layers.holds_data(found.group()) else found.group(), _TOKEN.sub("", text)
    )
    return any(_bits(run) >= _LEAST_BITS and _is_mixed(run) for run in _RANDOM_RUN.findall(rest))


def _bits(run: str) -> float:
    """The entropy of a character of it."""
    return -sum(count / len(run) * math.log2(count / len(run)) for count in Counter(run).values())


def _is_mixed(run: str) -> bool:
    """Whether letters of both cases and digits stand together, as they do not in a name of several words."""
    words = (word for word in re.split("[_-]", run) if len(word) >= _LONG)
    return any(all(re.search(kind, word) for kind in ("[a-z]", "[A-Z]", "[0-9]")) for word in words)
