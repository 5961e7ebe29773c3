"""A sweep that opens a new session when the maximum time is reached in the middle, tested.

`reopen.py` meets the end of its session in two ways. A job that it submits later is refused with code 1217. A job that
is still queued at that moment is lost: it fails with code 4001. On the real service the second needs hours in which a
session loses its turn to other users; here it is three lines, and the virtual hours cost milliseconds.
`reopen_loses.py` knows only the first way; `tests/examples/test_planted_bugs.py` runs this file against it, and it
fails.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from pytest_qruntime import QRuntime
from reopen import Sweep

CIRCUIT = 'OPENQASM 3.0; include "stdgates.inc"; qubit[1] q; h q[0];'
POINT = [CIRCUIT, "Z"]


@pytest.fixture
def sweep(qruntime: QRuntime) -> Sweep:
    return Sweep(qruntime.http, "fake_backend", max_time=600)


def test_a_short_sweep_needs_one_session(qruntime: QRuntime, sweep: Sweep) -> None:
    assert len(sweep.run([POINT] * 5)) == 5
    assert [session.status() for session in qruntime.workloads()] == ["Closed"]


def test_a_session_that_ran_out_of_time_between_two_jobs_is_replaced(qruntime: QRuntime, sweep: Sweep) -> None:
    def points() -> Iterator[list[str]]:
        for _ in range(3):
            yield POINT
            time.sleep(11 * 60)  # the user's own computing, longer than the session lives

    assert len(sweep.run(points())) == 3
    assert len(qruntime.workloads()) == 3


@pytest.mark.qruntime(lanes=1)
def test_a_job_that_was_lost_with_its_session_is_submitted_again(qruntime: QRuntime, sweep: Sweep) -> None:
    def points() -> Iterator[list[str]]:
        yield POINT
        time.sleep(5 * 60)  # long enough for the session to lose its turn: the next job queues behind ...
        qruntime.other_users(quantum="1h")
        yield POINT  # ... somebody who takes longer than the session has left

    answered = len(sweep.run(points()))
    lost = [job for job in qruntime.jobs() if job.status() == "ERROR"]
    assert answered == 2, f"2 points were asked for and {answered} answered; lost and not resubmitted: {lost}"
    assert [job.details()["state"]["reason_code"] for job in lost] == [4001]


def test_an_error_of_the_job_itself_is_not_tried_for_ever(qruntime: QRuntime, sweep: Sweep) -> None:
    with pytest.raises(RuntimeError, match="pub 0"):
        sweep.run([[CIRCUIT, "ZZ"]])
    assert len(qruntime.jobs()) == 1
    assert [session.status() for session in qruntime.workloads()] == ["Closed"]


def test_no_session_is_left_open(qruntime: QRuntime, sweep: Sweep) -> None:
    sweep.run([POINT])
    assert [session.status() for session in qruntime.workloads()] == ["Closed"]
