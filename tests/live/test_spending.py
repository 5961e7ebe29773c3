"""The budget of a run: what sessions and jobs used on services counts, and ends what could cost more."""

from __future__ import annotations

import json
import time

import pytest

from pytest_qruntime.client import ServiceError
from pytest_qruntime.live import BudgetExceededError, Journal, Meter, Target, connected
from pytest_qruntime.live.api import Api
from pytest_qruntime.live.quiet import Answer
from pytest_qruntime.live.tokens import Tokens
from tests.live.places import SETTINGS, capturing, pass_time


def test_beyond_the_budget_nothing_more_is_sent_and_what_is_open_is_closed(slow_host: Target, journal: Journal) -> None:
    host, meter = slow_host, Meter(budget_s=15)
    with connected(host, label="t", settings=SETTINGS, journal=journal, meter=meter) as qruntime, capturing(qruntime):
        session = qruntime.session()
        alone, inside = qruntime.run(), session.run()
        pass_time(host, "12s")
        assert 10 <= meter.used_s() < 15
        batch = qruntime.batch()  # there is something left
        pass_time(host, "1m")
        for spend in (qruntime.run, qruntime.session, session.run):
            with pytest.raises(BudgetExceededError, match="and 15 s were granted; nothing more is sent"):
                spend()
        assert journal.entries == []
        assert [session.status(), batch.status()] == ["Closed", "Closed"]
        assert [alone.status(), inside.status()] == ["DONE", "DONE"]  # to ask is free
        session.close()  # and so is to close, or to cancel
        with pytest.raises(ServiceError, match=r"409|final|terminal"):
            alone.cancel()
        assert len(qruntime.jobs()) == 2
    assert meter.used_s() >= 20


def test_the_jobs_of_a_session_count_once(slow_host: Target) -> None:
    meter = Meter()
    with connected(slow_host, label="t", settings=SETTINGS, meter=meter) as qruntime, capturing(qruntime):
        batch = qruntime.batch()
        for _ in range(3):
            batch.run()
        pass_time(slow_host, "10m")
        assert meter.used_s() == batch.usage() == 30


def test_a_budget_counts_over_several_tests(slow_host: Target, own: Target) -> None:
    meter = Meter(budget_s=15)
    for target in (slow_host, own):
        with connected(target, label="t", settings=SETTINGS, meter=meter) as qruntime, capturing(qruntime):
            job = qruntime.run()
            if target is slow_host:
                pass_time(slow_host, "1m")
            job.wait_for_final_state()
    assert meter.used_s() > 10


def test_without_a_recording_nothing_is_counted_and_nothing_journalled(host: Target, journal: Journal) -> None:
    with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime:
        qruntime.session().close()
        assert (journal.entries, qruntime.workloads()) == ([], [])


@pytest.mark.parametrize("usage", [{"quantum_seconds": 7}, {"qpu_charge_time_seconds": 7, "quantum_seconds": 9}])
def test_usage_is_read_under_its_new_name_or_the_old_one(
    monkeypatch: pytest.MonkeyPatch, usage: dict[str, int]
) -> None:
    answers = {
        "/v1/jobs/j?exclude_params=true": {"state": {"status": "Completed"}},
        "/v1/jobs/j/metrics": {"usage": usage},
    }
    monkeypatch.setattr(Api, "_ask", lambda self, method, path: Answer(200, json.dumps(answers[path]).encode()))
    tokens = Tokens("https://iam.example.org", "key", time.monotonic)
    assert Api("https://example.org", "crn", "key", tokens).job_usage_s("j") == (7.0, True)
