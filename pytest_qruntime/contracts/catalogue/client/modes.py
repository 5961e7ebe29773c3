"""In which session or batch a primitive runs, by its mode and by the with blocks around it."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_qruntime.contracts.calls import CallFacts
from pytest_qruntime.contracts.catalogue.client.chapters import SDK
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts


def _made(facts: Facts, *modes: str) -> Iterator[CallFacts]:
    """The primitives that were made with one of these modes, where the blocks around them are known."""
    for call in facts.called("Primitive.__init__"):
        if call.blocks is not None and call.given.get("mode") in modes:
            yield call


def _runs_in(call: CallFacts) -> object:
    """The session or batch that a primitive runs in."""
    return call.returned.get("in_session") if isinstance(call.returned, dict) else None


def _warned(call: CallFacts) -> bool:
    """Whether a warning was given, or could not have been seen."""
    return call.deaf or bool(call.warned)


@SDK.rule(
    "01",
    "In the with block of a session or batch, a primitive that is given no mode uses that session or batch.",
    exercise="Make a primitive without a mode in the block of a session, and run it.",
    sources="c51",
    confidence="V",
    partial="client",
)
def no_mode_is_that_of_the_block(facts: Facts) -> Iterator[Outcome]:
    """SDK-01"""
    for call in _made(facts, "none"):
        if call.block is not None:
            rightly = call.raised is None and _runs_in(call) == call.block
            yield call.judged(rightly, f"the primitive runs in {call.block}")
    for call in facts.called("Primitive.run"):
        for sent in call.requests("submit"):
            built = call.built
            if built is not None and built.given.get("mode") == "none" and built.block and sent.asked is not None:
                rightly = sent.asked.get("session_id") == built.block
                yield call.judged(rightly, f"the job is submitted to {built.block}")


@SDK.rule(
    "02",
    "In the with block of a session or batch, a primitive that is given its backend runs in it, and a warning says so.",
    exercise="Make a primitive with the backend of a session in its block.",
    sources="c51",
    confidence="V",
    partial="client",
)
def the_backend_of_the_block_joins_it(facts: Facts) -> Iterator[Outcome]:
    """SDK-02"""
    for call in _made(facts, "backend"):
        if call.block is not None and call.given.get("same") is True:
            rightly = call.raised is None and _runs_in(call) == call.block and _warned(call)
            yield call.judged(rightly, f"the primitive runs in {call.block}, with a warning")


@SDK.rule(
    "03",
    "In the with block of a session or batch, a primitive that is given another backend is refused by the client.",
    exercise="Make a primitive with another backend in the block of a session.",
    sources="c51",
    confidence="V",
    partial="client",
)
def another_backend_is_refused(facts: Facts) -> Iterator[Outcome]:
    """SDK-03"""
    for call in _made(facts, "backend"):
        given = call.given
        if call.block is not None and given.get("backend") and given["backend"] != given.get("block_backend"):
            yield call.judged(call.raised == "ValueError", "a ValueError")


@SDK.rule(
    "04",
    "A primitive that was made outside of a with block and runs in it runs in job mode, or, if it works by the "
    "executor, in the session or batch of the block; a warning says which.",
    exercise="Make a primitive with a backend, and run it in the block of a session.",
    sources="c51",
    confidence="C",
    partial="client",
)
def made_outside_runs_outside(facts: Facts) -> Iterator[Outcome]:
    """SDK-04"""
    for call in facts.called("Primitive.run"):
        built = call.built
        if built is None or built.given.get("mode") != "backend" or built.blocks != () or call.block is None:
            continue
        for sent in call.requests("submit"):
            if sent.asked is not None:
                session = sent.asked.get("session_id")
                rightly = session is None or (session == call.block and sent.asked.get("program_id") == "executor")
                yield call.judged(rightly and _warned(call), "it runs in job mode, with a warning")


@SDK.rule(
    "05",
    "When an inner with block is left, the outer one does not count any more: a primitive without a mode is refused, "
    "one that is given a backend runs in job mode.",
    exercise="Leave the block of a batch in the block of a session, and make a primitive without a mode, or with a "
    "backend.",
    sources="c51",
    confidence="V",
    partial="client",
)
def the_outer_block_is_forgotten(facts: Facts) -> Iterator[Outcome]:
    """SDK-05"""
    for call in _made(facts, "none", "backend"):
        if not call.blocks or call.fresh:
            continue
        if call.given["mode"] == "none":
            yield call.judged(call.raised == "ValueError", "a ValueError: no session counts here")
        else:
            yield call.judged(call.raised is None and _runs_in(call) is None, "the primitive runs in job mode")


@SDK.rule(
    "06",
    "The session or batch of a with block does not count in other threads: a primitive without a mode is refused "
    "there.",
    exercise="Make a primitive without a mode in another thread, while the block of a session is open.",
    sources="c51",
    confidence="V",
    partial="client",
)
def other_threads_have_no_block(facts: Facts) -> Iterator[Outcome]:
    """SDK-06"""
    for call in _made(facts, "none"):
        if call.blocks == () and call.elsewhere:
            yield call.judged(call.raised == "ValueError", "a ValueError: no session counts here")
