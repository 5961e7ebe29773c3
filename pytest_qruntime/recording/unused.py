"""What a test did not come to in its recording."""

from __future__ import annotations

from typing import Protocol
from urllib.parse import urlsplit

from pytest_qruntime.cassette.tape import Exchange
from pytest_qruntime.clock.durations import words_of


class Played(Protocol):
    """What is asked of a deck."""

    def unused(self) -> list[Exchange]:
        """The exchanges that were not reached."""


def unused(deck: Played, count: int) -> str | None:
    """How much of a recording of `count` interactions was not reached, and where that begins; None if all was."""
    left = deck.unused()
    if not left:
        return None
    first = left[0]
    asked = f"{first.method} {urlsplit(first.url).path} {words_of(first.at_us)} into the recording"
    return f"{len(left)} of {count} interactions, the first of them {asked}"
