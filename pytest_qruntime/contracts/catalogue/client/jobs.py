"""How the client waits for a job, and what it makes of its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from pytest_qruntime.contracts.calls import CallFacts
from pytest_qruntime.contracts.catalogue.client.chapters import SDK
from pytest_qruntime.contracts.catalogue.job_cancels import JCN
from pytest_qruntime.contracts.contract import Outcome, seconds
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.subjects import TOO_LONG_CODE

_KNOWN: Final = ("QUEUED", "RUNNING", "COMPLETED", "FAILED", "CANCELLED")
_ENDS: Final = ("RuntimeJobFailureError", "RuntimeJobMaxTimeoutError", "RuntimeInvalidStateError")
_FLOOR_S: Final = 0.1
_PLAIN_S: Final = 0.5
_TOLERANCE_US: Final = 10_000


def _interval_us(call: CallFacts) -> int:
    """How long a wait sleeps between two looks: what it was asked to, or 0.1 s in a session and 0.5 s elsewhere."""
    default = _PLAIN_S if call.session is None and call.client >= (0, 47) else _FLOOR_S
    asked = call.given.get("poll_interval") or default
    return round(max(asked, _FLOOR_S) * 1_000_000)


@SDK.rule(
    "10",
    "result() looks for the job, sleeps and looks again: 0.1 s for a job of a session or batch, 0.5 s for others, or "
    "as long as it is told, and never less than 0.1 s.",
    exercise="Wait for the result of a job.",
    sources="c51",
    confidence="V",
    partial="client",
)
def it_polls(facts: Facts) -> Iterator[Outcome]:
    """SDK-10"""
    for call in facts.called("Job.result"):
        looks = [one for one in call.requests("read job") if one.accepted]
        least_us = _interval_us(call)
        for before, after in pairwise(looks):
            rightly = after.at_us - before.at_us >= least_us - _TOLERANCE_US
            yield call.judged(rightly, f"at least {seconds(least_us)} between two looks")


@SDK.rule(
    "14",
    "A status that the client does not know, such as 'Cancelled - Ran too long', is not an end for it: it is told in "
    "capitals, and result() goes on waiting.",
    exercise="Let a job run too long under the policy ran_too_long=status_string, and wait with a timeout.",
    sources="c51 issues",
    confidence="V",
    knobs=("ran_too_long",),
    partial="client",
)
def an_unknown_status_is_no_end(facts: Facts) -> Iterator[Outcome]:
    """SDK-14"""
    for call in facts.called("Job.result", "Job.status"):
        look = call.last_status
        if look is None or look.job_status.upper() in _KNOWN or call.cancelled_job is not None:
            continue
        if call.name == "Job.status":
            yield call.judged(call.returned == look.job_status.upper(), look.job_status.upper())
        else:
            yield call.judged(call.raised is not None and call.raised not in _ENDS, "it goes on waiting")


@JCN.rule(
    "04",
    "A handle that has cancelled its job says CANCELLED from then on, and asks nobody, whatever becomes of the job.",
    exercise="Cancel a job, and ask the same handle for its status.",
    sources="c51 issues",
    confidence="VI",
    partial="client",
)
def a_cancelled_handle_asks_nobody(facts: Facts) -> Iterator[Outcome]:
    """JCN-04"""
    for call in facts.called("Job.status"):
        if call.cancelled_job is not None:
            yield call.judged(call.returned == "CANCELLED" and not call.requests(), "CANCELLED, without a request")


@JCN.rule(
    "05",
    "The result of a cancelled job is a RuntimeInvalidStateError.",
    exercise="Cancel a job, and ask for its result.",
    sources="c51",
    confidence="V",
    partial="client",
)
def a_cancelled_job_has_no_result(facts: Facts) -> Iterator[Outcome]:
    """JCN-05"""
    for call in facts.called("Job.result"):
        look = call.last_status
        was_told = look is not None and look.job_status.upper() == "CANCELLED" and look.reason_code != TOO_LONG_CODE
        if call.cancelled_job is not None or was_told:
            yield call.judged(call.raised == "RuntimeInvalidStateError", "a RuntimeInvalidStateError")
