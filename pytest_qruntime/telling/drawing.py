"""What a timeline shows of a test that failed: what was broken, what was left open, and when it failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import shorten
from typing import TYPE_CHECKING, Final

from pytest_qruntime.clock.durations import words_of
from pytest_qruntime.contracts import check
from pytest_qruntime.contracts.assertions import complaints
from pytest_qruntime.judging.leaks import MOST, by_opening, kinds
from pytest_qruntime.judging.terms import terms_of
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.report.timeline import Broken, Mark, broken_in
from pytest_qruntime.report.timeline.marks import mark_of
from pytest_qruntime.report.timeline.names import Names
from pytest_qruntime.report.timeline.times import since
from pytest_qruntime.runtime.asked import timeline_of

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from pytest_qruntime.judging.forecast import Forecast
    from pytest_qruntime.judging.trial import Trial
    from pytest_qruntime.model import Trace
    from pytest_qruntime.report.timeline import Timeline
    from pytest_qruntime.runtime.surface import Surface

_MODULE: Final = re.compile(r"^(\w+\.)+(?=[A-Z]\w*:)")  # of an exception
_LONGEST: Final = 120


def drawn(trial: Trial, report: pytest.TestReport, call: pytest.CallInfo[None], root: Path) -> Timeline | None:
    """The timeline of a run of a test that failed; None: nothing happened, so there is nothing to see.

    Args:
        trial: the run. When it is over, what was found then is marked.
        report: that of the failure.
        call: of which the report is.
        root: of the project, from which files are named.
    """
    surface = trial.surface
    assert surface is not None
    trace = trial.reports[0].trace if trial.reports else surface.evidence
    now_us = trial.left[0].ended_us if trial.left else surface.clock.world.now_us
    breaks = _broken(trial, surface, trace, over=report.when == "teardown")
    told = set(map(mark_of, breaks))
    found = [one for one in _complaints(call) if one not in told]
    marks = [*found, _end(report, now_us), *_left(trial, trace, root)]
    timeline = timeline_of(surface, breaks, marks, trace=trace, now_us=now_us)
    return timeline if timeline.shows else None


def _broken(trial: Trial, surface: Surface, trace: Trace, *, over: bool) -> list[Broken]:
    """The contracts that were broken, as far as they are judged."""
    if over:
        return [one for report in trial.reports for one in broken_in(report)]
    if trial.settings.get("contracts") == "off":
        return []
    try:
        return broken_in(check(trace, terms=terms_of(surface, trial.settings)))
    except QRuntimeError:  # a live server may be gone
        return []


def _complaints(call: pytest.CallInfo[None]) -> Iterator[Mark]:
    """What an assertion of `qruntime_contracts` found, where it was."""
    error = None if call.excinfo is None else call.excinfo.value
    for one in complaints(error):
        yield Mark(*one)


def _left(trial: Trial, trace: Trace, root: Path) -> Iterator[Mark]:
    """What was left open, by whom, and what becomes of it; of many by one line the first ones."""
    names = Names(trace)
    for alike in by_opening(trial.left):
        place, ended_us = alike[0].opening.place, alike[0].ended_us
        by = "" if place is None else f" by {place.told(root)}"
        for leak in alike[:MOST]:
            name, ahead = names.workload(leak.id), trial.ahead.get(leak.id)
            later = "" if ahead is None else f"; {_later(ahead)}"
            yield Mark(ended_us, f"{name} is left open", f"{name} LEFT OPEN: it was opened{by}{later}")
        if alike[MOST:]:
            more = kinds(alike[MOST:])
            yield Mark(ended_us, f"{more} more, left open", f"{more} more LEFT OPEN, opened{by}")


def _later(ahead: Forecast) -> str:
    if ahead.closed_us is None:
        return "nothing that the service does by itself would close it"
    cost = "" if ahead.usage_us is None else f", and would have cost {words_of(ahead.usage_us)} of QPU time by then"
    return f"left alone, it would be closed by the service at {since(ahead.closed_us)}{cost}"


def _end(report: pytest.TestReport, now_us: int) -> Mark:
    """When it failed, and with what."""
    if report.when == "teardown":
        return Mark(now_us, "the test is over", "the test is over")
    crash = getattr(report.longrepr, "reprcrash", None)
    message = str(report.longrepr) if crash is None else str(crash.message)
    first = _MODULE.sub("", (message.strip().splitlines() or ["it failed"])[0])
    line = shorten(first, _LONGEST, placeholder=" ...")
    where = "the setup of the test" if report.when == "setup" else "the test"
    return Mark(now_us, f"{where} fails", f"{where} FAILS: {line}")
