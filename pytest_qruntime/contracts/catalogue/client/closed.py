"""Submitting by handles on sessions and batches that are closed: whose guard it is, the client's or the service's."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.calls import CallFacts
from pytest_qruntime.contracts.catalogue.client.chapters import SDK
from pytest_qruntime.contracts.catalogue.submitting import SUB
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts


def _runs(facts: Facts) -> Iterator[CallFacts]:
    """The runs in a session or batch, as far as their requests can be seen."""
    for call in facts.called("Primitive.run"):
        if call.by is not None and call.session is not None and call.asked is not None:
            yield call


def _by_others(facts: Facts) -> Iterator[CallFacts]:
    """Those by a handle that nobody closed, after another handle closed the session or batch."""
    for call in _runs(facts):
        handle = call.by
        if handle is None or call.sealed is not None or call.closed is None or not handle.known:
            continue
        if (handle.found is None or handle.found[0] != "closed") and not _reopened(facts, call.session):
            yield call


def _reopened(facts: Facts, session: str | None) -> bool:
    """Whether somebody let it take jobs again, as the service can be asked to do and the client cannot."""
    return any(one.id == session and one.reopenings for one in facts.workloads)


def _refused_there(call: CallFacts) -> bool:
    """Whether the service refused the job, and the client said so."""
    submits = call.requests("submit")
    return bool(submits) and all(400 <= one.status < 500 for one in submits) and call.raised is not None


def _met_an_outage(call: CallFacts) -> bool:
    """Whether a job was submitted, and the service said neither yes nor no to it."""
    return any(not 200 <= one.status < 500 for one in call.requests("submit"))


@SUB.rule(
    "05",
    "A handle by which a session or batch was closed or cancelled submits nothing: the client refuses, and asks "
    "nobody.",
    exercise="Close a session, and run a primitive in it.",
    sources="c51 issues",
    confidence="V",
    partial="client",
)
def a_closed_handle_submits_nothing(facts: Facts) -> Iterator[Outcome]:
    """SUB-05"""
    for call in _runs(facts):
        if call.sealed is not None:
            yield call.judged(call.refused_here, "an IBMRuntimeError: the session is closed; nothing is submitted")


@SUB.rule(
    "06",
    "A job that is submitted by another handle on a session or batch that was closed is refused by the service.",
    exercise="Take up a session that has jobs, close it by the first handle, and run a primitive with the second.",
    sources="s1 issues",
    confidence="S",
    partial="client",
)
def the_service_refuses_other_handles(facts: Facts) -> Iterator[Outcome]:
    """SUB-06"""
    for call in _by_others(facts):
        if call.requests("submit") and not _met_an_outage(call):
            yield call.judged(_refused_there(call), "the service refuses the job, and the client raises")


@SUB.rule(
    "07",
    "A handle that was taken up when the session or batch was closed submits nothing; one that was taken up while it "
    "drained does, and the service refuses.",
    exercise="Take up a closed session, and one that drains, and run a primitive in each.",
    sources="c51 issues",
    confidence="C",
    partial="client",
)
def handles_on_what_was_closed(facts: Facts) -> Iterator[Outcome]:
    """SUB-07"""
    for call in _runs(facts):
        found = None if call.by is None else call.by.found
        if found is None or call.sealed is not None:
            continue
        if found[0] == "closed":
            yield call.judged(call.refused_here, "an IBMRuntimeError: the session is closed; nothing is submitted")
        elif found == ("active", False) and not _reopened(facts, call.session) and not _met_an_outage(call):
            yield call.judged(_refused_there(call), "the service is asked, and refuses")


@SDK.rule(
    "09",
    "Closing or cancelling a session or batch by one handle leaves the others as they are: they still ask the service.",
    exercise="Take up a session, close it by the first handle, and run a primitive with the second.",
    sources="c51",
    confidence="V",
    partial="client",
)
def other_handles_still_ask(facts: Facts) -> Iterator[Outcome]:
    """SDK-09"""
    for call in _by_others(facts):
        if call.requests("submit") or call.refused_here:
            yield call.judged(not call.refused_here, "the service is asked")
