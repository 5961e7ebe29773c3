"""What a rule of scrubbing is: a kind of secret, and how to know one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pytest_qruntime.cassette.scrub.names import PLACE, Form
from pytest_qruntime.model.errors import ConfigurationError

if TYPE_CHECKING:
    from pytest_qruntime.cassette.scrub.names import Names

Apply = Callable[[str, "Names"], str]
Accepts = Callable[[str], bool]


@dataclass(frozen=True)
class Rule:
    """One way to know a secret.

    Attributes:
        kind: what it is, such as ``"employee"``; secrets of one kind share their pseudonyms.
        find: a regular expression. In text, what it finds is the secret, or its group ``secret`` if it has one. For
            fields it is the whole name, in any case; ``parent.name`` says in which object a JSON key stands.
        where: ``"text"``: wherever it stands. ``"field"``: the value of a header, a JSON key, a query or form
            parameter.
        pseudonym: what a secret becomes; ``{n}`` is 1 for the first one, 2 for the next. Without ``{n}`` all become the
            same. By default ``scrubbed-KIND-{n}``, or that of the kind if an earlier rule gave one.
        meaning: for the reference page.
        unless: names of fields, as a regular expression, in which a rule for text does not look.
        binary: whether a rule for text looks into binary data too.
        needs: characters; the rule does not look at a text without any of them, which costs less than looking.
        accepts: whether what was found is one, for what no expression can say.
        apply: makes the replacement of what was found, for a secret that has a structure to keep.
    """

    kind: str
    find: str
    where: Literal["text", "field"] = "text"
    pseudonym: str | None = None
    meaning: str = ""
    unless: str = ""
    binary: bool = True
    needs: str = ""
    accepts: Accepts | None = field(default=None, compare=False)
    apply: Apply | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if re.fullmatch(r"[a-z][a-z0-9 -]*", self.kind) is None:
            raise ConfigurationError(
                f"The kind of a rule is {self.kind!r}; expected lower-case words, such as 'employee'."
            )
        if self.where not in ("text", "field"):
            raise ConfigurationError(f"The rule for {self.kind!r} looks in {self.where!r}; expected 'text' or 'field'.")
        try:
            self.pattern  # noqa: B018 - compiled here, so that a mistake shows where it was made
            self.exempt  # noqa: B018
        except re.error as error:
            raise ConfigurationError(
                f"The rule for {self.kind!r} has {self.find!r}, which is no regular expression: {error}."
            ) from None
        if re.search(r"[{}]", PLACE.sub("", self.form)):
            raise ConfigurationError(f"The rule for {self.kind!r} has the pseudonym {self.form!r}; it may hold {{n}}.")
        self._check_that_twice_is_once()

    def _check_that_twice_is_once(self) -> None:
        if self.where == "field" or self.apply is not None:
            return
        if self.pattern.search("") is not None:
            raise ConfigurationError(
                f"The rule for {self.kind!r} finds {self.find!r} in an empty text; name what it needs."
            )
        shown = Form(self.form).of(1)
        found = self.pattern.search(shown)
        if found is not None and self.secret(found) == found.span() and found.group() != shown:
            raise ConfigurationError(
                f"The rule for {self.kind!r} finds {self.find!r} inside its own pseudonym {shown!r}, so that scrubbing "
                "twice would differ from scrubbing once; give a pseudonym in which it finds nothing."
            )

    @property
    def form(self) -> str:
        """The pseudonym, or the default one."""
        return f"scrubbed-{self.kind.replace(' ', '-')}-{{n}}" if self.pseudonym is None else self.pseudonym

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What it looks for."""
        return re.compile(self.find, re.IGNORECASE if self.where == "field" else 0)

    @cached_property
    def _needed(self) -> frozenset[str]:
        return frozenset(self.needs)

    def looks_at(self, characters: Iterable[str]) -> bool:
        """Whether it may find something in a text of these characters."""
        return not self.needs or not self._needed.isdisjoint(characters)

    @cached_property
    def exempt(self) -> re.Pattern[str]:
        """In which fields a rule for text does not look."""
        return re.compile(self.unless, re.IGNORECASE)

    def secret(self, found: re.Match[str]) -> tuple[int, int]:
        """Where in the text the secret stands."""
        return found.span("secret") if "secret" in self.pattern.groupindex else found.span()

    def replace(self, secret: str, names: Names) -> str:
        """What a secret becomes."""
        if self.apply is not None:
            return self.apply(secret, names)
        by_its_place = self.where == "field" or "secret" in self.pattern.groupindex
        return names.of(self.kind, secret, learn=by_its_place)
