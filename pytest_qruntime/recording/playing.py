"""A test on its recording: what is refused before it runs, and what is noted after it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.files import load
from pytest_qruntime.cassette.printable import printable
from pytest_qruntime.cassette.replay import UnexpectedRequestError
from pytest_qruntime.recording import age
from pytest_qruntime.recording.choice import Choice, plain
from pytest_qruntime.recording.names import shown
from pytest_qruntime.recording.phase import FAILED, LEFT, UNANSWERED, Take
from pytest_qruntime.recording.run import RUN
from pytest_qruntime.recording.saving import secrets_of
from pytest_qruntime.recording.unused import unused
from pytest_qruntime.runtime.replayed import replaying

if TYPE_CHECKING:
    from pytest_qruntime.cassette.tape import Tape
    from pytest_qruntime.runtime.replayed import ReplayedRuntime

__tracebackhide__ = True  # what is wrong with a recording is told in one line


def tried(item: pytest.Item, choice: Choice, take: Take) -> AbstractContextManager[ReplayedRuntime]:
    """The new recording, before it takes its place."""
    assert take.scratch is not None
    return _replaying(item, choice, load(take.scratch))


def recorded(item: pytest.Item, choice: Choice, take: Take) -> AbstractContextManager[ReplayedRuntime]:
    """The recording of a test. Raises `CassetteError` for one that the test cannot use."""
    notes, name = item.config.stash[RUN].notes, shown(choice.file, item.config)
    tape = _loaded(item, choice.file)
    notes.used.append(name)
    _check_settings(tape, choice, name)
    _check_age(item, tape, choice, name)
    return _noted(item, choice, take, tape)


@contextmanager
def _noted(item: pytest.Item, choice: Choice, take: Take, tape: Tape) -> Iterator[ReplayedRuntime]:
    """A recording, and what the test made of it."""
    with _replaying(item, choice, tape) as replayed:
        try:
            yield replayed
        finally:
            take.lacking = bool(replayed.deck.unmatched)
    left = unused(replayed.deck, len(tape.exchanges))
    if left:
        item.stash[LEFT] = left


@contextmanager
def _replaying(item: pytest.Item, choice: Choice, tape: Tape) -> Iterator[ReplayedRuntime]:
    with replaying(
        tape,
        label=item.nodeid,
        freeze=choice.settings.get("freeze", True),
        rules=item.config.stash[RUN].rules,
        known=secrets_of(os.environ),
    ) as replayed:
        unanswered = item.stash[UNANSWERED] = replayed.deck.reasons
        yield replayed
    if unanswered and FAILED not in item.stash:  # the code under test, or the client, went on without the answer
        raise UnexpectedRequestError(f"the test passed, but a request had no answer: {unanswered[0]}")


def _loaded(item: pytest.Item, file: Path) -> Tape:
    if not file.exists():
        advice = f"Make it with\n    pytest --qruntime-record {item.nodeid!r}"
        if item.config.stash[RUN].asked.records:
            advice = "To be recorded, it has to name the fixture qruntime among the test's arguments"
        raise CassetteError(f"{shown(file, item.config)} is not there: this test has no recording. {advice}")
    return load(file)


def _check_settings(tape: Tape, choice: Choice, name: str) -> None:
    """A recording of another world than the test asks for proves nothing about it."""
    recorded = None if tape.provenance is None else tape.provenance.settings
    wanted = plain(choice.settings)
    if recorded is None or recorded == wanted:
        return
    differ = [key for key in sorted({*recorded, *wanted}) if recorded.get(key) != wanted.get(key)]
    now, then = (", ".join(f"{printable(key)} {_value(found, key)}" for key in differ) for found in (wanted, recorded))
    raise CassetteError(
        f"{name} was recorded in a world with {then}; this test asks for {now}. Record it anew with "
        "pytest --qruntime-record-mode=rewrite"
    )


def _value(found: Mapping[str, Any], key: str) -> str:
    return repr(found[key]) if key in found else "by default"


def _check_age(item: pytest.Item, tape: Tape, choice: Choice, name: str) -> None:
    problem = age.too_old(tape, choice)
    if problem is None:
        return
    if choice.stale == "error":
        raise CassetteError(f"{name} is too old: {problem}. Record it anew: pytest --qruntime-record-mode=rewrite")
    age.warn(item, f"{name}: {problem}")
    item.config.stash[RUN].notes.old.append(f"{name}: {problem}")
