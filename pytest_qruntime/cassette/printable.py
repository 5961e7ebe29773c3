"""What may be shown on a terminal."""

from __future__ import annotations


def printable(text: str) -> str:
    """A text in which a terminal finds nothing to obey: what cannot be printed is shown as an escape."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)
