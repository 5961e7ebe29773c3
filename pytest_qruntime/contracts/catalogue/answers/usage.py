"""USG, PLN and JCN: what is said of usage."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, Final

from pytest_qruntime.contracts.answers import AnswerFacts
from pytest_qruntime.contracts.catalogue.job_cancels import JCN
from pytest_qruntime.contracts.catalogue.plans import PLN
from pytest_qruntime.contracts.catalogue.usage import USG
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import answered_wrongly, said_wrongly
from pytest_qruntime.model.plan import USAGE_WINDOW_S

_WINDOW_US: Final = USAGE_WINDOW_S * 1_000_000
_NEW_KEYS_SINCE: Final = "2026-03-15"
_LITTLE: Final = 1e-6
"""Less than any charge, in seconds."""


@USG.rule(
    "11",
    "The usage of an instance is at least that of its sessions and batches together, in the last 28 days.",
    exercise="Run jobs in a session and in a batch, close them, and read both and the usage of the instance.",
    sources="oa25 c51 dUSE",
    confidence="D",
    partial="yes",
)
def usage_of_an_instance(facts: Facts) -> Iterator[Outcome]:
    """USG-11"""
    used: dict[str | None, float] = {}
    for answer in facts.answered("read session", "usage") if _counts_at_once(facts) else ():
        if answer.operation == "read session":
            if answer.event.workload in facts.said.opened:
                used[answer.event.workload] = _number(answer.said("elapsed_time"))
        elif answer.accepted and any(used.values()) and answer.event.at_us < _WINDOW_US:
            least, told = sum(used.values()), _number(answer.said("usage_consumed_seconds"))
            yield told >= least - _LITTLE or answered_wrongly(answer, f"at least {least:g} s", f"{told:g} s")


def _counts_at_once(facts: Facts) -> bool:
    """Whether usage is told as it is: a real service counts later, and usage of long ago leaves the window."""
    return not facts.slack_us and bool(facts.answers_to.get("usage"))


def _number(value: Any) -> float:
    return value if isinstance(value, (int, float)) else 0


@PLN.rule(
    "06",
    "The usage of an instance says whether its limit is reached.",
    exercise="Read the usage of the instance before and after it has used up its limit.",
    sources="c51",
    confidence="C",
    partial="yes",
)
def the_limit_is_reached(facts: Facts) -> Iterator[Outcome]:
    """PLN-06"""
    for answer in facts.answered("usage"):
        if not answer.accepted:
            continue
        reached, limit = answer.said("usage_limit_reached"), answer.said("usage_limit_seconds")
        used = _number(answer.said("usage_consumed_seconds"))
        seen = f"usage_limit_reached is {reached!r} with {used:g} s"
        if isinstance(limit, (int, float)):
            yield reached is (used >= limit) or answered_wrongly(
                answer, f"{used >= limit}: the limit is {limit:g}", seen
            )
        else:
            yield isinstance(reached, bool) or answered_wrongly(answer, "true or false", seen)


@USG.rule(
    "12",
    "The usage of a session or batch never becomes less.",
    exercise="Run two jobs in a session, and read it after each.",
    sources="ours",
    confidence="U",
    partial="yes",
)
def usage_only_grows(facts: Facts) -> Iterator[Outcome]:
    """USG-12"""
    for words in facts.said.of_session.values():
        told = [said for said in words if said.fields.get("elapsed_time") is not None]
        for before, after in pairwise(told):
            was, now = _number(before.fields["elapsed_time"]), _number(after.fields["elapsed_time"])
            yield now >= was or said_wrongly(after, f"at least {was:g} s, as before", "elapsed_time")


@USG.rule(
    "13",
    "Metrics tell the usage as qpu_charge_time_seconds with a status; before the API version 2026-03-15 also as "
    "quantum_seconds, seconds and bss, which are gone since.",
    exercise="Read the metrics of a job, with IBM-API-Version 2026-04-15.",
    sources="live c51",
    confidence="L",
    knobs=("legacy_usage_keys",),
    partial="yes",
)
def names_of_usage(facts: Facts) -> Iterator[Outcome]:
    """USG-13"""
    for answer in facts.answered("metrics"):
        version, usage = answer.headers.get("ibm-api-version"), answer.said("usage")
        if not answer.accepted or version is None or not isinstance(usage, dict):
            continue
        if version >= _NEW_KEYS_SINCE:
            lacking = [name for name in ("qpu_charge_time_seconds", "status") if name not in usage]
            yield not lacking or answered_wrongly(answer, f"usage.{lacking[0] if lacking else ''}", f"{usage!r}")
        old = facts.policy.legacy_usage_keys or version < _NEW_KEYS_SINCE
        named = ("quantum_seconds" in usage, answer.says("bss"))
        yield named == (old, old) or answered_wrongly(
            answer, f"{'the' if old else 'none of the'} older names, for {version}", f"{sorted(usage)}"
        )


@JCN.rule(
    "08",
    "Deleting a job gives nothing back of what it was charged.",
    exercise="Run a job, read the usage of the instance, delete the job, and read the usage again.",
    sources="ours",
    confidence="U",
    partial="yes",
)
def deleting_costs_as_much(facts: Facts) -> Iterator[Outcome]:
    """JCN-08"""
    before: AnswerFacts | None = None
    deleted = False
    for answer in facts.answered("usage", "delete job") if _counts_at_once(facts) else ():
        if answer.operation == "delete job":
            deleted = deleted or answer.accepted
            continue
        if deleted and before is not None and answer.event.at_us < _WINDOW_US:
            was, now = (_number(one.said("usage_consumed_seconds")) for one in (before, answer))
            yield now >= was - _LITTLE or answered_wrongly(answer, f"at least {was:g} s, as before", f"{now:g} s")
        before, deleted = answer, False
