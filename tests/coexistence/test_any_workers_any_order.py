"""pytest-xdist and pytest-randomly: a report does not depend on who ran which test, or when."""

from __future__ import annotations

from typing import Any

import pytest

from tests.coexistence.suites import MIXED, RANDOMLY, XDIST, outcomes, report, timeless
from tests.plugin.conftest import Project

STRICT = ("--qruntime-strict", "--qruntime-cov-fail-under=99")


@pytest.fixture
def suite(project: Project) -> Project:
    return project.write(**MIXED)


@pytest.fixture
def alone(suite: Project) -> dict[str, Any]:
    """What one process reports, in the usual order."""
    return timeless(report(suite, *STRICT))


def test_the_suite_shows_something_of_everything(alone: dict[str, Any]) -> None:
    assert set(outcomes(alone).values()) == {"passed", "failed", "error", "skipped", "xfailed"}
    assert "test_two.py::test_without" not in outcomes(alone)
    assert [leak["test"] for leak in alone["leaks"]] == ["test_one.py::test_leaks", "test_one.py::test_may_leak"]
    assert [cost["plan"] for cost in alone["costs"]] == ["open", "premium"]
    assert [entry["name"] for entry in alone["unbroken"]] == ["SUB-02"]
    assert alone["totals"]["worlds"] > alone["totals"]["tests"]
    assert alone["failures"] != []


@pytest.mark.parametrize(
    "arguments",
    [("-n", "1"), ("-n", "2"), ("-n", "2", "--dist", "loadfile", "-p", RANDOMLY)],
    ids=["one worker", "two workers", "two workers that take files in any order"],
)
def test_workers_report_what_one_process_does(
    suite: Project, alone: dict[str, Any], arguments: tuple[str, ...]
) -> None:
    assert timeless(report(suite, *STRICT, *arguments, plugins=(XDIST,))) == alone


@pytest.mark.parametrize("seed", ["1", "2"])
def test_any_order_reports_what_the_usual_one_does(suite: Project, alone: dict[str, Any], seed: str) -> None:
    shuffled = report(suite, *STRICT, f"--randomly-seed={seed}", plugins=(RANDOMLY,))

    assert timeless(shuffled) == alone
