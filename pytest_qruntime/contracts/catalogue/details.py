"""DET: what a session or batch shows of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.contract import Chapter, Outcome, broken
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.model.policy import MODES
from pytest_qruntime.model.trace import WORKLOAD_ACTIVATED, WORKLOAD_CLOSED, WORKLOAD_INACTIVATED

DET = Chapter("DET", "Details")

_NEXT: Final = {
    "open": (WORKLOAD_ACTIVATED, WORKLOAD_CLOSED),
    WORKLOAD_ACTIVATED: (WORKLOAD_INACTIVATED, WORKLOAD_CLOSED),
    WORKLOAD_INACTIVATED: (WORKLOAD_ACTIVATED, WORKLOAD_CLOSED),
    WORKLOAD_CLOSED: (),
}


@DET.rule(
    "04",
    "The states of a session or batch: first open, then active and inactive by turns, then closed, and nothing more.",
    exercise="Run a job in a session and close it.",
    sources="oa25",
    confidence="D",
    partial="whole",
)
def the_states_follow_each_other(facts: Facts) -> Iterator[Outcome]:
    """DET-04"""
    for workload in facts.workloads:
        state = "open"
        for moment in workload.moments:
            kind = moment.event.kind
            if kind not in _NEXT:
                continue
            rightly = kind in _NEXT[state]
            yield rightly or broken(moment.event, "another state", f"{kind} after {state}", number=moment.no)
            state = kind


@DET.rule(
    "05",
    "A mode is dedicated or batch, and nothing else.",
    exercise="Open a workload with another mode.",
    sources="oa25 c51 it",
    confidence="C",
    partial="yes",
)
def two_modes(facts: Facts) -> Iterator[Outcome]:
    """DET-05"""
    for workload in facts.workloads:
        if workload.opened is not None and workload.mode is not None:
            seen = f"{workload.mode!r}"
            yield workload.mode in MODES or broken(workload.opened, " or ".join(MODES), seen)
