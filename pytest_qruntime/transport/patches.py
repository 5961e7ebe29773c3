"""Replacing an attribute of a class or a module, and putting back exactly what was there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_MARK = "__qruntime_patch__"


class Patch:
    """One attribute that is replaced while patches are in force.

    Other tools patch the same attributes (pytest-httpx, responses), and may do and undo it in any order. Therefore:

    - `remove` puts the original back only if our replacement is still in its place; otherwise it would take away
      somebody else's patch. A replacement that is left below theirs must pass everything through by itself.
    - If their undo puts our replacement back after `remove`, the next `install` recognises it and replaces it, so that
      replacements never pile up.

    Args:
        owner: the class or the module.
        name: the attribute's name.
        make: makes the replacement, given the original as a function of the same arguments.
    """

    def __init__(self, owner: Any, name: str, make: Callable[[Any], Any]) -> None:
        self.owner = owner
        self.name = name
        self.make = make
        self.original: Any = None
        self.replacement: Any = None
        self.inherited = False

    def install(self) -> None:
        """Put the replacement in place. It is made once for the same original, so this costs an assignment."""
        original = _unwrap(getattr(self.owner, self.name))
        if self.replacement is None or original is not self.original:
            self.original = original
            self.inherited = any(original is vars(base).get(self.name) for base in _bases(self.owner))
            self.replacement = self.make(original)
            setattr(self.replacement, _MARK, (self.replacement, original))
        setattr(self.owner, self.name, self.replacement)

    def remove(self) -> None:
        """Put back what `install` found. Does nothing if it is not in place."""
        if self.replacement is None or vars(self.owner).get(self.name) is not self.replacement:
            return
        if self.inherited:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, self.original)


def _bases(owner: Any) -> tuple[Any, ...]:
    return owner.__mro__[1:] if isinstance(owner, type) else ()


def _unwrap(current: Any) -> Any:
    """The original behind a replacement of ours; anything else as it is.

    The mark names its own replacement because `functools.wraps` copies it onto wrappers that others put around ours.
    """
    replacement, original = getattr(current, _MARK, (None, current))
    return original if replacement is current else current
