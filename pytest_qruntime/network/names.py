"""Names that a user types, and what they may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from pytest_qruntime.model.errors import ConfigurationError

__tracebackhide__ = True  # what is wrong with a name is told where it is given


def known_name(what: str, value: object, known: Iterable[str]) -> str:
    """The name, if it is a known one. Raises `ConfigurationError` with the nearest one and all of them."""
    names = tuple(known)
    if isinstance(value, str) and value in names:
        return value
    near = get_close_matches(value, names, n=1) if isinstance(value, str) else []
    meant = f"; did you mean {near[0]!r}?" if near else ";"
    raise ConfigurationError(f"{what} is {value!r}{meant} expected one of {', '.join(names)}")
