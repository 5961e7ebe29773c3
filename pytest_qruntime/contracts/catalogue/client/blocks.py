"""What leaving a with block does."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.calls import CallFacts
from pytest_qruntime.contracts.catalogue.closing import CLS
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts


def _left(facts: Facts) -> Iterator[CallFacts]:
    """The with blocks of sessions and batches that exist that were left, as far as their requests can be seen."""
    for call in facts.called("Session.__exit__"):
        if call.session is not None and call.asked is not None:
            yield call


@CLS.rule(
    "05",
    "Leaving the with block of a session or batch closes it, also after an error, also if another block was left in "
    "it; it never cancels, and the error goes on.",
    exercise="Leave the block of a session, with and without an exception.",
    sources="s1 s4 c51",
    confidence="SV",
    partial="client",
)
def leaving_closes(facts: Facts) -> Iterator[Outcome]:
    """CLS-05"""
    for call in _left(facts):
        closed = any((one.asked or {}).get("accepting_jobs") is False for one in call.requests("close"))
        goes_on = call.returned is not True
        yield call.judged(
            closed and goes_on and not call.requests("cancel"), "it is closed (PATCH), not cancelled, and errors go on"
        )


@CLS.rule(
    "11",
    "Leaving the with block of a session or batch that was cancelled in it is silent: the close is accepted, or it is "
    "not found.",
    exercise="Cancel a session in its block.",
    sources="c51",
    confidence="V",
    partial="client",
)
def leaving_after_a_cancel_is_silent(facts: Facts) -> Iterator[Outcome]:
    """CLS-11"""
    for call in _left(facts):
        if call.by is None or call.by.cancelled is None or call.by.cancelled.raised is not None:
            continue
        for sent in call.requests("close"):
            if 0 < sent.status < 500:  # an outage is another matter
                rightly = (sent.accepted or sent.status == 404) and call.raised is None
                yield call.judged(rightly, "it is accepted, or not found, and nothing is raised")
