"""Scrubbing: the same for what is saved and for what is matched."""

from __future__ import annotations

import json
import re
from bisect import bisect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar
from urllib.parse import quote

from pytest_qruntime.cassette.scrub import jsontext, layers, shapes
from pytest_qruntime.cassette.scrub.book import book
from pytest_qruntime.cassette.scrub.names import LEAST_KNOWN, Names
from pytest_qruntime.cassette.scrub.rules import Rule
from pytest_qruntime.cassette.scrub.table import DEFAULT_RULES, REFERENCES
from pytest_qruntime.cassette.tape import Exchange, Provenance, Tape

_URL = re.compile(r"(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*://[^\s\"'<>\\]+")
_URL_PARTS = re.compile(r"([^:]+://)(?:([^/?#]*)@)?([\w.:\[\]%-]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_FORM = re.compile(r"[\w.%+\[\]-]+=[^\s&{}\"]*(?:&[\w.%+\[\]-]*=?[^\s&{}\"]*)*")
_PLAIN = re.compile(r"[\w.:+ -]*")  # without what documents, forms, lines and addresses need
_REFERENCE = re.compile(REFERENCES, re.IGNORECASE)
_BOM = "\ufeff"
_DEPTH = 12
_LEAST_DIGITS = 4
_REMEMBERED = 100_000

T = TypeVar("T")


class Scrubber:
    """Replaces secrets by pseudonyms that are the same wherever the same secret stands.

    Scrubbing what is scrubbed changes nothing. Of data without a secret every byte stays.

    Args:
        known: secrets that are known beforehand, by what they are called, such as ``{"QISKIT_IBM_TOKEN": "..."}``. They
            are replaced wherever they stand. Values of fewer than five characters are ignored.
        rules: how to know a secret; your own beside the default ones: ``(*DEFAULT_RULES, Rule(...))``.
    """

    def __init__(self, known: Mapping[str, str] | None = None, rules: Sequence[Rule] = DEFAULT_RULES) -> None:
        self._book = book(rules)
        self.names = Names(self._book.forms)
        self._visited: dict[Any, Any] = {}
        for name, value in (known or {}).items():
            self._know(name, value)

    def _know(self, name: str, value: str) -> None:
        """A known value; of one with a structure, such as a CRN, the parts count."""
        if len(value) >= LEAST_KNOWN and self._leaf(value) == value:
            rule = self._book.of_field(name, "")
            self.names.know("secret" if rule is None or rule.apply is not None else rule.kind, value)

    # -- whole things --------------------------------------------------------------------------------------------------

    def tape(self, tape: Tape) -> Tape:
        """All exchanges. What shows itself as a secret late in a tape is one from the beginning."""
        self._visited.clear()
        self.names.reserving = True
        for exchange in tape.exchanges:
            self.look(exchange)
        self.names.settle()
        exchanges = tuple(self._scrubbed(exchange) for exchange in tape.exchanges)
        return Tape(None if tape.provenance is None else self._provenance(tape.provenance), exchanges)

    def _provenance(self, provenance: Provenance) -> Provenance:
        test, settings = provenance.test, provenance.settings
        return replace(
            provenance,
            test=None if test is None else self.text(test),
            settings=None if settings is None else self.json(settings),
        )

    def exchange(self, exchange: Exchange) -> Exchange:
        """Request and answer; a Content-Length follows its body."""
        self.look(exchange)
        return self._scrubbed(exchange)

    def look(self, exchange: Exchange) -> None:
        """See everything once, so that the answer's secrets are known in the request."""
        self.names.learning = True
        try:
            self._scrubbed(exchange)
        finally:
            self.names.learning = False

    def _scrubbed(self, exchange: Exchange) -> Exchange:
        url = self.url(exchange.url)
        request_body = self.body(exchange.request_body)
        request_headers = self._headers(exchange.request_headers, exchange.request_body, request_body)
        response_body = self.body(exchange.response_body)
        return replace(
            exchange,
            url=url,
            request_headers=request_headers,
            request_body=request_body,
            response_headers=self._headers(exchange.response_headers, exchange.response_body, response_body),
            response_body=response_body,
        )

    def _headers(self, headers: Mapping[str, str], old: bytes, new: bytes) -> dict[str, str]:
        scrubbed = {name: self.field(value, name) for name, value in headers.items()}
        if old != new and "content-length" in scrubbed:
            scrubbed["content-length"] = str(len(new))
        return scrubbed

    def text(self, text: str) -> str:
        """Text of any kind: JSON, a form, a URL, a log."""
        return self.body(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")

    def json(self, document: Any) -> Any:
        """A JSON document, as Python has it."""
        return json.loads(self._json(json.dumps(document), 0))

    def body(self, data: bytes) -> bytes:
        """A request's or an answer's body."""
        return self._once(data, lambda: self._data(data, 0))

    def url(self, url: str) -> str:
        """An address: user, host, path, query and fragment."""
        return self._once(("url", url), lambda: self._url(url, 0))

    def field(self, value: str, name: str, parent: str = "") -> str:
        """The value of a header, a parameter or a JSON key."""
        return self._leaf(value, name, parent)

    def kinds(self, value: str | bytes, name: str = "", parent: str = "") -> list[str]:
        """The kinds of secrets in a text or in data, whatever was seen before."""
        self.names.seen.clear()
        self.names.memory.clear()
        if isinstance(value, str):
            self._leaf(value, name, parent)
        else:
            self.body(value)
        return sorted(self.names.seen)

    # -- text ----------------------------------------------------------------------------------------------------------

    def _leaf(self, text: str, field: str = "", parent: str = "", depth: int = 0) -> str:
        return self._once((text, field, parent), lambda: self._fresh_leaf(text, field, parent, depth))

    def _once(self, key: Any, make: Callable[[], T]) -> T:
        """What was made of it, unless something became known meanwhile that it could hold."""
        memory, known = self._remembered(), self.names.generation
        new: T | None = memory.get(key)
        if new is None:
            new = make()
            if self.names.learning or known == self.names.generation:
                memory[key] = new
        return new

    def _remembered(self) -> dict[Any, Any]:
        """What was replaced since anything new is known; while learning, what was looked at."""
        memory = self._visited if self.names.learning else self.names.memory
        if len(memory) > _REMEMBERED:
            memory.clear()
        return memory

    def _fresh_leaf(self, text: str, field: str, parent: str, depth: int) -> str:
        rule = self._book.of_field(field, parent) if field else None
        if rule is None:
            if field and _REFERENCE.fullmatch(field):
                self.names.refer(text)
            elif field == "name" and self.names.named("instance name", text):
                return self.names.of("instance name", text)
            return self._value(text, depth, field)
        if rule.apply is not None:
            return rule.apply(text, self.names)
        return self._whole(text, field) or rule.replace(text, self.names)

    def _whole(self, text: str, field: str) -> str | None:
        """What a text becomes that is as a whole what a rule for text looks for: a CRN stays a CRN."""
        spans = self._spans(text, field)
        if len(spans) == 1 and spans[0][:2] == (0, len(text)):
            return spans[0][2]
        return None

    def _value(self, text: str, depth: int, field: str = "") -> str:
        """Text without a name: what is encoded in it first, then what can be seen."""
        if depth > _DEPTH or len(text) < LEAST_KNOWN:
            return self._shapes(text, field)
        if _PLAIN.fullmatch(text):
            return self._encoded(text, depth, field)
        if text[0] == _BOM:
            return _BOM + self._value(text[1:], depth, field)
        if jsontext.is_json(text):
            return self._json(text, depth)
        if "=" in text and "://" not in text and _FORM.fullmatch(text) and not layers.BASE64_RUN.fullmatch(text):
            return self._form(text, depth)
        lines = text.splitlines(keepends=True)
        if len(lines) > 1 and "PRIVATE KEY-----" not in text:
            return "".join(self._value(line, depth + 1, field) for line in lines)
        pieces, at = [], 0
        while (place := jsontext.inner(text, at)) is not None:
            start, end = place
            pieces += [self._prose(text[at:start], depth, field), self._json(text[start:end], depth)]
            at = end
        return "".join([*pieces, self._prose(text[at:], depth, field)])

    def _prose(self, text: str, depth: int, field: str) -> str:
        return self._pieces(text, _URL, self._url, self._encoded, depth, field)

    def _pieces(self, text: str, pattern: re.Pattern[str], inner: Any, outer: Any, depth: int, field: str) -> str:
        """What the pattern finds through `inner`, and what is between through `outer`."""
        pieces, at = [], 0
        for found in pattern.finditer(text):
            pieces += [outer(text[at : found.start()], depth, field), inner(found.group(), depth + 1)]
            at = found.end()
        return "".join([*pieces, outer(text[at:], depth, field)])

    def _encoded(self, text: str, depth: int, field: str) -> str:
        """Tokens as a whole; what is encoded; and the text around them."""
        rule = self._book.token
        if rule is None or not rule.looks_at(text):
            return self._runs(text, depth, field)
        return self._pieces(text, rule.pattern, self._token, self._runs, depth, field)

    def _token(self, text: str, _depth: int) -> str:
        return shapes.jwt(text, self.names)

    def _runs(self, text: str, depth: int, field: str) -> str:
        """Runs with percent signs and runs of base64, if there is a secret in them; and the text around them."""
        pieces, at = [], 0
        for found in (layers.RUN if "%" in text else layers.BASE64_RUN).finditer(text):
            run = found.group()
            new = self._percent(run, depth + 1) if "%" in run else self._base64(run, depth + 1)
            if new != run:
                pieces += [self._shapes(text[at : found.start()], field), new]
                at = found.end()
        return "".join([*pieces, self._shapes(text[at:], field)])

    def _percent(self, text: str, depth: int) -> str:
        plain = layers.unquoted(text)
        new = self._value(plain, depth)
        return text if new == plain else layers.requote(new, text)

    def _base64(self, text: str, depth: int) -> str:
        layer = layers.unbase64(text)
        if layer is None:
            return text
        new = self._data(layer.data, depth)
        return text if new == layer.data else layer.wrap(new).decode()

    def _shapes(self, text: str, field: str) -> str:
        pieces, at = [], 0
        for start, end, new in self._spans(text, field):
            pieces += [text[at:start], new]
            at = end
        return "".join([*pieces, text[at:]])

    def _spans(self, text: str, field: str, *, binary: bool = False) -> list[tuple[int, int, str]]:
        """What is to be replaced, in order: the longest secret where several overlap."""
        found: list[tuple[int, int, int, int, Callable[[str], str]]] = []
        for order, rule in self._book.of_text(text):
            if (binary and not rule.binary) or (rule.unless and rule.exempt.fullmatch(field)):
                continue
            for match in rule.pattern.finditer(text):
                start, end = rule.secret(match)
                if start < end and (rule.accepts is None or rule.accepts(text[start:end])):
                    found.append((start - end, order, start, end, partial(rule.replace, names=self.names)))
        for start, end, kind in self.names.everywhere(text):
            found.append((start - end, len(self._book.rules), start, end, partial(self.names.of, kind)))
        if not found:
            return []
        chosen: list[tuple[int, int, Callable[[str], str]]] = []
        begins: list[int] = []
        for _, _, start, end, replacement in sorted(found, key=itemgetter(0, 1, 2)):
            place = bisect(begins, start)
            if (not place or chosen[place - 1][1] <= start) and (place == len(chosen) or end <= begins[place]):
                chosen.insert(place, (start, end, replacement))
                begins.insert(place, start)
        return [(start, end, replacement(text[start:end])) for start, end, replacement in chosen]

    # -- structures ----------------------------------------------------------------------------------------------------

    def _json(self, text: str, depth: int) -> str:
        if '"crn"' in text:
            self._learn_instance_names(json.loads(text))

        return jsontext.rewrite(text, lambda leaf: self._leaf_of_json(leaf, depth + 1), self._remembered())

    def _leaf_of_json(self, leaf: jsontext.Leaf, depth: int) -> str:
        kind, text, field, parent = leaf
        if kind != "number":
            return self._once(leaf, lambda: self._fresh_leaf(text, field, parent, depth))
        rule = self._book.of_field(field, parent) if len(text) >= _LEAST_DIGITS else None
        return self._once(leaf, lambda: text if rule is None else rule.replace(text, self.names))

    def _learn_instance_names(self, document: Any) -> None:
        """The name beside a CRN is what its owner calls the instance."""
        for inner in (
            document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
        ):
            self._learn_instance_names(inner)
        if (
            isinstance(document, dict)
            and isinstance(document.get("crn"), str)
            and isinstance(document.get("name"), str)
        ):
            self.names.of("instance name", document["name"])

    def _form(self, text: str, depth: int) -> str:
        return "&".join(self._pair(pair, depth) for pair in text.split("&"))

    def _pair(self, pair: str, depth: int) -> str:
        name, equals, value = pair.partition("=")
        plain_name, plain = layers.unquoted(name, plus=True), layers.unquoted(value, plus=True)
        new_name = self._leaf(plain_name, depth=depth + 1)
        new = self._leaf(plain, plain_name, depth=depth + 1)
        shown_name = name if new_name == plain_name else quote(new_name, safe="")
        return shown_name + equals + (value if new == plain else layers.requote(new, value, plus=True))

    def _url(self, url: str, depth: int) -> str:
        parts = _URL_PARTS.fullmatch(url)
        if parts is None:
            return self._encoded(url, depth, "")
        scheme, user, host, path, query, fragment = parts.groups()
        pieces = [scheme]
        if user is not None:
            pieces += [self.names.of("credentials", user), "@"]
        pieces += [shapes.host(host, self.names), self._encoded(path, depth, "path")]
        if query is not None:
            pieces += ["?", self._form(query, depth)]
        if fragment is not None:
            pieces += ["#", self._form(fragment, depth) if "=" in fragment else self._encoded(fragment, depth, "")]
        return "".join(pieces)

    # -- bytes ---------------------------------------------------------------------------------------------------------

    def _data(self, data: bytes, depth: int) -> bytes:
        """Bytes: what they compress, the text that they are, or the texts in them."""
        if depth > _DEPTH:
            return self._binary(data)
        layer = layers.decompress(data)
        if layer is not None:
            new = self._data(layer.data, depth + 1)
            return data if new == layer.data else layer.wrap(new)
        text = layers.as_text(data, strict=depth > 0)
        return self._binary(data) if text is None else self._value(text, depth + 1).encode("utf-8", "surrogatepass")

    def _binary(self, data: bytes) -> bytes:
        """Data with a structure of its own: a secret becomes as many x, so that nothing moves."""

        def hide(found: re.Match[bytes]) -> bytes:
            text = found.group().decode("ascii")
            for start, end, new in self._spans(text, "", binary=True):
                if new != text[start:end]:
                    text = text[:start] + "x" * (end - start) + text[end:]
            return text.encode()

        return re.sub(rb"[\x20-\x7e]{6,}", hide, data)
