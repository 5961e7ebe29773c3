"""A test that runs on the fake, is recorded, and then runs on its recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from pytest_qruntime import QRuntime
from pytest_qruntime.cassette.scrub import Scrubber
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.cassette.taping import Taping
from pytest_qruntime.client.turns import InTurn
from pytest_qruntime.runtime import build
from pytest_qruntime.runtime.replayed import ReplayedRuntime, replaying
from pytest_qruntime.runtime.surface import Surface
from pytest_qruntime.sdk import ModelNews, accommodated
from pytest_qruntime.transport import Interception

T = TypeVar("T")
Story = Callable[[Surface], T]


def recorded(story: Story[T], *, prepare: Callable[[QRuntime], Any] | None = None, **settings: Any) -> tuple[T, Tape]:
    """What a story returns on the fake, and its scrubbed recording; `prepare` stages the fake before."""
    qruntime = build(**settings)
    if prepare is not None:
        prepare(qruntime)
    taping = Taping(qruntime.service, qruntime.world)
    original, qruntime.service.handle = qruntime.service.handle, taping.handle  # type: ignore[method-assign]
    taping.handler = _Plain(original)
    with (
        qruntime.clock.hold(),
        Interception(InTurn(qruntime.service, qruntime.clock), label="a recording"),
        accommodated(qruntime.service, qruntime.clock, ModelNews(qruntime.world, qruntime.clock).of),
    ):
        seen = story(qruntime)
    return seen, Scrubber().tape(taping.tape())


class _Plain:
    """A handler out of a function."""

    def __init__(self, handle: Any) -> None:
        self.handle = handle


def replayed(story: Story[T], tape: Tape, **how: Any) -> tuple[T, ReplayedRuntime]:
    """What a story returns on a recording, and what it left of it."""
    with replaying(tape, label="a replay", **how) as runtime:
        return story(runtime), runtime


def left(runtime: ReplayedRuntime) -> list[str]:
    """What of a recording was not used."""
    return [f"{one.method} {one.url}" for one in runtime.deck.unused()]


def ended_after(tape: Tape, seconds: float) -> Tape:
    """The beginning of a recording."""
    return replace(tape, exchanges=tuple(one for one in tape.exchanges if one.at_us <= seconds * 1e6))
