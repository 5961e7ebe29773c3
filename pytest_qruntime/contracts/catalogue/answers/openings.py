"""OPN, MAX, ACT and PLN: what a session or batch says of itself when it was opened."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from pytest_qruntime.contracts.catalogue.active_ttl import ACT
from pytest_qruntime.contracts.catalogue.max_ttl import MAX
from pytest_qruntime.contracts.catalogue.opening import OPN
from pytest_qruntime.contracts.catalogue.plans import PLN
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts
from pytest_qruntime.contracts.shared import OPEN_PLAN_CODE, answered_wrongly, only_plan, opened, said_wrongly, word
from pytest_qruntime.model.policy import BATCH, BATCH_ITTL_S, DEDICATED
from pytest_qruntime.model.states import OPEN

_NOT_YET: Final = ("started_at", "activated_at", "closed_at", "last_job_started", "last_job_completed", "elapsed_time")
_TTLS: Final = ("max_ttl", "active_ttl", "interactive_ttl")
_DEFAULT_TTL_S: Final = {DEDICATED: (28_800,), BATCH: (28_800, 600)}
"""The documented ones, of all plans."""


@OPN.rule(
    "03",
    "A session or batch that was just opened is open and takes jobs: nothing has started, ended or been used, and it "
    "tells its mode and its three times to live.",
    exercise="Open a session and read it.",
    sources="s4 s1 dSES",
    confidence="S",
    partial="yes",
)
def just_opened(facts: Facts) -> Iterator[Outcome]:
    """OPN-03"""
    for said in facts.said.sessions:
        fields = said.fields
        if fields["state"] == OPEN:
            early = [name for name in _NOT_YET if fields.get(name)]
            yield not early or said_wrongly(said, "nothing has happened: it is open", early[0])
        if said.answer.operation != "open":
            continue
        yield (fields["state"], fields.get("accepting_jobs")) == (OPEN, True) or said_wrongly(
            said, "it is open and takes jobs", "state" if fields["state"] != OPEN else "accepting_jobs"
        )
        yield fields.get("mode") == said.answer.sent("mode") or said_wrongly(said, "the mode asked for", "mode")
        wrong = [name for name in _TTLS if not isinstance(fields.get(name), int)]
        yield not wrong or said_wrongly(said, "whole seconds", wrong[0])


@OPN.rule(
    "10",
    "On the Open plan a batch is opened.",
    exercise="Open a batch on the Open plan.",
    sources="dSES live",
    confidence="DL",
    partial="yes",
)
def a_batch_on_the_open_plan(facts: Facts) -> Iterator[Outcome]:
    """OPN-10"""
    plan = only_plan(facts)
    is_open = plan is not None and DEDICATED not in plan.modes
    for answer in facts.answered("open"):
        refused_for_plan = answer.error.get("code") == OPEN_PLAN_CODE
        is_open = is_open or (refused_for_plan and answer.sent("mode") == DEDICATED)
        if answer.sent("mode") != BATCH:
            continue
        if refused_for_plan:
            yield answered_wrongly(answer, "it is opened", f"it is refused with code {OPEN_PLAN_CODE}")
        elif answer.accepted and is_open:
            yield True


@OPN.rule(
    "12",
    "A field `instance` of the request that opens a session or batch is accepted, and ignored.",
    exercise="Open a session with the field `instance`, as the official client does.",
    sources="s0 c51",
    confidence="SV",
    partial="yes",
)
def the_field_instance_is_ignored(facts: Facts) -> Iterator[Outcome]:
    """OPN-12"""
    for answer in facts.answered("open"):
        if answer.sent("instance") is None:
            continue
        if answer.accepted:
            yield True
        elif answer.status in (400, 422) and "instance" in str(answer.error.get("message", answer.told)):
            yield answered_wrongly(answer, "the field is ignored", f"it is refused: {answer.error.get('message')}")


@OPN.rule(
    "13",
    "A session or batch that was opened without a max TTL has that of its plan: 8 hours, a batch on the Open plan 10 "
    "minutes.",
    exercise="Open a session without max_ttl and read it.",
    sources="s4 oa25 dSES",
    confidence="S",
    partial="yes",
)
def the_max_ttl_of_the_plan(facts: Facts) -> Iterator[Outcome]:
    """OPN-13"""
    plan = only_plan(facts)
    for opening, words in opened(facts):
        mode = word(opening.sent("mode"))
        if opening.sent("max_ttl") is not None or mode not in _DEFAULT_TTL_S:
            continue
        expected = _DEFAULT_TTL_S[mode] if plan is None else (plan.max_ttl_s(mode),)
        for said in words:
            rightly = said.fields.get("max_ttl") in expected
            if rightly or plan is not None:  # an instance may have its own, and then only its plan says so
                yield rightly or said_wrongly(said, f"{expected[0]} s", "max_ttl")


@OPN.rule(
    "14",
    "An interactive or an active TTL that a request names is either ignored, or it acts and they are in order: "
    "interactive, active, max.",
    exercise="Open a session with interactive_ttl 30.",
    sources="oa25 c51",
    confidence="D",
    knobs=("allow_custom_ttl",),
    partial="yes",
)
def custom_ttls(facts: Facts) -> Iterator[Outcome]:
    """OPN-14"""
    allowed = facts.policy.allow_custom_ttl
    for opening, words in opened(facts):
        for name in ("interactive_ttl", "active_ttl"):
            asked = opening.sent(name)
            if asked is None:
                continue
            for said in words:
                fields = said.fields
                in_order = _in_order(*(fields.get(ttl) for ttl in ("interactive_ttl", "active_ttl", "max_ttl")))
                obeyed = not allowed or fields.get(name) == asked or facts.policy.active_ttl_report == "remaining"
                yield (in_order and obeyed) or said_wrongly(said, f"{asked} s, and all in order", name)
    if allowed:
        for answer in facts.answered("open"):
            if answer.refused and not _in_order(*map(answer.sent, ("interactive_ttl", "active_ttl", "max_ttl"))):
                yield True


def _in_order(*seconds: object) -> bool:
    found = [one for one in seconds if isinstance(one, (int, float))]
    return found == sorted(found)


@MAX.rule(
    "07",
    "The max TTL of a request is a whole number of seconds, at least 1; without one the field is left out.",
    exercise='Open a session with max_time="25m".',
    sources="c51",
    confidence="V",
    partial="yes",
)
def max_ttl_is_in_seconds(facts: Facts) -> Iterator[Outcome]:
    """MAX-07"""
    for answer in facts.answered("open"):
        asked = answer.sent("max_ttl")
        if asked is not None and answer.accepted:  # who tries something else is refused, and that is well
            whole = isinstance(asked, int) and not isinstance(asked, bool) and asked > 0
            yield whole or answered_wrongly(answer, "whole seconds, or no such field", f"max_ttl is {asked!r}")


@MAX.rule(
    "10",
    "A session or batch tells the max TTL that it was opened with.",
    exercise="Open a session with a max time and read it.",
    sources="s1 s4",
    confidence="S",
    knobs=("max_ttl_over",),
    partial="yes",
)
def it_tells_its_max_ttl(facts: Facts) -> Iterator[Outcome]:
    """MAX-10"""
    clamps = facts.policy.max_ttl_over == "clamp"
    for opening, words in opened(facts):
        asked = opening.sent("max_ttl")
        for said in words if isinstance(asked, int) else ():
            told = said.fields.get("max_ttl")
            less = clamps and isinstance(told, int) and told < asked
            yield told == asked or less or said_wrongly(said, f"{asked} s", "max_ttl")


@ACT.rule(
    "02",
    "The active TTL that is told is a limit: always the same one, or what remains of it.",
    exercise="Run a job in a session, and read the session before and after.",
    sources="c51 oa25",
    confidence="D",
    knobs=("active_ttl_report",),
    partial="yes",
)
def the_active_ttl_is_told(facts: Facts) -> Iterator[Outcome]:
    """ACT-02"""
    constant = facts.policy.active_ttl_report == "max"
    for words in facts.said.of_session.values():
        told = [said for said in words if isinstance(said.fields.get("active_ttl"), (int, float))]
        for before, after in pairwise(told):
            was, now = before.fields["active_ttl"], after.fields["active_ttl"]
            rightly = now == was if constant else now <= was
            yield rightly or said_wrongly(after, f"{'' if constant else 'at most '}{was}", "active_ttl")


@PLN.rule(
    "02",
    "A batch tells an interactive TTL of a minute, which is printed as 1, or of 60 seconds.",
    exercise="Open a batch and read it.",
    sources="s4",
    confidence="S",
    knobs=("batch_ittl",),
    partial="yes",
)
def the_interactive_ttl_of_a_batch(facts: Facts) -> Iterator[Outcome]:
    """PLN-02"""
    yield from _interactive_ttl(facts, BATCH, BATCH_ITTL_S[facts.policy.batch_ittl][1])


@PLN.rule(
    "03",
    "A session tells an interactive TTL of 60 seconds, unless its instance has another one.",
    exercise="Open a session and read it.",
    sources="dSES",
    confidence="D",
    partial="yes",
)
def the_interactive_ttl_of_a_session(facts: Facts) -> Iterator[Outcome]:
    """PLN-03"""
    plan = only_plan(facts)
    yield from _interactive_ttl(facts, DEDICATED, None if plan is None else plan.session_ittl_s)


def _interactive_ttl(facts: Facts, mode: str, known_s: int | None) -> Iterator[Outcome]:
    """That each of them is as known; if nobody knows, the documented one holds, and any other may be its instance's."""
    documented_s = 60 if known_s is None else known_s
    for opening, words in opened(facts):
        custom = opening.sent("interactive_ttl") is not None or opening.sent("active_ttl") is not None
        for said in words if opening.sent("mode") == mode and not custom else ():
            longest = said.fields.get("max_ttl")
            expected = min(documented_s, longest) if isinstance(longest, int) else documented_s
            rightly = said.fields.get("interactive_ttl") == expected
            if rightly or known_s is not None:
                yield rightly or said_wrongly(said, f"{expected}", "interactive_ttl")
