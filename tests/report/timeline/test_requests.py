"""What a timeline tells of requests: refused ones, faults of the test, and in which order it happened."""

from __future__ import annotations

import re

import pytest

from pytest_qruntime import ServiceError, world
from pytest_qruntime.model import Trace
from pytest_qruntime.report.timeline import Call, Timeline, problem_of
from tests.report.timeline.stage import SECOND_US

CLOSED = "400, code 1217: Session has been closed."


def trace(*rejected: int) -> Trace:
    """A session, and submits to it that were refused at these seconds."""
    made = Trace()
    made.record(0, "workload.opened", "fake_backend", "s", None, {"mode": "dedicated", "max_ttl_s": 60})
    for second in rejected:
        made.record(second * SECOND_US, "request.rejected", None, "s", None, {"operation": "submit", "refusal": "x"})
    return made


def row(text: str, name: str) -> str:
    return next(line for line in text.splitlines() if line.startswith(name))


def test_a_refusal_is_told_once_with_what_the_client_was_told() -> None:
    calls = [
        Call(0, "open"),
        Call(SECOND_US, "submit", workload="s", problem=CLOSED),
    ]
    text = Timeline(trace(1), calls=calls).text()
    assert row(text, "> submit").endswith("R")
    assert "+1s submit (session 1) REFUSED with 400, code 1217: Session has been closed\n" in f"{text}\n"
    assert text.count("REFUSED") == 1
    assert "R refused" in text


def test_what_was_refused_is_told_also_if_the_trace_does_not_know_of_it() -> None:
    calls = [
        Call(SECOND_US, "submit", problem="422, code bad: no"),
        Call(2 * SECOND_US, "read job", True, problem="500"),
    ]
    text = Timeline(Trace(), calls=calls).text()
    assert "+1s submit REFUSED with 422, code bad: no" in text
    assert "+2s read job REFUSED with 500" in text
    assert row(text, "> reads").endswith("R")


def test_the_same_several_times_in_an_instant_is_told_once() -> None:
    text = Timeline(trace(), calls=[Call(SECOND_US, "submit", problem="429")] * 3).text()
    assert "+1s submit REFUSED with 429 (3 times)" in text


def test_a_fault_stands_between_what_was_before_and_what_came_then() -> None:
    made = Trace()
    made.record(0, "workload.opened", "b", "s", None, {"mode": "dedicated"})
    made.record(0, "job.queued", "b", "s", "one", {})
    made.record(0, "job.queued", "b", "s", "two", {})
    calls = [
        Call(0, "open", after=1),
        Call(0, "submit", workload="s", fault="is answered 502", after=2),
        Call(0, "submit", after=3),
    ]
    text = Timeline(made, calls=calls).text()
    told = [line.strip() for line in text.split("\n\n")[1].splitlines()]
    assert told == [
        "+0s session 1 opened; job 1 submitted to session 1",
        "+0s FAULT arranged by the test: submit (session 1) is answered 502",
        "+0s job 2 submitted to session 1",
    ]
    assert row(text, "> submit") == "> submit  *"


def test_requests_that_only_look_share_a_row_at_the_end() -> None:
    calls = [Call(0, "list backends", True), Call(0, "open"), Call(0, "read session", True), Call(9, "close")]
    lines = [line for line in Timeline(trace(), calls=calls).text().splitlines() if line.startswith("> ")]
    assert [line.split()[1] for line in lines] == ["open", "close", "reads"]
    assert lines[-1].split()[2] == "2"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({"errors": [{"code": 1217, "message": "Session has been closed."}]}, CLOSED),
        ({"errors": [{"code": "not_found"}]}, "400, code not_found"),
        ({"errors": []}, "400"),
        ({"errors": ["?"]}, "400"),
        (None, "400"),
        ([1], "400"),
    ],
)
def test_an_error_answer_in_words(document: object, told: str) -> None:
    assert problem_of(400, document) == told


def test_the_fake_tells_what_became_of_its_requests() -> None:
    with world() as qruntime:
        qruntime.fail(503, "submit", after=1, retry_after=20)
        qruntime.fail("slow", "close", delay="3s")
        session = qruntime.session()
        session.run().result()
        with pytest.raises(ServiceError):
            session.run()
        session.close()
        with pytest.raises(ServiceError):
            session.run()
        with pytest.raises(ServiceError):
            qruntime.job("d" * 20)
        assert qruntime.http.post("/v1/jobs", content=b"\xff").status_code == 400
        assert qruntime.http.get("/v1/nowhere").status_code == 404
        text = str(qruntime.timeline())
    words = " ".join(text.split())
    for told in (
        "FAULT arranged by the test: submit (session 1) is answered 503 (Retry-After 20), and the service never saw it",
        "FAULT arranged by the test: close (session 1) -- slow (3s): the answer comes after `delay`",
        "submit (session 1) REFUSED with 400, code 1217: Session has been closed",
        "read job (job dddddddd) REFUSED with 404",
        "submit REFUSED with 400",
        "GET /v1/nowhere REFUSED with 404",
    ):
        assert told in words
    assert re.search(r"^> close +\*$", text, re.MULTILINE)
    assert row(text, "> reads").endswith("R")


def test_it_is_enough_that_a_request_was_refused() -> None:
    with world(plan="open") as qruntime:
        assert str(qruntime.timeline()) == "nothing happened: no session, batch or job"
        with pytest.raises(ServiceError):
            qruntime.session()
        assert "open REFUSED with 400, code 1352" in str(qruntime.timeline())
