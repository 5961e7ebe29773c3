"""How old a recording is."""

from __future__ import annotations

import warnings

import pytest

from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.clock.real import Real
from pytest_qruntime.recording.choice import Choice
from pytest_qruntime.rest import timestamps

_DAY_S = 86_400


class StaleCassetteWarning(UserWarning):
    """A recording is older than `max_age`. It is told at the end of the run, whatever the filters of warnings say."""


def too_old(tape: Tape, choice: Choice) -> str | None:
    """A sentence about a recording that is older than it may be; None if it is not, or nobody knows."""
    recorded = None if tape.provenance is None else tape.provenance.recorded
    if recorded is None or choice.max_age_s is None:
        return None
    age_s = Real.time() - timestamps.parse(recorded) / 1_000_000
    if age_s <= choice.max_age_s:
        return None
    most = words_of(round(choice.max_age_s * 1_000_000))
    return f"recorded on {recorded[:10]}, {int(age_s // _DAY_S)}d ago, and max_age is {most}"


def warn(item: pytest.Item, text: str) -> None:
    """Have pytest list a `StaleCassetteWarning`. Filters that make errors of warnings do not apply: `stale` decides."""
    message = warnings.WarningMessage(StaleCassetteWarning(text), StaleCassetteWarning, str(item.path), 1)
    item.ihook.pytest_warning_recorded.call_historic(
        kwargs={"warning_message": message, "nodeid": item.nodeid, "when": "runtest", "location": None}
    )
