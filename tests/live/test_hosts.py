"""A test on a real service: real time, and nothing is left open. The service here is a server of our own in real time,
which is treated as somebody else's: nobody asks its control interface."""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Iterator

import pytest

from pytest_qruntime import ClockError, ConfigurationError, QRuntimeError
from pytest_qruntime.clock import ClockTimeoutError
from pytest_qruntime.clock.real import Real
from pytest_qruntime.live import Target, connected, find
from tests.live.places import SETTINGS, capturing


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


def test_an_instance_of_another_region_is_asked_at_its_host() -> None:
    crn = "crn:v1:bluemix:public:quantum-computing:{}:a/1:2::"
    environ = {"QISKIT_IBM_TOKEN": "a-key-that-nobody-has", "QISKIT_IBM_INSTANCE": crn.format("us-east")}
    with connected(find(None, environ), label="t", settings=SETTINGS) as qruntime:
        assert str(qruntime.http.base_url) == "https://quantum.cloud.ibm.com/api/"
        assert str(qruntime._client(crn.format("eu-de")).base_url) == "https://eu-de.quantum.cloud.ibm.com/api/"
