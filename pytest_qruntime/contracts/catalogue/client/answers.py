"""What the client makes of what it is told before it submits."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.catalogue.client.chapters import SDK
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts


@SDK.rule(
    "16",
    "When the usage limit of the instance is reached, the client warns when a job is submitted, and submits it.",
    exercise="Set the usage limit of the instance to what is consumed, and submit a job.",
    sources="c51",
    confidence="C",
    partial="client",
)
def a_reached_limit_is_warned_of(facts: Facts) -> Iterator[Outcome]:
    """SDK-16"""
    for call in facts.called("Primitive.run"):
        reached = any(one.said("usage_limit_reached") is True for one in call.requests("usage"))
        if reached and call.raised != "UserWarning":  # the test has made the warning an error
            submitted = bool(call.requests("submit"))
            warned = any("usage" in text or "instance" in text for text in call.warned)
            yield call.judged(submitted and warned, "a warning, and the job is submitted")
