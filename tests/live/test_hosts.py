"""A test on a real service: real time, and nothing is left open. The service here is a server of our own in real time,
which is treated as somebody else's: nobody asks its control interface."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_qruntime import ClockError, ConfigurationError, QRuntimeError
from pytest_qruntime.cassette.capture import Capture
from pytest_qruntime.client import ServiceError
from pytest_qruntime.clock import ClockTimeoutError
from pytest_qruntime.clock.real import Real
from pytest_qruntime.live import BudgetExceededError, Journal, LiveRuntime, Meter, Target, connected
from pytest_qruntime.live.api import Api
from pytest_qruntime.live.journal import FOLDER
from pytest_qruntime.live.quiet import Answer
from tests.live.places import as_a_host, control

SETTINGS = {"backend": "fake_backend"}


@pytest.fixture
def host(real_time_url: str) -> Target:
    """A world of its own for each test, whose jobs are over at once."""
    number = control(real_time_url, "/worlds", time="real", own_account=True)["world"]
    jobs_take(real_time_url, number, quantum=0.0)
    return as_a_host(real_time_url, number)


def jobs_take(url: str, number: str, *, quantum: float) -> None:
    control(url, f"/worlds/{number}/next-jobs", times=None, classical=0, quantum=quantum)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    journal = Journal(tmp_path / FOLDER)
    yield journal
    journal.end()


def capturing(runtime: LiveRuntime) -> Capture:
    """What recording does with a live service."""
    target = runtime.target
    return Capture(canonical=target.canonical, service=target.service, before=runtime.before, after=runtime.observe)


def state_of(host: Target, session_id: str) -> str:
    """The state of a session, asked by somebody else."""
    with connected(host, label="a look", settings={}) as qruntime:
        return str(qruntime.http.get(f"/v1/sessions/{session_id}").json()["state"])


def test_sessions_and_jobs_work_and_are_told_of_as_they_are_seen(host: Target) -> None:
    with connected(host, label="t", settings=SETTINGS) as qruntime, capturing(qruntime) as capture:
        assert (qruntime.source, qruntime.base_url, qruntime.crn) == ("live", host.url, host.crn)
        assert qruntime.known == host.known
        assert repr(qruntime).startswith("<LiveRuntime of unknown, <Clock at ")
        with pytest.raises(QRuntimeError, match=r"qruntime\.policy"):
            qruntime.policy  # type: ignore[attr-defined]  # noqa: B018
        with qruntime.session() as session:
            job = session.run()
            assert "results" in job.result()
        assert [one.session_id for one in qruntime.workloads()] == [session.session_id]
        assert [one.job_id() for one in qruntime.jobs()] == [job.job_id()]
        assert qruntime.job(job.job_id()).status() == "DONE"
        assert {event.kind for event in qruntime.trace} >= {"workload.opened", "job.completed"}
        recorded = capture.tape().exchanges
    assert {exchange.url.partition("/v1")[0] for exchange in recorded} == {"https://quantum.cloud.ibm.com/api"}
    assert not [exchange for exchange in recorded if "identity" in exchange.url]  # tokens came by another way


class Passing:
    """Real time that passes at once when somebody sleeps in it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.slept_s = 0.0
        monotonic = Real.monotonic
        monkeypatch.setattr(Real, "sleep", self._sleep)
        monkeypatch.setattr(Real, "monotonic", staticmethod(lambda: monotonic() + self.slept_s))

    def _sleep(self, seconds: float) -> None:
        self.slept_s += seconds

    def since(self, before_s: float) -> int:
        """Whole seconds that were slept since then; what the test itself takes is not slept."""
        return math.ceil(self.slept_s - before_s)


@pytest.fixture(params=[False, True], ids=["alone", "with a thread"])
def passing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Passing]:
    """With another thread that is blocked, or without one."""
    over = threading.Event()
    thread = threading.Thread(target=over.wait, daemon=True)
    if request.param:
        thread.start()
    yield Passing(monkeypatch)
    over.set()
    if request.param:
        thread.join()


def test_time_is_real_and_moving_it_is_sleeping(host: Target, passing: Passing) -> None:
    with connected(host, label="t", settings=SETTINGS) as qruntime:
        clock, real_sleep = qruntime.clock, time.sleep
        assert abs(clock.now().timestamp() - time.time()) < 60
        assert (time.sleep, clock.held, clock.pending()) == (real_sleep, False, [])
        clock.tick("25m")
        assert passing.since(0) == 1500
        clock.tick(0)
        clock.move_to(clock.now())
        assert passing.since(0) == 1500
        clock.sleep("2m")
        assert passing.since(0) == 1620
        with pytest.raises(ClockError, match="the clock only goes forward"):
            clock.move_to("2020-01-01T00:00:00Z")


def test_whoever_waits_in_real_time_looks_every_second(host: Target, passing: Passing) -> None:
    with connected(host, label="t", settings=SETTINGS) as qruntime:
        looks = iter([False, False, False, True])
        qruntime.clock.run_until(lambda: next(looks))
        assert passing.since(0) == 3
        with pytest.raises(ClockTimeoutError):
            qruntime.clock.run_until(lambda: False, timeout=2.5)
        assert 5 <= passing.slept_s <= 5.5
        looks = iter([False, False, True])
        qruntime.clock.wait_for_event(over=lambda: next(looks))
        assert 8 <= passing.slept_s <= 8.5


def test_a_real_service_needs_the_name_of_a_backend(host: Target) -> None:
    with connected(host, label="t", settings={}) as qruntime:
        with pytest.raises(ConfigurationError, match="no backend was named, and a real service has no default one"):
            qruntime.session()
        assert qruntime.session("fake_backend").status() == "Pending"


def test_the_client_is_told_the_account_and_the_variables_are_put_back(host: Target) -> None:
    before = dict(os.environ)
    with connected(host, label="t", settings={}):
        assert os.environ["QISKIT_IBM_TOKEN"] == host.api_key
        assert os.environ["QISKIT_IBM_INSTANCE"] == host.crn
        assert os.environ["QISKIT_IBM_URL"] == host.client_url
    assert dict(os.environ) == before


# -- nothing stays open -----------------------------------------------------------------------------------------------


def test_what_a_test_left_open_is_closed(host: Target, journal: Journal) -> None:
    opened: list[str] = []

    def interrupted() -> None:
        with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime, capturing(qruntime):
            opened.append(qruntime.session().session_id)
            opened.append(qruntime.batch().session_id)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert [state_of(host, one) for one in opened] == ["closed", "closed"]
    assert journal.entries == []


def test_what_cannot_be_closed_is_told_and_stays_in_the_journal(
    host: Target, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []

    def left_open() -> None:
        with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime, capturing(qruntime):
            opened.append(qruntime.session().session_id)
            monkeypatch.setattr(Api, "_ask", lambda *_: Answer(503, b""))

    with pytest.warns(UserWarning, match="may still be open: .*status 503, code none. Close it with `qruntime rescue`"):
        left_open()
    assert [(entry.session, entry.test) for entry in journal.entries] == [(opened[0], "t")]


def test_the_journal_has_a_session_before_the_test_has_its_id(
    host: Target, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_disk: list[str] = []

    def noting(runtime: LiveRuntime) -> Capture:
        def after(exchange: Any) -> None:
            runtime.observe(exchange)
            on_disk.extend(path.read_text(encoding="utf-8") for path in journal.folder.glob("*.jsonl"))

        return Capture(canonical=host.canonical, service=host.service, before=runtime.before, after=after)

    with connected(host, label="tests/t.py::t", settings=SETTINGS, journal=journal) as qruntime, noting(qruntime):
        session = qruntime.session().session_id
    assert session in on_disk[0]
    assert "tests/t.py::t" in on_disk[0]
    for secret in (host.crn, host.api_key, host.crn.split(":")[7], str(tmp_path)):
        assert secret not in on_disk[0]


def test_a_journal_that_cannot_be_written_ends_it_before_the_session_is_used(host: Target, tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("a file where the folder should be")
    journal = Journal(tmp_path / "occupied")
    with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime, capturing(qruntime):
        with pytest.raises(Exception, match="was opened and is closed again: the journal in occupied cannot be"):
            qruntime.session()
        session = qruntime.http.get("/v1/workloads").json()["workloads"][0]
    assert session["status"] == "canceled" or state_of(host, session["id"]) == "closed"


@pytest.mark.parametrize("way", ["close", "cancel", "look"])
def test_what_the_test_closed_itself_is_not_in_the_journal_any_more(host: Target, journal: Journal, way: str) -> None:
    with connected(host, label="t", settings=SETTINGS, journal=journal) as qruntime, capturing(qruntime):
        session = qruntime.session()
        assert [entry.session for entry in journal.entries] == [session.session_id]
        if way == "look":
            qruntime._way.api.close(session.session_id)
            session.status()
        else:
            getattr(session, way)()
        assert journal.entries == []


def test_threads_that_change_something_come_one_by_one(host: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a world's clock two of them may do so at one and the same instant; the clock decides who is first."""
    with connected(host, label="t", settings=SETTINGS) as qruntime:
        turns: list[str] = []
        asked = ""
        monkeypatch.setattr(qruntime.clock, "take_turn", lambda: turns.append(asked))
        for asked in (
            "GET /api/v1/jobs",
            "POST /api/v1/jobs",
            "PATCH /api/v1/sessions/x",
            "DELETE /api/v1/jobs/x",
            "POST /iam/identity/token",
            "POST /elsewhere",
        ):
            method, _, path = asked.partition(" ")
            qruntime.before(method, host.url.removesuffix("/api") + path)
    assert turns == ["POST /api/v1/jobs", "PATCH /api/v1/sessions/x", "DELETE /api/v1/jobs/x"]


# -- the budget -------------------------------------------------------------------------------------------------------


@pytest.fixture
def slow_host(real_time_url: str) -> Target:
    """A service whose jobs take ten seconds of QPU time, which pass when the test says so."""
    number = control(real_time_url, "/worlds", time="manual", own_account=True)["world"]
    jobs_take(real_time_url, number, quantum=10)
    return as_a_host(real_time_url, number)


def pass_time(host: Target, by: str) -> None:
    root = host.url.removesuffix("/api")
    number = next(one["world"] for one in control(root, "/worlds")["worlds"] if one["crn"] == host.crn)
    control(root, f"/worlds/{number}/time", advance_by=by)


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
