"""How the client takes up sessions and batches that exist, and what it makes of backends that have none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from pytest_qruntime.contracts.calls import AskedFacts, CallFacts
from pytest_qruntime.contracts.catalogue.client.chapters import SDK
from pytest_qruntime.contracts.catalogue.opening import OPN
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts

_MODES: Final = {"Session": "dedicated", "Batch": "batch"}
_SESSIONS: Final = ("open", "read session", "close", "cancel", "reopen")


def _read(call: CallFacts) -> list[AskedFacts]:
    """The answers to the looks at a session or batch; those to retries are the last ones of these."""
    return [one for one in call.requests("read session") if one.status < 500]


@SDK.rule(
    "07",
    "A session or batch is taken up by looking at it, twice, and never by changing anything; if no instance has it, "
    "that is an IBMInputValueError.",
    exercise="Take up a session with from_id, and one that does not exist.",
    sources="c51 it",
    confidence="C",
    partial="client",
)
def taking_up_only_looks(facts: Facts) -> Iterator[Outcome]:
    """SDK-07"""
    for call in facts.called("Session.from_id"):
        looks = _read(call)
        if call.asked is None or not looks:
            continue
        only_looks = all(one.method == "GET" for one in call.asked)
        if all(one.status == 404 for one in looks):
            rightly = call.raised == "IBMInputValueError" and "Session not found" in call.message
            yield call.judged(only_looks and rightly, "an IBMInputValueError: Session not found")
        elif all(one.accepted or one.status == 404 for one in looks):
            twice = sum(one.accepted for one in looks) == 2
            yield call.judged(only_looks and twice, "it is read twice, and nothing is changed")


@SDK.rule(
    "08",
    "Session takes up what has the mode dedicated, Batch what has the mode batch; the other is an IBMInputValueError "
    "that names both.",
    exercise="Take up a session as a Session, and as a Batch.",
    sources="c51 it",
    confidence="C",
    partial="client",
)
def the_class_is_that_of_the_mode(facts: Facts) -> Iterator[Outcome]:
    """SDK-08"""
    for call in facts.called("Session.from_id"):
        wanted = _MODES.get(call.kind)
        modes = [one.said("mode") for one in _read(call) if one.accepted and one.said("backend_name")]
        if wanted is None or not modes or not isinstance(modes[-1], str):
            continue
        if modes[-1] == wanted:
            yield call.judged(call.raised is None, f"a {call.kind}")
        else:
            named = wanted in call.message and modes[-1] in call.message
            rightly = call.raised == "IBMInputValueError" and named
            yield call.judged(rightly, f"an IBMInputValueError that names {wanted} and {modes[-1]}")


@OPN.rule(
    "15",
    "On a fake or local backend there is no session or batch: nothing is opened, closed or asked for, and what could "
    "be told of it is None.",
    exercise="Make a Session on a backend of qiskit_ibm_runtime.fake_provider, and ask for its status.",
    sources="dFAQ c51",
    confidence="DV",
    partial="client",
)
def local_backends_have_no_sessions(facts: Facts) -> Iterator[Outcome]:
    """OPN-15"""
    local: set[int | None] = set()
    for call in facts.called(*(f"Session.{name}" for name in _OF_A_HANDLE)):
        if call.name == "Session.__init__" and call.given.get("local") is True and call.raised is None:
            local.add(call.handle)
            silent = (call.returned or {}).get("session") is None
        elif call.handle in local:
            silent = call.raised is None and call.returned in (None, False)
        else:
            continue
        yield call.judged(silent and not call.requests(*_SESSIONS), "no request, and None")


_OF_A_HANDLE: Final = ("__init__", "status", "details", "usage", "close", "cancel", "__exit__")
