"""What the fixture `qruntime` opens for a test: the fake, its recording, or a live service that may be recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_qruntime.model import ConfigurationError
from pytest_qruntime.recording.choice import Choice
from pytest_qruntime.recording.phase import DIRECTION, LIVE, PHASE, REHEARSAL, Direction, Take
from pytest_qruntime.recording.run import RUN
from pytest_qruntime.runtime import QRuntime, world

if TYPE_CHECKING:
    from pytest_qruntime.runtime.surface import Surface

__tracebackhide__ = True  # what is wrong with a recording is told in one line


def opened(item: pytest.Item, decided: Mapping[str, Any]) -> AbstractContextManager[Surface]:
    """What stands behind a test with these settings, in the phase that it is in.

    Raises, here or when it is entered, `CassetteError` for a recording that is missing, too old, or made of another
    world, and `ConfigurationError` for a live service that cannot be found.
    """
    choice, phase = Choice.of(item, decided), item.stash.get(PHASE, None)
    direction = item.stash.get(DIRECTION, None)
    if direction is not None:
        return _directed(item, choice, direction)
    if choice.source == "fake":
        return world(label=item.nodeid, **choice.settings)
    if choice.source == "live":
        return _live(item, choice, None)
    if phase is None:
        return _replay(item, choice, Take("none"))
    take = phase.take
    if phase.name == LIVE:
        return _live(item, choice, take)
    if phase.name != REHEARSAL or not take.wants(choice):
        return _replay(item, choice, take)
    item.config.stash[RUN].locks.take(choice.file, item.nodeid)
    take.choice = choice
    return _rehearsed(item, choice, take)


def _directed(item: pytest.Item, choice: Choice, direction: Direction) -> AbstractContextManager[QRuntime]:
    if choice.source != "fake":
        raise ConfigurationError(
            f"this test is to run several times, in every order of events or with every policy, which only the fake "
            f"can do, and source={choice.source!r} stands behind it; leave out interleavings= and policy='sweep'"
        )
    return _staged(item, choice, direction)


@contextmanager
def _staged(item: pytest.Item, choice: Choice, direction: Direction) -> Iterator[QRuntime]:
    with world(label=item.nodeid, **direction.settings(choice.settings)) as qruntime:
        direction.opened(qruntime.world)
        yield qruntime


@contextmanager
def _rehearsed(item: pytest.Item, choice: Choice, take: Take) -> Iterator[QRuntime]:
    """The fake, and what the test does to it as a prediction."""
    with world(label=item.nodeid, **choice.settings) as qruntime:
        yield qruntime
        model = qruntime.world
        mine = [one for one in model.instances.values() if one is not model.others]
        take.submissions = sum(job.instance in mine for job in model.jobs.values())
        take.qpu_s = sum(one.meter.accrued_us(model.now_us) for one in mine) / 1_000_000


def _live(item: pytest.Item, choice: Choice, take: Take | None) -> AbstractContextManager[Surface]:
    from pytest_qruntime.recording.taking import live  # what only few tests need is loaded by them

    return live(item, choice, take)


def _replay(item: pytest.Item, choice: Choice, take: Take) -> AbstractContextManager[Surface]:
    from pytest_qruntime.recording.playing import recorded, tried

    return recorded(item, choice, take) if take.scratch is None else tried(item, choice, take)
