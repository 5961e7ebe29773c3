"""Rules, sorted by what they look at; what was found out about them once is known to every scrubber that has them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from pytest_qruntime.cassette.scrub import shapes
from pytest_qruntime.cassette.scrub.rules import Rule

_MOST: Final = 16


class Book:
    """The rules of a scrubber.

    Attributes:
        rules: all of them, in order.
        token: the one for JSON web tokens, if there is one.
        forms: the pseudonym of each kind.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self._of_text = [rule for rule in rules if rule.where == "text"]
        self._of_fields = [rule for rule in rules if rule.where == "field"]
        self.token = next((rule for rule in self._of_text if rule.apply is shapes.jwt), None)
        self.forms = {"secret": "scrubbed-secret-{n}"}
        for rule in rules:
            if rule.pseudonym is not None or rule.kind not in self.forms:
                self.forms[rule.kind] = rule.form
        self._telling = frozenset("".join(rule.needs for rule in self._of_text))
        self._looking = lru_cache(maxsize=4096)(self._find_looking)
        self.of_field = lru_cache(maxsize=4096)(self._find_of_field)

    def of_text(self, text: str) -> Iterable[tuple[int, Rule]]:
        """The rules for text that may find something in this one, each with its place in the order."""
        return self._looking(frozenset(self._telling.intersection(text)))

    def _find_looking(self, characters: frozenset[str]) -> list[tuple[int, Rule]]:
        return [(order, rule) for order, rule in enumerate(self._of_text) if rule.looks_at(characters)]

    def _find_of_field(self, field: str, parent: str) -> Rule | None:
        """The rule for the value of a field, whose object stands under the key `parent`."""
        for rule in self._of_fields:
            if rule.pattern.fullmatch(field) or rule.pattern.fullmatch(f"{parent}.{field}"):
                return rule
        return None


_books: dict[int, Book] = {}


def book(rules: Sequence[Rule]) -> Book:
    """The book of these rules; the same one each time for the same tuple, which cannot change."""
    known = _books.get(id(rules))
    if known is not None:
        return known
    made = Book(rules if isinstance(rules, tuple) else tuple(rules))
    if made.rules is rules:  # and so nothing else has this id, as long as the book is known
        if len(_books) >= _MOST:
            _books.clear()
        _books[id(rules)] = made
    return made
