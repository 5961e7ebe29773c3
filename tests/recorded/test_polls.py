"""The recordings replay for a program that looks ten times more often, or ten times less often, than the one before it.

Both cassettes were recorded with a look at the session every minute.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from qiskit_ibm_runtime import QiskitRuntimeService, Session

from pytest_qruntime.cassette.files import load
from pytest_qruntime.runtime.replayed import replaying

CASSETTES = Path(__file__).parents[2] / "cassettes"
HALF_AN_HOUR_LATER = "2026-01-15T12:30:00+00:00"

intervals = pytest.mark.parametrize(("interval_s", "expected"), [(6, 300), (60, 30), (600, 3)])


@intervals
def test_a_session_over_httpx_closes_when_it_did(interval_s: float, expected: int) -> None:
    with replaying(load(CASSETTES / "httpx" / "unused_session.yaml"), label="a test") as replay:
        session = replay.session()
        looks = 0
        while session.status() != "Closed":
            time.sleep(interval_s)
            looks += 1
        assert (looks, session.usage()) == (expected, 0)
        assert replay.clock.now().isoformat() == HALF_AN_HOUR_LATER


@intervals
def test_a_session_of_the_real_client_closes_when_it_did(interval_s: float, expected: int) -> None:
    with replaying(load(CASSETTES / "client" / "unused_session.yaml"), label="a test") as replay:
        session = Session(QiskitRuntimeService().backend("fake_manila"))
        looks = 0
        while session.status() != "Closed":
            time.sleep(interval_s)
            looks += 1
        assert (looks, session.usage()) == (expected, 0)
        assert replay.clock.now().isoformat() == HALF_AN_HOUR_LATER
