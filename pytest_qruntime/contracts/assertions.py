"""What named assertions are about: which contracts, which ends of a session or batch; and how they fail in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from pytest_qruntime.contracts.calls import CallFacts
from pytest_qruntime.contracts.checking import Report
from pytest_qruntime.contracts.contract import SOURCES, Break, Contract, Outcome, broken
from pytest_qruntime.contracts.subjects import WorkloadFacts
from pytest_qruntime.model import Trace
from pytest_qruntime.model.states import CLOSED_AFTER_LAST_JOB, CLOSED_BY_USER, CLOSED_EARLY, CLOSED_UNUSED

Way = Literal["close", "last job", "unused"]
"""How a session or batch is closed without anybody's cancel and before its time limits."""

CLOSING: Final[dict[Way, tuple[str, ...]]] = {
    "close": ("CLS-06", "CLS-08", "CLS-09"),
    "last job": ("CLS-03",),
    "unused": ("AUT-01",),
}
"""The contracts of each way: at once on ``close()`` or the end of a ``with`` block; with the last job after that."""

ENDS: Final = (CLOSED_BY_USER, CLOSED_EARLY, CLOSED_UNUSED, CLOSED_AFTER_LAST_JOB)
USAGE: Final = tuple(f"USG-{number:02}" for number in range(1, 11))

_REFUSED_FOR_IT: Final = ("workload_closed", "workload_not_accepting")
_FOUND: Final = "qruntime_found"
_HINT: Final = (
    "  What stands behind this test shows what its client saw and nothing else. Let the test look at the session and\n"
    "  its jobs after their end (status(), metrics()), or run it on the fake, which shows everything."
)


class Complaint(NamedTuple):
    """What an assertion found: when, in a few words, and the whole of it. A timeline shows it there."""

    at_us: int
    short: str
    text: str


def complained(text: str, found: Iterable[Complaint]) -> AssertionError:
    """An error that says what it found."""
    error = AssertionError(text)
    setattr(error, _FOUND, tuple(found))
    return error


def complaints(error: BaseException | None) -> Sequence[Complaint]:
    """What an error of ours has found; nothing, if it is none."""
    found: Sequence[Complaint] = getattr(error, _FOUND, ())
    return found


def unexercised(contracts: Sequence[Contract], trace: Trace, what: str) -> str:
    """That nothing happened which shows something, and how to make it happen."""
    lines = [f"nothing in this trace shows that {what}: it was not exercised"]
    for one in contracts:
        lines += [f"  {one.id} ({one.level}): {one.statement}", f"    source: {sources_of(one)}"]
        lines.append(f"    to exercise it: {one.exercise}")
    return "\n".join(lines if trace.complete else [*lines, _HINT])


def sources_of(contract: Contract) -> str:
    """Where a contract is stated."""
    return "; ".join(SOURCES[source] for source in contract.sources)


def submitted_late(workloads: Sequence[WorkloadFacts]) -> Iterator[Break]:
    """The submits to what was closed or being closed that the service refused."""
    for workload in workloads:
        for refusal in workload.refused:
            if refusal.operation == "submit" and (refusal.why in _REFUSED_FOR_IT or not refusal.accepting):
                seen = f"a submit, which the service refused: {refusal.why}"
                yield broken(refusal.event, "no submit after the close", seen, number=refusal.no)


def submitted_in_blocks(calls: Iterable[CallFacts]) -> Iterator[Outcome]:
    """The jobs that the client submitted in the with block of a session or batch: whether they belong to it."""
    for call in calls:
        for sent in call.requests("submit") if call.name == "Primitive.run" and call.block is not None else ():
            if sent.accepted and sent.asked is not None:
                found = sent.asked.get("session_id")
                seen = "it runs in job mode" if found is None else f"it belongs to {found}"
                yield found == call.block or broken(call.event, f"it belongs to {call.block}", seen, number=call.no)


def kept_open(workload: WorkloadFacts, now_us: int) -> Break | None:
    """That a session or batch was not closed, or by something that should not have had to; None: it was closed well."""
    closed = workload.closed
    expected = "it is closed: by close() or the end of its with block, with its last job after that, or unused"
    if closed is not None:
        well = closed.reason is None or closed.reason in ENDS
        return None if well else broken(closed.event, expected, f"it is closed: {closed.reason}", number=closed.no)
    seen = f"it is {workload.state}, and nobody saw it closed"
    if not workload.accepting:
        seen = f"it is {workload.state} and takes no jobs; it is closed when those are over that it has: wait for them"
    return Break(now_us, workload.id, None, expected, seen)


def told(report: Report, head: str, contract: Contract, breaks: Sequence[Break]) -> AssertionError:
    """A failed assertion that is about the code under test: what it did, the rule behind it, and when."""
    rule = [f"  {contract.id}: {contract.statement}", f"  source: {sources_of(contract)}"]
    text = "\n".join([head, *rule, *(report.told(one) for one in breaks)])
    what = f"THE ASSERTION FOUND: {head}"
    return complained(text, [_complaint(one, "what the assertion found", what) for one in breaks])


def against(report: Report) -> AssertionError:
    """A failed assertion that the service kept its contracts."""
    text = "\n".join(report.describe(finding) for finding in report.broken)
    found = [(finding.contract.id, one) for finding in report.broken for one in finding.breaks]
    return complained(text, [_complaint(one, f"{name} is broken", f"{name} BROKEN") for name, one in found])


def _complaint(one: Break, short: str, head: str) -> Complaint:
    return Complaint(one.at_us, short, f"{head}: expected {one.expected}; seen {one.seen}")
