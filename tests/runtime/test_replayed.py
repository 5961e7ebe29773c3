"""A recording in the place of the fake: the same handles, the same clock, the same answers."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from dataclasses import replace
from typing import Any

import httpx
import pytest
import requests

from pytest_qruntime import NothingPendingError, QRuntime, ServiceError
from pytest_qruntime.cassette.replay import UnexpectedRequestError
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.model.trace import JOB_QUEUED
from pytest_qruntime.runtime.replayed import ReplayedRuntime
from pytest_qruntime.runtime.surface import SourceError, Surface
from tests.lingering import forget_other_threads
from tests.runtime.recordings import ended_after, left, recorded, replayed

JOBS = "https://quantum.cloud.ibm.com/api/v1/jobs"


def two_jobs(qruntime: Surface) -> Any:
    """A session with two jobs, from its opening to its end."""
    with qruntime.session(max_time="2h") as session:
        jobs = [session.run(tags=[f"job-{number}"]) for number in range(2)]
        results = [job.result() for job in jobs]
    batch = qruntime.batch()
    batch.close()
    return (
        results,
        [job.usage() for job in jobs],
        session.status(),
        [type(one).__name__ for one in qruntime.workloads()],
        [job.job_id() for job in qruntime.jobs()],
        qruntime.clock.now(),
    )


def hours(qruntime: QRuntime) -> None:
    qruntime.next_jobs(None, classical="10m", quantum="20m")


def test_a_test_sees_on_its_recording_what_it_saw_when_it_was_recorded() -> None:
    seen, tape = recorded(two_jobs, prepare=hours)
    again, runtime = replayed(two_jobs, tape)
    assert again == seen
    assert left(runtime) == []
    assert runtime.source == "cassette"


def test_each_replay_begins_anew() -> None:
    seen, tape = recorded(two_jobs, prepare=hours)
    assert [replayed(two_jobs, tape)[0] for _ in range(2)] == [seen, seen]


def test_what_a_run_did_is_told_of_that_run_alone() -> None:
    def half(qruntime: Surface) -> Any:
        return qruntime.session(max_time="2h").session_id

    _, tape = recorded(two_jobs, prepare=hours)
    session_id, runtime = replayed(half, tape)
    assert [one.session_id for one in runtime.workloads()] == [session_id]
    assert runtime.jobs() == []


def test_what_code_opens_by_itself_is_told_too() -> None:
    def own_client(qruntime: Surface) -> Any:
        headers = {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": qruntime.crn}
        body = {"mode": "batch", "backend": qruntime.default_backend}
        first = httpx.post(f"{qruntime.base_url}/v1/sessions", json=body, headers=headers).json()["id"]
        second = requests.post(f"{qruntime.base_url}/v1/sessions", json=body, headers=headers, timeout=5).json()["id"]
        assert [one.session_id for one in qruntime.workloads()] == [first, second]
        qruntime.workloads()[1].close()
        return first, second

    seen, tape = recorded(own_client)
    again, runtime = replayed(own_client, tape)
    assert (again, left(runtime)) == (seen, [])


def test_a_job_that_the_code_submitted_has_a_handle() -> None:
    def by_id(qruntime: Surface) -> Any:
        job = qruntime.job(qruntime.run().job_id())
        return job.result()

    seen, tape = recorded(by_id)
    assert replayed(by_id, tape)[0] == seen


def test_errors_of_the_service_are_recorded_like_any_answer() -> None:
    def refused(qruntime: Surface) -> Any:
        with pytest.raises(ServiceError) as caught:
            qruntime.session()
        return caught.value.status, caught.value.code

    seen, tape = recorded(refused, plan="open")
    assert replayed(refused, tape)[0] == seen


def test_sleeping_and_looking_shows_what_it_showed() -> None:
    def looks(qruntime: Surface) -> Any:
        job = qruntime.run()
        seen = []
        for _ in range(5):
            seen.append((qruntime.clock.now(), job.status()))
            time.sleep(600)
        return seen

    seen, tape = recorded(looks, prepare=hours)
    assert replayed(looks, tape)[0] == seen
    assert [status for _, status in seen] == ["RUNNING", "RUNNING", "RUNNING", "DONE", "DONE"]


@pytest.mark.parametrize(
    "name",
    [
        "world",
        "service",
        "policy",
        "plan",
        "backend",
        "maintenance",
        "calibrate",
        "instance",
        "instances",
        "next_jobs",
        "other_users",
    ],
)
def test_what_a_recording_cannot_know_is_said_to_be_the_fakes(name: str) -> None:
    assert hasattr(QRuntime, name) or name in ("world", "service")

    def asks(qruntime: Surface) -> None:
        assert not hasattr(qruntime, name)
        with pytest.raises(SourceError, match=rf"qruntime\.{name} .*this test is on a recording.*source='fake'"):
            getattr(qruntime, name)

    _, tape = recorded(lambda qruntime: qruntime.session().session_id)
    replayed(asks, tape)


def test_a_name_that_there_is_nowhere_is_no_such_name() -> None:
    _, tape = recorded(lambda qruntime: qruntime.session().session_id)

    def asks(qruntime: Surface) -> None:
        with pytest.raises(AttributeError, match="'ReplayedRuntime' object has no attribute 'sesion'"):
            getattr(qruntime, "sesion")  # noqa: B009

    replayed(asks, tape)


def test_a_request_that_was_not_recorded_says_what_comes_next() -> None:
    _, tape = recorded(lambda qruntime: qruntime.session(max_time="2h").session_id)

    def other(qruntime: Surface) -> None:
        with pytest.raises(UnexpectedRequestError, match='"max_ttl": 7200') as caught:
            qruntime.session(max_time="3h")
        assert "Expected next: POST https://quantum.cloud.ibm.com/api/v1/sessions" in str(caught.value)

    _, runtime = replayed(other, tape)
    assert [request.path for request in runtime.deck.unmatched] == ["/api/v1/sessions"]


def test_a_wait_for_which_the_recording_is_too_short_says_so_at_once() -> None:
    _, tape = recorded(lambda qruntime: qruntime.run().result(), prepare=hours)

    def waits(qruntime: Surface) -> None:
        job = qruntime.run()
        with pytest.raises(NothingPendingError, match="either it ends before the job does") as caught:
            job.wait_for_final_state()
        assert "Expected next: no request that changes anything" in str(caught.value)

    replayed(waits, ended_after(tape, 700))


def test_looking_again_past_the_end_of_the_recording_is_an_error() -> None:
    _, tape = recorded(lambda qruntime: qruntime.run().status(), prepare=hours)

    def looks(qruntime: Surface) -> None:
        job = qruntime.run()
        qruntime.clock.tick("1h")
        assert job.status() == "RUNNING"
        qruntime.clock.tick("1h")
        with pytest.raises(UnexpectedRequestError, match="what came after the end of the recording"):
            job.status()

    replayed(looks, tape)


def test_tokens_are_valid_whenever_they_are_given() -> None:
    _, tape = recorded(lambda qruntime: qruntime.http.get("/v1/backends").status_code)

    def expiries(qruntime: Surface) -> Any:
        found = []
        for _ in range(4):
            sent = qruntime.http.get("/v1/backends").request.headers["Authorization"].removeprefix("Bearer ")
            now_s = qruntime.clock.unix_us // 1_000_000
            found.append((expires_s(sent) - now_s, expires_s(qruntime.token) - now_s))
            qruntime.clock.tick("40m")
        return found

    assert replayed(expiries, tape)[0] == [(3600, 3600), (1200, 3600), (3600, 3600), (1200, 3600)]


def expires_s(token: str) -> int:
    claims = token.split(".")[1]
    return int(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"])


def test_the_trace_has_what_the_code_saw() -> None:
    seen, tape = recorded(two_jobs, prepare=hours)
    _, runtime = replayed(two_jobs, tape)
    submitted = [event.job for event in runtime.trace if event.kind == JOB_QUEUED]
    assert submitted == seen[4]


def test_the_backend_of_those_who_name_none_is_that_of_the_recording() -> None:
    _, tape = recorded(two_jobs, prepare=hours, backend="ibm_fez")
    assert replayed(two_jobs, tape)[1].default_backend == "ibm_fez"


def of(tape: Tape, service: str, **settings: Any) -> Tape:
    """A recording of another service, with what its world was made of."""
    assert tape.provenance is not None
    return replace(tape, provenance=replace(tape.provenance, service=service, settings=settings or {"lanes": 1}))


def test_the_backend_that_was_decided_comes_before_the_first_that_was_named() -> None:
    _, tape = recorded(lambda qruntime: qruntime.run(backend="ibm_fez").job_id(), prepare=fez)
    assert ReplayedRuntime(of(tape, "unknown")).default_backend == "ibm_fez"
    assert ReplayedRuntime(of(tape, "unknown", backend="ibm_kyiv")).default_backend == "ibm_kyiv"
    assert ReplayedRuntime(of(tape, "pytest-qruntime", backend="ibm_kyiv")).default_backend == "ibm_kyiv"
    assert ReplayedRuntime(of(tape, "pytest-qruntime")).default_backend == "fake_backend"


def fez(qruntime: QRuntime) -> None:
    qruntime.backend("ibm_fez")


def test_the_instance_is_the_one_in_which_something_was_created() -> None:
    def two(qruntime: QRuntime) -> None:
        qruntime.instance("other", region="eu-de")

    def story(qruntime: Any) -> Any:
        other = qruntime.instances[1]
        headers = {"Authorization": f"Bearer {qruntime.token}", "Service-CRN": other.crn}
        assert qruntime.http.get("/v1/backends").status_code == 200
        body = {"mode": "batch", "backend": "fake_backend"}
        return httpx.post(f"{other.base_url}/v1/sessions", json=body, headers=headers).json()["id"]

    seen, tape = recorded(story, prepare=two)
    runtime = ReplayedRuntime(tape)
    assert ":eu-de:" in runtime.crn
    assert runtime.base_url == "https://eu-de.quantum.cloud.ibm.com/api"
    assert replayed(lambda qruntime: qruntime.batch().session_id, tape)[0] == seen


def test_a_hopeless_wait_lets_no_time_pass_while_others_have_news(monkeypatch: pytest.MonkeyPatch) -> None:
    def story(qruntime: Surface) -> None:
        first, second = qruntime.run(tags=["first"]), qruntime.run(tags=["second"])
        assert first.status() == "RUNNING"
        second.result()

    _, tape = recorded(story, prepare=hours)
    forget_other_threads(monkeypatch)

    def waits(qruntime: Surface) -> None:
        first = qruntime.run(tags=["first"])
        qruntime.run(tags=["second"])
        with pytest.raises(NothingPendingError, match="a client waits for job"):
            first.wait_for_final_state()
        assert qruntime.clock.world.now_us == 0
        assert qruntime.clock.pending()

    replayed(waits, tape)


def test_a_wait_asks_when_there_is_news_of_its_own_job_alone() -> None:
    def story(qruntime: Surface) -> None:
        jobs = [qruntime.run(tags=[str(number)]) for number in range(5)]
        while {job.status() for job in jobs} != {"DONE"}:
            time.sleep(60)

    def waits(qruntime: Surface) -> int:
        jobs = [qruntime.run(tags=[str(number)]) for number in range(5)]
        jobs[-1].wait_for_final_state()
        assert isinstance(qruntime, ReplayedRuntime)
        return len([one for one in qruntime.account.observed.exchanges if one.method == "GET"])

    _, tape = recorded(story, prepare=hours)
    assert replayed(waits, tape)[0] <= 3


def test_jobs_of_which_the_recording_does_not_speak_are_not_its_own() -> None:
    job_id, tape = recorded(lambda qruntime: qruntime.run().job_id())
    runtime = ReplayedRuntime(tape)
    assert runtime.news.of(job_id) is not None
    assert runtime.news.of("another") is None
