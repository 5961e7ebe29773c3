"""Where the runs of a test leave what they showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from pytest_qruntime.judging.trial import Trial
    from pytest_qruntime.report.run.shown import World

WORLDS: Final[pytest.StashKey[list[World]]] = pytest.StashKey()
"""On a test that used the service: what each of its runs showed, in order."""

TRIAL: Final[pytest.StashKey[Trial]] = pytest.StashKey()
"""On a test that uses the service, until it is over: the run that it is in, or had last."""

_DRIVEN: Final[pytest.StashKey[set[tuple[str, ...]]]] = pytest.StashKey()
_OF_A_TEST: Final[tuple[pytest.StashKey[Any], ...]] = (WORLDS, _DRIVEN)


def add(item: pytest.Item, world: World) -> None:
    """One more run of a test is over. What its earlier runs drove is not said again: there may be a thousand."""
    known = item.stash.setdefault(_DRIVEN, set())
    world["driven"] = [cell for cell in world["driven"] if tuple(cell) not in known]
    known.update(map(tuple, world["driven"]))
    item.stash.setdefault(WORLDS, []).append(world)


def forget(item: pytest.Item) -> None:
    """A test begins, or is tried again because it failed."""
    for key in _OF_A_TEST:
        if key in item.stash:
            del item.stash[key]
