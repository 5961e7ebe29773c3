"""Tests that have run, for reports: what each showed, with the least said that is needed."""

from __future__ import annotations

from typing import Any

from pytest_qruntime.report.run.shown import Allowed, Breaking, Leaked, Test, World


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
