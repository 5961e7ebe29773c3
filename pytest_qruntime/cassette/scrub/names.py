"""Pseudonyms: numbered by the order in which secrets first appear, so that nothing of a secret is in its pseudonym.

A hash would let anybody test a guess; a number says nothing. A test that asks in the same order gets the same numbers
when it is recorded anew.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

PLACE = re.compile(r"\{n(?::0(\d+)d)?\}")
_TELLING = re.compile(r"[0-9_@.-]")
LEAST_KNOWN = 5
_LEAST_LEARNED = 8
# Under the name of a secret these are none.
NO_SECRETS = frozenset(
    {
        "",
        "0",
        "null",
        "none",
        "true",
        "false",
        "not_supported",
        "default",
        "unknown",
        "anonymous",
        "redacted",
        "scrubbed",
    }
)
# Kinds of which there is a new one in every answer, or that are known wherever they stand.
_NOT_LEARNED = frozenset(
    {"trace id", "cookie", "caller", "home", "ip", "loopback port", "jwt", "credentials", "digest"}
)


class Form:
    """A pseudonym's text, with the place of its number."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.numbered = PLACE.search(template) is not None
        before, *rest = PLACE.split(template, maxsplit=1)
        width, after = rest or [None, ""]
        digits = f"([0-9]{{{width or '1,9'}}})" if self.numbered else ""
        self.pattern = re.compile(re.escape(before) + digits + re.escape(after or ""))

    def of(self, number: int) -> str:
        """The pseudonym of a number."""
        return self.template.format(n=number) if self.numbered else self.template

    def number(self, text: str) -> int | None:
        """The number of a pseudonym, 0 if it has none; None for any other text."""
        found = self.pattern.fullmatch(text)
        if found is None:
            return None
        return int(found.group(1)) if self.numbered else 0


class Names:
    """The pseudonyms of one tape.

    Args:
        forms: the pseudonym of each kind.

    Attributes:
        references: what other requests refer to.
        seen: the kinds of secrets that were met.
        generation: how often something became known.
        memory: what was made of texts since then.
        reserving: whether the numbers of pseudonyms that are met are kept free.
        preferred: the numbers of a kind that are given out first, in their order.
        learning: whether everything is only looked at.
    """

    def __init__(self, forms: Mapping[str, str]) -> None:
        self._forms = defaultdict(lambda: Form("scrubbed-{n}"), {kind: Form(form) for kind, form in forms.items()})
        self._numbers: dict[str, dict[str, int]] = defaultdict(dict)
        self._reserved: dict[str, dict[int, None]] = defaultdict(dict)
        self._kinds: dict[str, str] = {}
        self.references: set[str] = set()
        self.seen: set[str] = set()
        self.memory: dict[Any, Any] = {}
        self.generation = 0
        self.reserving = False
        self.preferred: Callable[[str], Sequence[int]] = _none
        self.learning = False

    def of(self, kind: str, value: str, *, learn: bool = True) -> str:
        """The pseudonym of a secret. A pseudonym of whatever kind is its own, and what says nothing is no secret.

        What was known by its place, not by its shape, is to be learned: it is then replaced in other places too.
        """
        if value.lower() in NO_SECRETS or not value.strip("x") or self.is_pseudonym(value):
            return value
        self.seen.add(kind)
        kind = self._kinds.get(value, kind)
        form = self._forms[kind]
        if not form.numbered:
            return form.template
        if learn and value not in self._numbers[kind]:
            self._learn(kind, value)
        return form.of(self.number(kind, value))

    def named(self, kind: str, value: str) -> bool:
        """Whether it was met as a secret of this kind."""
        return value in self._numbers[kind] and value not in self.references

    def number(self, kind: str, value: str) -> int:
        """How many-th of its kind it is."""
        numbers = self._numbers[kind]
        if value not in numbers:
            numbers[value] = self._new_number(kind)
        return numbers[value]

    def _new_number(self, kind: str) -> int:
        """A preferred number that nobody has and nobody met, or that was only met; else the first that is free."""
        given, met = self._numbers[kind].values(), self._reserved[kind]
        preferred = [number for number in self.preferred(kind) if number not in given]
        for number in (*(number for number in preferred if number not in met), *preferred):
            return number
        number = len(given) + 1
        while number in met or number in given:
            number += 1
        return number

    def reserve(self, kind: str, number: int) -> None:
        """A pseudonym was met: while reserving, no secret gets its number."""
        if self.reserving:
            self._reserved[kind].setdefault(number)

    def met(self, kind: str) -> Sequence[int]:
        """The numbers of the pseudonyms that were met while reserving, in that order."""
        return tuple(self._reserved[kind])

    def is_pseudonym(self, value: str) -> bool:
        """Whether it is a pseudonym already."""
        for kind, form in self._forms.items():
            number = form.number(value)
            if number is not None:
                self.reserve(kind, number)
                return True
        return False

    def settle(self) -> None:
        """Give another number to every secret whose number turned out to be that of a pseudonym in the same tape."""
        for kind, numbers in self._numbers.items():
            for value in [value for value, number in numbers.items() if number in self._reserved[kind]]:
                del numbers[value]
                self.number(kind, value)
        self.reserving = False
        self._know_more()

    # -- what is replaced wherever it stands ---------------------------------------------------------------------------

    def know(self, kind: str, value: str) -> None:
        """A value that is a secret wherever it stands, and whatever stands around it."""
        if len(value) >= LEAST_KNOWN and not self.is_pseudonym(value):
            self._kinds[value] = kind
            self._forget()

    def _learn(self, kind: str, value: str) -> None:
        if kind in _NOT_LEARNED or len(value) < _LEAST_LEARNED or value in self._kinds or value in self.references:
            return
        if _TELLING.search(value) and not value.isdigit():
            self._kinds[value] = kind
            self._forget()

    def refer(self, value: str) -> None:
        """A value that other requests refer to: it stays, whatever else it is the name of."""
        if value not in self.references:
            self.references.add(value)
            if self._kinds.pop(value, None) is not None:
                self._forget()

    def _forget(self) -> None:
        self.__dict__.pop("_anywhere", None)
        self._know_more()

    def _know_more(self) -> None:
        """What was made of a text before may be another now."""
        self.generation += 1
        self.memory.clear()

    @cached_property
    def _anywhere(self) -> re.Pattern[str] | None:
        if not self._kinds:
            return None
        longest_first = sorted(self._kinds, key=lambda value: (-len(value), value))
        return re.compile("|".join(re.escape(value) for value in longest_first))

    def everywhere(self, text: str) -> Iterable[tuple[int, int, str]]:
        """Where values stand that are known as secrets: begin, end and kind. While learning nobody asks."""
        if self.learning or self._anywhere is None:
            return ()
        return [(*found.span(), self._kinds[found.group()]) for found in self._anywhere.finditer(text)]


def _none(_: str) -> Sequence[int]:
    """No number is preferred."""
    return ()
