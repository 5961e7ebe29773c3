"""The examples that failed, until it is known which of them Hypothesis reports."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final, NamedTuple

from pytest_qruntime.machine.script import Line, Script

KEPT: Final = 32
"""More than there are different failures among the last examples of a run."""


class Failure(NamedTuple):
    """An example that failed: with what, and what had happened."""

    error: BaseException
    script: Script
    lines: tuple[Line, ...]


_RUN: Final[ContextVar[deque[Failure] | None]] = ContextVar("failures of this run", default=None)


@contextmanager
def collecting() -> Iterator[deque[Failure]]:
    """Keep the failures of this ``with`` block."""
    kept: deque[Failure] = deque(maxlen=KEPT)
    token = _RUN.set(kept)
    try:
        yield kept
    finally:
        _RUN.reset(token)


def keep(failure: Failure) -> bool:
    """Keep a failure; whether there is somebody who will look at it."""
    kept = _RUN.get()
    if kept is not None:
        kept.append(failure)
    return kept is not None


def reported(error: BaseException, kept: deque[Failure]) -> list[Failure]:
    """The failures that an error of Hypothesis's is, or that it is a group of; the last one if it does not say."""
    return list(_reported(error, kept)) or list(kept)[-1:]


def _reported(error: BaseException, kept: deque[Failure]) -> Iterator[Failure]:
    if (found := next((one for one in kept if one.error is error), None)) is not None:
        yield found
    for part in getattr(error, "exceptions", ()):
        yield from _reported(part, kept)
