"""Tests that have run, for reports: what each showed, with the least said that is needed."""

from __future__ import annotations

from typing import Any

from pytest_qruntime.report.coverage import CELLS
from pytest_qruntime.report.run.document import Document, Recordings
from pytest_qruntime.report.run.shown import Allowed, Breaking, Drawn, Leaked, Test, World
from pytest_qruntime.report.run.summing import document
from pytest_qruntime.report.timeline import Broken, Timeline
from tests.report.timeline.stage import SECOND_US, story


def shown(name: str = "test_it", *worlds: World, **more: Any) -> Test:
    """A test of `tests/test_vqe.py` that has passed in ten milliseconds."""
    file = more.get("file", "tests/test_vqe.py")
    test = Test(
        id=f"{file}::{name}",
        file=file,
        line=1,
        outcome="passed",
        problem=None,
        real_s=0.01,
        worlds=list(worlds),
        drawn=None,
    )
    test.update(more)  # type: ignore[typeddict-item]
    return test


def ran(**more: Any) -> World:
    """A run on the fake, of one session and one job."""
    world = World(
        source="fake",
        virtual_s=10.0,
        usage_s={"premium": 2.5},
        workloads=1,
        jobs=1,
        exercised=[],
        broken=[],
        unjudged=None,
        leaks=[],
        driven=[],
        allowed=[],
    )
    world.update(more)  # type: ignore[typeddict-item]
    return world


def broke(contract: str = "CLS-01", **more: Any) -> Breaking:
    """A contract was broken after 65 seconds."""
    breaking = Breaking(
        contract=contract,
        at_s=65.0,
        about="session or batch s1",
        by="DELETE /v1/sessions/s1/close (204)",
        expected="the session takes no more jobs",
        seen="it took one",
        more=0,
        allowed=None,
    )
    breaking.update(more)  # type: ignore[typeddict-item]
    return breaking


def left(id: str = "s1", **more: Any) -> Leaked:
    """A session that the service would have closed after 15 minutes, for 900 seconds."""
    leak = Leaked(
        kind="session",
        id=id,
        file="tests/vqe.py",
        line=12,
        function="minimise",
        served=False,
        opened_s=0.0,
        ended_s=10.0,
        used_s=2.5,
        closed_s=900.0,
        cost_s=62.5,
        at_most_s=28800.0,
        allowed=None,
    )
    leak.update(more)  # type: ignore[typeddict-item]
    return leak


def may(name: str = "CLS-01", *, used: bool, where: str = "tests/test_vqe.py::test_it") -> Allowed:
    """A marker allows something."""
    return Allowed(where=where, name=name, reason="that is known", used=used)


def drawn(title: str = "test_it") -> Drawn:
    """A cancel that lets a queued job run, as it must not."""
    breaks = [Broken("CAN-02", 65 * SECOND_US, "a queued job fails", "it runs")]
    timeline = Timeline(story(), now_us=3600 * SECOND_US, breaks=breaks)
    program = 'def test_it(qruntime):\n    session = qruntime.session(max_time="25m")\n    session.cancel()\n'
    return Drawn(timeline=timeline.text(), picture=timeline.html_part(title=title), program=program)


def a_run(**more: Any) -> Document:
    """Four tests: one is fine, one leaves two things open, one breaks a contract and fails, one may break another."""
    known = "the provider is told"
    tests = [
        shown("test_fine", ran(exercised=["OPN-01", "CLS-01"], driven=[list(cell) for cell in CELLS[:9]]), ran()),
        shown("test_leaks", ran(leaks=[left(), left("b1", kind="batch", file=None, line=None, function=None)]), line=9),
        shown(
            "test_breaks",
            ran(exercised=["CAN-02"], broken=[broke("CAN-02", more=2)], driven=[list(CELLS[-3])]),
            line=20,
            outcome="failed",
            problem="AssertionError: assert 1 == 2",
            drawn=drawn("tests/test_vqe.py::test_breaks"),
        ),
        shown(
            "test_may",
            ran(
                source="cassette",
                usage_s={"open": 12.0},
                exercised=["SUB-02"],
                broken=[broke("SUB-02", allowed=known)],
                allowed=[may("SUB-02", used=True), may("leak", used=False)],
            ),
            ran(source="cassette", usage_s={}, unjudged="contracts=off"),
            line=30,
            real_s=1.5,
        ),
    ]
    recordings = Recordings(
        used=["tests/cassettes/test_vqe/test_may.yaml"],
        old=["tests/cassettes/test_vqe/test_may.yaml was recorded 200 days ago"],
        unused=["tests/cassettes/test_vqe/test_gone.yaml"],
        unreached=[],
        recorded=[],
        dropped=[],
        spent=[],
        rescued=[],
    )
    given: dict[str, Any] = {
        "strict": False,
        "failures": ["lifecycle coverage is 18.87 %, and 50 % is required"],
        "required": 50.0,
        "recordings": recordings,
        **more,
    }
    return document(tests, **given)
