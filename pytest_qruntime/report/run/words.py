"""Figures in words, as every report says them."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, Final

from pytest_qruntime.report.timeline.times import brief, since

if TYPE_CHECKING:
    from pytest_qruntime.report.run.shown import Leaked

SECOND_US: Final = 1_000_000
_LEAST_S: Final = 0.01


def length(seconds: float) -> str:
    """A length of time, in brief: ``2h15m``, ``15m8s``, ``3.1s``, ``0.05s``."""
    if 0 < seconds < _LEAST_S:
        return f"<{_LEAST_S:g}s"
    return brief(round(seconds * SECOND_US) if seconds >= 1 else round(seconds * 100) * SECOND_US // 100)


def count(number: int, what: str) -> str:
    """``1 test``, ``2 tests``, ``2 batches``."""
    many = f"{what}es" if what.endswith("ch") else f"{what}s"
    return f"{number:,} {what if number == 1 else many}"


def workloads(number: int) -> str:
    """``1 session or batch``, ``2 sessions and batches``."""
    return "1 session or batch" if number == 1 else f"{number:,} sessions and batches"


def percent(share: float) -> str:
    """``18.9 %``; never more than it is, so that what is not enough does not look so."""
    return f"{floor(round(10 * share, 6)) / 10:g} %"


def opened_by(leak: Leaked) -> str:
    """Who opened what was left open, in words."""
    if leak["file"] is not None:
        return place(leak["file"], leak["line"])
    return "a client of the loopback server" if leak["served"] else "unknown code"


def place(file: str, line: int | None) -> str:
    """As tools can follow it."""
    return file if line is None else f"{file}:{line}"


def instant(seconds: float) -> str:
    """An instant of a world: ``+15m``."""
    return since(round(seconds * SECOND_US))
