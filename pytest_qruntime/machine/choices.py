"""What the rules draw from, which each class may choose: attributes of it that are strategies."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import strategies as st

_ATTRIBUTE_OF: Final[dict[int, str]] = {}


def of_the_class(attribute: str) -> st.SearchStrategy[Any]:
    """A strategy for the arguments of a rule, which stands for an attribute of the class that the rule will be of."""

    def unresolved() -> st.SearchStrategy[Any]:
        raise AssertionError(f"{attribute} has not been looked up")

    strategy: st.SearchStrategy[Any] = st.deferred(unresolved)
    _ATTRIBUTE_OF[id(strategy)] = attribute
    _KEPT.append(strategy)
    return strategy


def resolved(strategy: st.SearchStrategy[Any], cls: type) -> st.SearchStrategy[Any]:
    """What a strategy stands for in a class; itself, if for nothing."""
    attribute = _ATTRIBUTE_OF.get(id(strategy))
    found: st.SearchStrategy[Any] = strategy if attribute is None else getattr(cls, attribute)
    return found


_KEPT: Final[list[object]] = []  # no other strategy may have the same id
