"""What the recorded service called things, and what the fake calls them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from pytest_qruntime.cassette.drift.shown import Shown
from pytest_qruntime.rest.credentials import ACCOUNT

_WORD: Final = re.compile(r"[A-Za-z0-9_-]{8,}")
_WORD_IN_BYTES: Final = re.compile(_WORD.pattern.encode())
_CURSORS: Final = ("next", "previous")
_SEARCH: Final = "search_cursor"


class Names:
    """Recorded names and those of the fake in their place.

    Ids of sessions and jobs are replaced wherever they stand. Cursors and account ids are replaced as values of a query
    or of a body alone. CRNs need no replacing: the fake's instances have the recorded ones.

    A recording of the project's own server may have the very ids that the fake gives. One that no answer of the
    recording gave is unknown all the same, so it is written backwards.
    """

    def __init__(self, shown: Shown) -> None:
        self._words: dict[str, str] = dict(shown.plans)
        self._values: dict[str, str] = {one.account: ACCOUNT for one in shown.instances.values()}
        self._bytes: dict[bytes, bytes] = {}

    def learn(self, recorded: str, found: str) -> None:
        """The fake gave an id in the place of a recorded one."""
        self._learn(recorded, found)
        if found not in self._words:
            self.made(found)

    def made(self, found: str) -> None:
        """The fake gave an id where the recording has none."""
        self._learn(found, found[::-1])

    def _learn(self, recorded: str, found: str) -> None:
        self._words[recorded] = found
        self._bytes[recorded.encode()] = found.encode()

    def of(self, recorded: str) -> str:
        """The fake's name for something."""
        return self._words.get(recorded, recorded)

    def learn_pages(self, recorded: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """Two answers that each go on at another page."""
        for name in _CURSORS:
            for cursor, other in zip(_cursors(recorded, name), _cursors(found, name), strict=False):
                self._values[cursor] = other
        goes_on, other_goes_on = recorded.get(_SEARCH), found.get(_SEARCH)
        if isinstance(goes_on, str) and isinstance(other_goes_on, str):
            self._bytes[goes_on.rstrip("=").encode()] = other_goes_on.rstrip("=").encode()

    def path(self, raw: str) -> str:
        """A path with the fake's names."""
        return _WORD.sub(lambda found: self.of(found.group()), raw) if self._words else raw

    def query(self, raw: str) -> str:
        """A query with the fake's names; one without any stays as it was written."""
        if not raw:
            return raw
        return "&".join(self._pair(pair) for pair in raw.split("&"))

    def body(self, content: bytes) -> bytes:
        """A body with the fake's names."""
        if not self._bytes or not content:
            return content
        return _WORD_IN_BYTES.sub(lambda found: self._bytes.get(found.group(), found.group()), content)

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        plain = unquote(value.replace("+", " "))
        renamed = self._values.get(plain) or self.path(plain)
        return pair if renamed == plain else f"{name}{equals}{quote(renamed, safe='')}"


def _cursors(said: Mapping[str, Any], name: str) -> Iterator[str]:
    """The cursor in the address of a neighbouring page."""
    page = said.get(name)
    href = page.get("href") if isinstance(page, dict) else None
    if isinstance(href, str):
        try:
            pairs = parse_qsl(urlsplit(href).query)
        except ValueError:
            return
        yield from (value for key, value in pairs if key == name)
