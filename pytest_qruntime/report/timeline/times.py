"""Instants and lengths of time in as few characters as say enough."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.clock.durations import words_of

_ROUNDED: Final = ((86_400_000_000, 3_600_000_000), (3_600_000_000, 60_000_000), (60_000_000, 1_000_000))
"""From so long on, what is less than this does not matter."""
_TENTH_US: Final = 100_000


def brief(us: int) -> str:
    """A length of time with its two greatest units: ``2h15m``, ``15m8s``, ``3.1s``."""
    size = abs(us)
    for least, rest in _ROUNDED:
        if size >= least:
            return words_of((size - size % rest) * (1 if us > 0 else -1))
    return words_of(us - us % _TENTH_US if size >= 10 * _TENTH_US else us)


def since(us: int) -> str:
    """An instant, as the time since the beginning: ``+15m``; ``-3s`` was before."""
    return words_of(us) if us < 0 else f"+{words_of(us)}"


def about(us: int) -> str:
    """An instant, in brief."""
    return brief(us) if us < 0 else f"+{brief(us)}"
