"""One run of a test as plain JSON, for whoever reports it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Final

from pytest_qruntime.contracts.tally import breaking
from pytest_qruntime.model import trace as kinds
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.world import OTHERS
from pytest_qruntime.report.coverage.driving import driven
from pytest_qruntime.report.run.shown import Breaking, World
from pytest_qruntime.runtime import QRuntime

if TYPE_CHECKING:
    from pytest_qruntime.contracts import Report, Terms, tally
    from pytest_qruntime.model import Trace
    from pytest_qruntime.runtime.surface import Surface

UNKNOWN: Final = "unknown"
"""The plan of what has none that is known."""


def nothing_known(surface: Surface, unjudged: str | None) -> World:
    """A run of which nobody knows more than on what it was, how long, and why it was not judged."""
    return World(
        source=surface.source,
        virtual_s=surface.clock.world.now_us / SECOND_US,
        usage_s={},
        workloads=0,
        jobs=0,
        exercised=[],
        broken=[],
        unjudged=unjudged,
        leaks=[],
        driven=[],
        allowed=[],
    )


def happened(surface: Surface, trace: Trace, terms: Terms, unjudged: str | None = None) -> World:
    """What happened in a run, before it is judged.

    Args:
        surface: the service, at the end of the test.
        trace: what happened there.
        terms: what is known of it besides.
        unjudged: why nobody judges it; None: somebody will.
    """
    world = nothing_known(surface, unjudged)
    if isinstance(surface, QRuntime):
        opened, submitted = _created(trace)
        world["usage_s"] = _charged(surface)
    else:
        opened, submitted = {one.id for one in surface._opened()}, {one.id for one in surface._submitted()}
        world["usage_s"] = told(trace, terms, opened, submitted)
    world["workloads"], world["jobs"] = len(opened), len(submitted)
    world["driven"] = [list(cell) for cell in sorted(driven(trace))]
    return world


def judged(world: World, reports: Iterable[Report], allowed: Mapping[str, str]) -> None:
    """Add what was judged: the reports are on different contracts, and `allowed` says why some may be broken."""
    for report, finding in ((one, finding) for one in reports for finding in one):
        if finding.cases:
            world["exercised"].append(finding.contract.id)
        if finding.breaks:
            world["broken"].append(_broken(finding.contract.id, breaking("", finding, report.trace, allowed)))


def _broken(contract: str, first: tally.Breaking) -> Breaking:
    return Breaking(
        contract=contract,
        at_s=first.at_us / SECOND_US,
        about=first.about,
        by=first.by,
        expected=first.expected,
        seen=first.seen,
        more=first.more,
        allowed=first.allowed,
    )


# -- what was opened, submitted and charged ----------------------------------------------------------------------------


def _created(trace: Trace) -> tuple[set[str], set[str]]:
    """The sessions and batches, and the jobs, of the fake's account, also those that were deleted."""
    opened: set[str] = set()
    submitted: set[str] = set()
    for event in trace:
        if event.kind == kinds.JOB_QUEUED and event.data.get("instance") != OTHERS:
            submitted.add(str(event.job))
        elif event.kind == kinds.WORKLOAD_OPENED and event.data.get("instance") != OTHERS:
            opened.add(str(event.workload))
    return opened, submitted


def _charged(qruntime: QRuntime) -> dict[str, float]:
    """What the fake has charged its account by now, by plan."""
    model = qruntime.world
    charged_us: defaultdict[str, int] = defaultdict(int)
    with model.lock:
        for instance in model.instances.values():
            if instance is not model.others:
                charged_us[instance.plan.name] += instance.meter.accrued_us(model.now_us)
    return {plan: us / SECOND_US for plan, us in charged_us.items()}


def told(trace: Trace, terms: Terms, opened: set[str], submitted: set[str]) -> dict[str, float]:
    """What a service that somebody else runs said that it has charged, as far as anybody asked."""
    of_workloads: dict[str, int] = {}
    of_jobs: dict[str, tuple[str | None, int]] = {}
    for event in trace:
        usage_us, charged_us = event.data.get("usage_us"), event.data.get("charged_us")
        if event.kind == kinds.WORKLOAD_SETTLED and event.workload in opened and isinstance(usage_us, int):
            of_workloads[str(event.workload)] = usage_us
        elif event.job in submitted and isinstance(charged_us, int):
            of_jobs[str(event.job)] = event.workload, charged_us
    known = [*of_workloads.values(), *(us for workload, us in of_jobs.values() if workload not in of_workloads)]
    return {_plan(terms): sum(known) / SECOND_US} if known else {}


def _plan(terms: Terms) -> str:
    """The plan of the account, if all of its instances have the same."""
    plans = {plan.name for instance, plan in terms.plans.items() if instance != OTHERS}
    return plans.pop() if len(plans) == 1 else UNKNOWN
