"""Where a run of a test goes: what the fixtures read of the protocol that runs the test several times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_qruntime.cassette.tape import Tape
    from pytest_qruntime.model import World
    from pytest_qruntime.recording.choice import Choice

REHEARSAL: Final = "rehearsal"
LIVE: Final = "live"
REPLAY: Final = "replay"


@dataclass
class Take:
    """What becomes of one test while it is recorded, or found not to be.

    Attributes:
        mode: the record mode.
        again: whether its recording was found to lack an answer, so that it is recorded whatever the mode says.
        choice: what the test is to run on, once its first run knows; None until it is to be recorded.
        lacking: whether the replay of a recording met a request that it has no answer to.
        submissions, qpu_s: what the rehearsal predicts.
        tape: what was recorded, as it came.
        known: the secrets of the live run, by what they are called.
        scratch: the scrubbed recording that is tried out.
    """

    mode: str
    again: bool = False
    choice: Choice | None = None
    lacking: bool = False
    submissions: int = 0
    qpu_s: float = 0.0
    tape: Tape | None = None
    known: Mapping[str, str] = field(default_factory=dict)
    scratch: Path | None = None

    def wants(self, choice: Choice) -> bool:
        """Whether a test with this choice is recorded now."""
        missing = not choice.file.exists()
        return self.mode == "rewrite" or self.again or (self.mode in ("once", "new") and missing)


@dataclass(frozen=True)
class Phase:
    """One run of a test: its name is `REHEARSAL`, `LIVE` or `REPLAY`.

    The first run of every test is a rehearsal; a test that turns out not to be recorded just runs in it.
    """

    name: str
    take: Take


class Direction(Protocol):
    """What one of several runs of a test on the fake differs in."""

    def settings(self, decided: Mapping[str, Any]) -> Mapping[str, Any]:
        """The arguments of `pytest_qruntime.world` for this run, from those that were decided for the test."""

    def opened(self, world: World) -> None:
        """The world is there, and nothing has happened in it yet."""


DIRECTION: Final = pytest.StashKey[Direction]()
"""On a test that runs several times on the fake: which of the runs it is in."""

PHASE: Final = pytest.StashKey[Phase]()
"""On a test: the run that it is in."""

LEFT: Final = pytest.StashKey[str]()
"""On a test whose recording has more than it came to: a phrase about that."""

FAILED: Final = pytest.StashKey[bool]()
"""On a test that has failed already, or was skipped on its way."""

SKIPPED: Final = pytest.StashKey[bool]()
"""On a test of which that is so: whether it was skipped, and not because it failed as expected."""

UNANSWERED: Final = pytest.StashKey[Sequence[str]]()
"""On a test that runs on a recording: why it had no answer to requests so far."""
