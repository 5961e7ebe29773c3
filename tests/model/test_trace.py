"""The trace: every change is an event, and a refused request names what it was about."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from pytest_qruntime.model import JobRequest, RefusedError, Trace
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.job import Job
from pytest_qruntime.model.workload import Workload
from tests.model.timeline import J, Timeline

Ask = Callable[[Timeline, Workload, Job], object]


def test_every_kind_is_listed() -> None:
    constants = {value for name, value in vars(kinds).items() if name.isupper() and isinstance(value, str)}
    assert set(kinds.KINDS) == constants
    assert len(set(kinds.KINDS)) == len(kinds.KINDS)


def test_new_tags_are_an_event() -> None:
    """PLN-10"""
    t = Timeline()
    b = t.batch()
    j = t.submit(b, J(10, 5), tags=("old",))
    t.at(3).world.replace_tags(j.id, ["new", "newer"])
    event = t.world.trace[-1]
    assert event[:5] == (3_000_000, "job.tagged", "fake_backend", b.id, j.id)
    assert json.loads(event.to_json())["data"] == {"tags": ["new", "newer"]}


def _final(t: Timeline, job: Job) -> str:
    t.at(100)
    return job.id


@pytest.mark.parametrize(
    ("operation", "ask", "about"),
    [
        ("open", lambda t, w, j: t.world.open("wrong", backend="fake_backend"), ("fake_backend", None, None)),
        ("open", lambda t, w, j: t.world.open("batch", backend="nowhere"), (None, None, None)),
        ("open", lambda t, w, j: t.world.open("wrong", backend=None), (None, None, None)),
        ("submit", lambda t, w, j: t.submit(w, J(1, 1), cost_s=0), ("fake_backend", "w", None)),
        ("submit", lambda t, w, j: t.world.submit(JobRequest(backend="nowhere")), (None, None, None)),
        ("close", lambda t, w, j: t.world.set_accepting("unknown", False), (None, "unknown", None)),
        ("reopen", lambda t, w, j: t.world.set_accepting("unknown", True), (None, "unknown", None)),
        ("cancel", lambda t, w, j: t.world.cancel_workload("unknown"), (None, "unknown", None)),
        (
            "cancel",
            lambda t, w, j: t.world.cancel_workload(w.id, instance=t.world.others),
            ("fake_backend", "w", None),
        ),
        ("cancel job", lambda t, w, j: t.world.cancel_job("unknown"), (None, None, "unknown")),
        ("cancel job", lambda t, w, j: t.world.cancel_job(_final(t, j)), ("fake_backend", "w", "j")),
        ("delete job", lambda t, w, j: t.world.delete_job(j.id), ("fake_backend", "w", "j")),
        ("replace tags", lambda t, w, j: t.world.replace_tags(j.id, ["x"] * 9), ("fake_backend", "w", "j")),
    ],
)
def test_a_refused_request_names_what_it_was_about(
    operation: str, ask: Ask, about: tuple[str | None, str | None, str | None]
) -> None:
    t = Timeline()
    w = t.batch()
    j = t.submit(w, J(10, 5))
    with pytest.raises(RefusedError):
        ask(t, w, j)
    event = t.world.trace[-1]
    ids = {"w": w.id, "j": j.id}
    assert (event.kind, event.data["operation"]) == ("request.rejected", operation)
    assert event[2:5] == tuple(ids.get(name, name) if name else None for name in about)


def test_the_job_of_a_refused_request_may_be_a_plain_one_and_the_workload_without_a_backend() -> None:
    t = Timeline(cancel_closed=409, backend_required=False)
    w = t.world.open("batch", backend=None)
    t.cancel(w)
    j = t.submit(None, J(10, 5))
    assert t.refused(lambda: t.cancel(w)) == "workload_closed_conflict"
    assert t.refused(lambda: t.world.delete_job(j.id)) == "job_not_terminal"
    assert [event[2:5] for event in t.world.trace.where(kind="request.rejected")] == [
        (None, w.id, None),
        ("fake_backend", None, j.id),
    ]


def test_a_trace_is_read_back_from_its_lines() -> None:
    trace = Trace()
    trace.record(1, "job.queued", "b", "w", "j", {"program": "sampler"})
    trace.record(2, "job.completed", "b", "w", "j")
    again = Trace.from_jsonl(trace.to_jsonl())
    assert (list(again), again.complete) == (list(trace), True)


def test_lines_that_tell_of_exchanges_are_not_a_complete_trace() -> None:
    trace = Trace()
    trace.record(1, "job.queued", "b", None, "j", {"exchange": 3})
    assert not Trace.from_jsonl(trace.to_jsonl()).complete


QUEUED = '{"at_us":1,"backend":null,"data":{},"job":null,"kind":"job.queued","workload":null}\n'


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "[" * 100_000,
        '{"at_us": 1}',
        QUEUED.replace('"at_us":1', '"at_us":1.5'),
        QUEUED.replace("queued", "dances"),
        QUEUED.replace('"kind":"job.queued"', '"kind":["job.queued"]'),
    ],
)
def test_a_line_that_is_no_event_is_refused_by_its_number(line: str) -> None:
    with pytest.raises(ValueError, match=r"^line 2: expected an event"):
        Trace.from_jsonl(QUEUED + line)


@pytest.mark.parametrize(("at_us", "least"), [(0, 1), (-1, 1)])
def test_so_is_one_that_goes_back_in_time(at_us: int, least: int) -> None:
    earlier = QUEUED.replace('"at_us":1', f'"at_us":{at_us}')
    with pytest.raises(ValueError, match=f"^line 2: at_us is {at_us}; expected {least} or more: time goes forward"):
        Trace.from_jsonl(QUEUED + earlier)
    assert len(Trace.from_jsonl(QUEUED + QUEUED)) == 2


def test_nothing_happens_before_the_beginning() -> None:
    with pytest.raises(ValueError, match=r"^line 1: at_us is -5; expected 0 or more"):
        Trace.from_jsonl(QUEUED.replace('"at_us":1', '"at_us":-5'))
