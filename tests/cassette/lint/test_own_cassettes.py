"""The project's own recordings: nothing is wrong with them, and they show what their names say."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_qruntime.cassette.derive import derive
from pytest_qruntime.cassette.files import load
from pytest_qruntime.cassette.lint import examine, files

FOLDER = Path(__file__).parents[3] / "cassettes"
CASSETTES = files([str(FOLDER)])
# what each shows, in this order, among other things
SHOWN = {
    "batch_of_three_jobs": ["workload.opened", "workload.draining", "job.completed", "job.completed", "job.completed"],
    "cancel_with_queued_jobs": ["job.running", "workload.closed", "job.failed", "job.failed", "job.completed"],
    "error_in_a_session": ["workload.opened", "workload.closed", "workload.settled"],
    "failed_job": ["workload.opened", "job.failed"],
    "graceful_close": ["workload.draining", "request.rejected", "job.completed", "workload.closed"],
    "interactive_ttl": ["workload.activated", "workload.inactivated", "workload.activated"],
    "max_ttl": [
        "workload.opened",
        "job.queued",
        "workload.activated",
        "workload.closed",
        "job.failed",
        "job.completed",
    ],
    "open_plan": ["request.rejected", "job.completed"],
    "private_job": ["job.queued", "job.completed"],
    "unused_session": ["workload.opened", "workload.closed", "workload.settled"],
}


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: str(Path(path).relative_to(FOLDER)))
def test_nothing_is_wrong_with_it(path: str) -> None:
    assert [str(finding) for finding in examine(path).findings] == []


@pytest.mark.parametrize("path", CASSETTES, ids=lambda path: str(Path(path).relative_to(FOLDER)))
def test_its_trace_shows_what_its_name_says(path: str) -> None:
    kinds = iter([event.kind for event in derive(load(path))])

    assert [wanted for wanted in SHOWN.get(Path(path).stem, []) if wanted not in kinds] == []


def test_every_story_is_recorded() -> None:
    assert set(SHOWN) <= {Path(path).stem for path in CASSETTES}
