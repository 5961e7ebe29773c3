"""Pseudonyms: numbered by the order in which secrets first appear, so that nothing of a secret is in its pseudonym.

A hash would let anybody test a guess; a number says nothing. A test that asks in the same order gets the same numbers
when it is recorded anew.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

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
    """

    def __init__(self, forms: Mapping[str, str]) -> None:
        self._forms = defaultdict(lambda: Form("scrubbed-{n}"), {kind: Form(form) for kind, form in forms.items()})
        self._numbers: dict[str, dict[str, int]] = defaultdict(dict)
        self._reserved: dict[str, set[int]] = defaultdict(set)
        self._kinds: dict[str, str] = {}
        self.references: set[str] = set()
        self.seen: set[str] = set()
        self.generation = 0
        self.reserving = False
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
            number = len(numbers) + 1
            taken = self._reserved[kind].union(numbers.values())
            while number in taken:
                number += 1
            numbers[value] = number
        return numbers[value]

    def reserve(self, kind: str, number: int) -> None:
        """A pseudonym was met: while reserving, no secret gets its number."""
        if self.reserving:
            self._reserved[kind].add(number)

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
        self.generation += 1

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
        self.generation += 1

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
