"""What a test arranges for later: at an instant, and just before a request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pytest_qruntime import ClockError, ConfigurationError, Durations, NothingPendingError, QRuntime, ServiceError
from pytest_qruntime.runtime import SourceError
from pytest_qruntime.runtime.surface import Surface
from tests.runtime.recordings import recorded, replayed


# -- at an instant -----------------------------------------------------------------------------------------------------
def test_what_is_arranged_happens_when_it_is_time(qruntime: QRuntime) -> None:
    happened: list[int] = []
    qruntime.at("10m", lambda: happened.append(qruntime.world.now_us))
    assert [str(due.text) for due in qruntime.clock.pending()] == ["does what the test has arranged"]
    qruntime.clock.tick("1h")
    assert happened == [600_000_000]


def test_the_network_goes_down_in_the_middle_of_a_job(qruntime: QRuntime) -> None:
    qruntime.next_jobs(classical=0, quantum="20m")
    qruntime.at("10m", lambda: qruntime.fail("refused", lasting="5m"))
    job = qruntime.run()
    qruntime.clock.tick("12m")
    with pytest.raises(httpx.ConnectError):
        job.status()
    qruntime.clock.tick("3m")
    assert job.status() == "RUNNING"


def test_a_backend_goes_in_the_middle_of_a_session_and_comes_back(qruntime: QRuntime) -> None:
    qruntime.next_jobs(times=None, classical=0, quantum="60s")
    with qruntime.session() as session:
        session.run().result()
        backend = qruntime.backend()
        backend.set_status("offline")
        qruntime.at("2h", lambda: backend.set_status("online"))
        session.run().result()
    assert qruntime.world.now_us == (60 + 7200 + 60) * 1_000_000


def test_a_wait_for_a_backend_that_stays_away_is_still_hopeless(qruntime: QRuntime) -> None:
    job = qruntime.run(shots=1)
    qruntime.backend().set_status("offline")
    late = qruntime.run()
    qruntime.at("2h", lambda: None)
    job.result()
    with pytest.raises(NothingPendingError, match="is offline"):
        late.result()
    assert qruntime.world.now_us == 7_200_000_000


def test_the_queue_grows_while_a_job_waits(qruntime: QRuntime) -> None:
    qruntime.next_jobs(classical=0, quantum="60s")
    qruntime.other_users(5, quantum="1h", after="30s")
    with qruntime.session() as session:
        session.run().result()
        qruntime.clock.tick("2m")
        assert session.run().status() == "QUEUED"


def test_what_is_arranged_cannot_move_time(qruntime: QRuntime) -> None:
    qruntime.at("10m", lambda: qruntime.clock.tick("1m"))
    with pytest.raises(ClockError, match=r"what qruntime\.at arranged has moved time"):
        qruntime.clock.tick("20m")


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda q: q.at("10m", "go offline"), "what happens is 'go offline'; expected a function"),
        (lambda q: q.at("soon", print), "'soon' cannot be used as after"),
        (lambda q: q.before("submit", "go offline"), "what happens is 'go offline'; expected a function"),
        (lambda q: q.before("sumbit", print), "did you mean 'submit'"),
        (lambda q: q.before("submit", print, times=0), "times is 0"),
        (lambda q: q.before("submit", print, nth=0), "nth is 0"),
        (lambda q: q.limit_usage(-1), "-1 cannot be used as limit"),
        (lambda q: q.limit_usage("100ms"), "expected whole seconds"),
    ],
)
def test_what_cannot_be_arranged_is_told_at_once(qruntime: QRuntime, act: Callable[[Any], None], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        act(qruntime)


# -- how much may be used ----------------------------------------------------------------------------------------------
def test_the_quota_runs_out_between_two_submits(qruntime: QRuntime) -> None:
    """On a plan that is paid, active sessions go on, and other work waits (PLN-04)."""
    qruntime.next_jobs(times=None, classical=0, quantum="60s")
    qruntime.before("submit", lambda: qruntime.limit_usage(0), nth=2)
    qruntime.run().result()
    waiting = qruntime.run()
    qruntime.clock.tick("1h")
    assert waiting.status() == "QUEUED"
    qruntime.limit_usage(None)
    assert waiting.result() is not None


@pytest.mark.qruntime(plan="open")
def test_on_the_open_plan_the_submit_is_refused(qruntime: QRuntime) -> None:
    qruntime.limit_usage(0, after="1m")
    qruntime.run()
    qruntime.clock.tick("1m")
    with pytest.raises(ServiceError) as caught:
        qruntime.run()
    assert (caught.value.status, caught.value.code) == (409, 4317)


# -- just before and after a request -----------------------------------------------------------------------------------
def test_time_passes_after_a_request(qruntime: QRuntime) -> None:
    """The code under test computes for a long time, and its session is no more."""
    session = qruntime.session(max_time="1h")
    qruntime.after("submit", lambda: qruntime.clock.tick("1h"), nth=2)
    session.run()
    session.run()
    with pytest.raises(ServiceError) as caught:
        session.run()
    assert caught.value.code == 1217


def test_it_happens_as_often_as_it_is_told(qruntime: QRuntime) -> None:
    happened: list[str] = []
    once = qruntime.before("submit", lambda: happened.append("once"))
    always = qruntime.before(None, lambda: happened.append("always"), times=None, method="POST", path="/v1/jobs")
    for _ in range(3):
        qruntime.run()
    always.stop()
    qruntime.run()
    qruntime.after("submit", lambda: happened.append("after"), times=2)
    qruntime.fail(503, "submit", times=2)
    for _ in range(3):
        qruntime.http.post("/v1/jobs")
    assert happened == ["once", "always", "always", "always", "after", "after"]
    assert (once.count, always.count) == (1, 3)


def test_what_happens_may_ask_the_service_itself(qruntime: QRuntime) -> None:
    qruntime.before("submit", qruntime.run)
    qruntime.run()
    assert len(qruntime.jobs()) == 2


def test_a_fault_can_be_arranged_there(qruntime: QRuntime) -> None:
    qruntime.before("submit", lambda: qruntime.fail(503), nth=2)
    qruntime.run()
    with pytest.raises(ServiceError, match="HTTP 503"):
        qruntime.run()


# -- other sources -----------------------------------------------------------------------------------------------------
def story(qruntime: Surface) -> list[str]:
    with qruntime.session() as session:
        session.run(tags=["a"]).result()
    return [str(one) for one in qruntime.requests]


def test_a_recording_has_a_journal_of_its_own() -> None:
    def durations(_: object) -> Durations:
        return Durations.of(0, 60)

    seen, tape = recorded(story, durations=durations)
    found, runtime = replayed(story, tape)
    assert [line.partition("[")[2] for line in seen] == [line.partition("[")[2] for line in found]
    assert [line.partition("[")[2] for line in found] == [
        "open] -> 200",
        "submit] -> 200",
        "read job] -> 200",
        "read job] -> 200",
        "read job] -> 200",
        "results] -> 200",
        "close] -> 204",
    ]
    submitted = runtime.requests.where("submit").one()
    assert submitted.json["tags"] == ["a"]
    assert submitted.client == "httpx"
    assert (runtime.requests[-1].at - submitted.at).total_seconds() == 60


@pytest.mark.parametrize("name", ["fail", "before", "after", "at", "limit_usage", "play", "network"])
def test_what_only_the_fake_can_do_is_told_on_a_recording(name: str) -> None:
    _, tape = recorded(story)

    def act(qruntime: Surface) -> None:
        with pytest.raises(SourceError, match=f"qruntime.{name} .* this test is on a recording"):
            getattr(qruntime, name)

    replayed(act, tape)
