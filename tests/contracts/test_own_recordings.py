"""The project's own recordings keep every contract, and each exercises those of its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.files import load
from pytest_qruntime.contracts import BROKEN, HOLDS, Report, Terms, check

CASSETTES = Path(__file__).parents[2] / "cassettes"
PATHS = sorted(path.relative_to(CASSETTES).as_posix() for path in CASSETTES.rglob("*.yaml"))
SHOWS = {
    "batch_of_three_jobs": {"CLS-01"},
    "cancel_with_queued_jobs": {"CAN-02", "CAN-03"},
    "graceful_close": {"CLS-01", "SUB-03"},
    "max_ttl": {"MAX-03"},
    "open_plan": {"OPN-09"},
    "unused_session": {"AUT-01", "USG-09"},
}


def judged(name: str) -> Report:
    return check(derive(load(CASSETTES / name)), terms=Terms(alone=True))


@pytest.mark.parametrize("name", PATHS)
def test_no_recording_breaks_a_contract(name: str) -> None:
    report = judged(name)
    assert report.ids(BROKEN) == [], "\n".join(report.describe(finding) for finding in report.broken)


@pytest.mark.parametrize("name", [name for name in PATHS if Path(name).stem in SHOWS])
def test_a_recording_exercises_what_it_is_about(name: str) -> None:
    assert SHOWS[Path(name).stem] <= set(judged(name).ids(HOLDS))
