"""In which words the client tells the state and the details of a session or batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from pytest_qruntime.contracts.calls import AskedFacts, CallFacts
from pytest_qruntime.contracts.catalogue.details import DET
from pytest_qruntime.contracts.catalogue.statuses import STS
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts

PENDING: Final = "Pending"
ACCEPTING: Final = "In progress, accepting new jobs"
NOT_ACCEPTING: Final = "In progress, not accepting new jobs"

_DETAILS: Final = {
    "id": "id",
    "backend_name": "backend_name",
    "interactive_timeout": "interactive_ttl",
    "max_time": "max_ttl",
    "active_timeout": "active_ttl",
    "state": "state",
    "accepting_jobs": "accepting_jobs",
    "last_job_started": "last_job_started",
    "last_job_completed": "last_job_completed",
    "started_at": "started_at",
    "closed_at": "closed_at",
    "activated_at": "activated_at",
    "mode": "mode",
    "usage_time": "elapsed_time",
}
"""What the client calls the fields of a session."""


def _told(call: CallFacts) -> AskedFacts | None:
    """What a call was told of its session or batch."""
    looks = [one for one in call.requests("read session") if one.accepted and one.told]
    return looks[-1] if looks else None


def _statuses(facts: Facts, applies: Callable[[str, Any], bool]) -> Iterator[tuple[CallFacts, str]]:
    """The calls of `status` that were told a state to which a rule applies, with that state."""
    for call in facts.called("Session.status"):
        told = _told(call)
        state = None if told is None else told.said("state")
        if told is not None and isinstance(state, str) and applies(state, told.said("accepting_jobs")):
            yield call, state


def _is_accepting(state: str, accepting: Any) -> bool:
    return (state == "active" and accepting is True) or state == "pending_inactive"


def _is_draining(state: str, accepting: Any) -> bool:
    return (state == "active" and accepting is False) or state == "pending_closed"


def _said(call: CallFacts, words: str) -> Outcome:
    return call.judged(call.raised is None and call.returned == words, repr(words))


@STS.rule(
    "01",
    "A session or batch that is open or inactive is Pending for the client, whether it takes jobs or not.",
    exercise="Ask for the status of a session that has not begun.",
    sources="c51 s1",
    confidence="SV",
    partial="client",
)
def what_does_not_run_is_pending(facts: Facts) -> Iterator[Outcome]:
    """STS-01"""
    for call, _ in _statuses(facts, lambda state, _: state in ("open", "inactive")):
        yield _said(call, PENDING)


@STS.rule(
    "02",
    "A session or batch that is active and takes jobs is in progress, accepting new jobs.",
    exercise="Ask for the status of a session with a running job.",
    sources="c51 s1",
    confidence="SV",
    partial="client",
)
def what_runs_and_takes_jobs(facts: Facts) -> Iterator[Outcome]:
    """STS-02"""
    for call, _ in _statuses(facts, _is_accepting):
        yield _said(call, ACCEPTING)


@STS.rule(
    "03",
    "A session or batch that is active and takes no jobs any more is in progress, not accepting new jobs.",
    exercise="Close a session with a running job, and ask for its status.",
    sources="c51 s1",
    confidence="SV",
    partial="client",
)
def what_runs_and_takes_none(facts: Facts) -> Iterator[Outcome]:
    """STS-03"""
    for call, _ in _statuses(facts, _is_draining):
        yield _said(call, NOT_ACCEPTING)


@STS.rule(
    "04",
    "A closed session or batch is Closed; any other state is told as it is, with a capital letter; without a session "
    "there is no status.",
    exercise="Ask for the status of a closed session.",
    sources="c51",
    confidence="V",
    partial="client",
)
def anything_else_is_capitalised(facts: Facts) -> Iterator[Outcome]:
    """STS-04"""
    mapped = ("open", "inactive", "active", "pending_inactive", "pending_closed")
    for call, state in _statuses(facts, lambda state, _: state not in mapped):
        yield _said(call, state.capitalize())
    for call in facts.called("Session.status"):
        if call.session is None and not call.requests():
            yield call.judged(call.raised is None and call.returned is None, "None")


@DET.rule(
    "01",
    "The client's details of a session or batch are what the service tells, under the client's names.",
    exercise="Ask for the details of a session.",
    sources="s4 c51",
    confidence="SV",
    partial="client",
)
def the_details_are_what_was_told(facts: Facts) -> Iterator[Outcome]:
    """DET-01"""
    for call in facts.called("Session.details"):
        told = _told(call)
        if told is None or call.raised is not None:
            continue
        details = call.returned if isinstance(call.returned, dict) else {}
        wrong = [name for name, field in _DETAILS.items() if name not in details or details[name] != told.said(field)]
        if "timestamps" in details and details["timestamps"] != (told.said("timestamps") or []):
            wrong.append("timestamps")
        yield call.judged(not wrong, f"what the service tells, also as {', '.join(wrong)}")
