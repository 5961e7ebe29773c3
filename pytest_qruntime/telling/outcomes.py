"""What became of a test, from pytest's reports on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_qruntime.report.run.shown import Test
from pytest_qruntime.telling.collecting import is_part

if TYPE_CHECKING:
    from pytest_qruntime.report.run.shown import Drawn, World

_FAIL: Final = "Failed: "
"""What pytest puts before what is told with its `fail`."""


def test_of(reports: Sequence[pytest.TestReport], worlds: list[World], drawn: Drawn | None) -> Test:
    """A test that used the service.

    Args:
        reports: on its setup, on itself, and on its teardown.
        worlds: what its runs showed.
        drawn: what is shown of it.
    """
    file, line, _ = reports[0].location
    return Test(
        id=reports[0].nodeid,
        file=file.replace("\\", "/"),
        line=(line or 0) + 1,
        outcome=outcome(reports),
        problem=_problem(reports),
        real_s=sum(report.duration for report in reports if not is_part(report)),
        worlds=worlds,
        drawn=drawn,
    )


def outcome(reports: Sequence[pytest.TestReport]) -> str:
    """In the words of pytest's summary; what fails outside of the test itself is an error."""
    failed = {report.when for report in reports if report.failed}
    if failed:
        return "failed" if "call" in failed else "error"
    expected = any(hasattr(report, "wasxfail") for report in reports)
    if any(report.skipped and not is_part(report) for report in reports):
        return "xfailed" if expected else "skipped"
    return "xpassed" if expected else "passed"


def _problem(reports: Sequence[pytest.TestReport]) -> str | None:
    """The first line of what is wrong."""
    for report in reports:
        if report.failed:
            told: Any = report.longrepr
            crash = getattr(told, "reprcrash", None)
            text = str(told) if crash is None else str(crash.message).removeprefix(_FAIL)
            return next((line.strip() for line in text.splitlines() if line.strip()), "it failed")
    return None
