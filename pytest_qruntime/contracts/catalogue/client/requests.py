"""Which requests the client sends, how often, and with what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from pytest_qruntime.contracts.calls import AskedFacts, CallFacts
from pytest_qruntime.contracts.catalogue.client.chapters import SDK
from pytest_qruntime.contracts.catalogue.closing import CLS
from pytest_qruntime.contracts.contract import Outcome
from pytest_qruntime.contracts.facts import Facts

_OUTAGES: Final = frozenset({500, 502, 503, 504, 520, 521, 522, 524})
_RETRIED: Final = frozenset({"GET", "POST", "PUT", "DELETE"})
_BACK_OFF_US: Final = (0, 1_000_000, 2_000_000, 4_000_000, 8_000_000)
_TOLERANCE_US: Final = 1_000
_IN_WORDS: Final = re.compile(r"\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*m)?\s*(?:(\d+)\s*s)?\s*", re.ASCII)


def _same(one: AskedFacts, other: AskedFacts) -> bool:
    return (one.method, one.path) == (other.method, other.path)


def _attempts(call: CallFacts) -> Iterator[list[AskedFacts]]:
    """The requests that met an outage and may be sent again, each with all of its attempts."""
    attempts: list[AskedFacts] = []
    for one in call.asked or ():
        if attempts and not _same(one, attempts[0]):
            yield attempts
            attempts = []
        is_outage = (one.status in _OUTAGES or not one.status) and one.method in _RETRIED
        if attempts or is_outage:
            attempts.append(one)
        if attempts and not is_outage:
            yield attempts
            attempts = []
    if attempts:
        yield attempts


def _patiently(attempts: list[AskedFacts]) -> bool:
    waits = [after.at_us - before.at_us for before, after in pairwise(attempts)]
    return all(wait >= least - _TOLERANCE_US for wait, least in zip(waits, _BACK_OFF_US, strict=False))


@SDK.rule(
    "11",
    "A GET, POST, PUT or DELETE that meets an outage (500, 502, 503, 504, 520, 521, 522, 524) is sent again, up to "
    "five times, after 0, 1, 2, 4 and 8 seconds.",
    exercise="Let the service fail while a session is asked for its status.",
    sources="c51",
    confidence="V",
    partial="client",
)
def outages_are_outlasted(facts: Facts) -> Iterator[Outcome]:
    """SDK-11"""
    for call in facts.calls:
        for attempts in _attempts(call):
            if not all(one.status for one in attempts):
                continue  # a faulty network has retries of its own
            in_vain = attempts[-1].status in _OUTAGES
            rightly = (not in_vain or len(attempts) == 6) and len(attempts) <= 6 and _patiently(attempts)
            yield call.judged(rightly, "five more attempts, after 0, 1, 2, 4 and 8 s")


@CLS.rule(
    "15",
    "A close (PATCH) that meets an outage is not sent again: it is an IBMRuntimeError.",
    exercise="Let the service fail when a session is closed.",
    sources="c51",
    confidence="V",
    partial="client",
)
def a_close_is_sent_once(facts: Facts) -> Iterator[Outcome]:
    """CLS-15"""
    for call in facts.called("Session.close", "Session.__exit__"):
        closes = call.requests("close")
        if closes and closes[0].status >= 500:
            rightly = len(closes) == 1 and call.raised == "IBMRuntimeError"
            yield call.judged(rightly, "one request, and an IBMRuntimeError")


@SDK.rule(
    "12",
    "Being told 401 is an IBMNotAuthorizedError, whatever was asked.",
    exercise="Let the service answer 401.",
    sources="c51",
    confidence="V",
    partial="client",
)
def not_authorized_is_told_as_such(facts: Facts) -> Iterator[Outcome]:
    """SDK-12"""
    for call in facts.calls:
        if call.asked and call.asked[-1].status == 401:
            yield call.judged(call.raised == "IBMNotAuthorizedError", "an IBMNotAuthorizedError")


@SDK.rule(
    "13",
    "Before a job is submitted, the client asks for the usage of the instance (since 0.44) and the status of the "
    "backend.",
    exercise="Submit a job.",
    sources="c51",
    confidence="C",
    partial="client",
)
def it_looks_before_it_submits(facts: Facts) -> Iterator[Outcome]:
    """SDK-13"""
    for call in facts.called("Primitive.run"):
        before: set[str] = set()
        for one in call.asked or ():
            if one.operation == "submit" and one.asked is not None:
                usage = "usage" in before or call.client < (0, 44)
                rightly = usage and any(
                    path.endswith(f"/backends/{one.asked.get('backend')}/status") for path in before
                )
                yield call.judged(rightly, "a GET of instances/usage, and of the backend's status, and then the job")
                break  # the rest are retries
            before |= {one.operation, one.path}


@SDK.rule(
    "15",
    "max_time is seconds, or text such as '2h 30m 40s', and is sent as max_ttl in seconds; nothing is sent for 0 or "
    "None; text without units is an IBMInputValueError.",
    exercise="Open a session with max_time='1h 30m', and one without.",
    sources="c51",
    confidence="V",
    partial="client",
)
def max_time_is_sent_in_seconds(facts: Facts) -> Iterator[Outcome]:
    """SDK-15"""
    for call in facts.called("Session.__init__"):
        max_time, opened = call.given.get("max_time"), call.requests("open")
        if isinstance(max_time, str) and max_time.isascii() and max_time.isdigit():
            rightly = call.raised == "IBMInputValueError" and not opened
            yield call.judged(rightly, "an IBMInputValueError, and no request")
        elif opened and opened[0].asked is not None:
            asked_s = _seconds(max_time)
            if asked_s is not None:
                sent = opened[0].asked.get("max_ttl")
                yield call.judged(sent == (asked_s or None), f"max_ttl: {asked_s}" if asked_s else "no max_ttl")


def _seconds(max_time: object) -> int | None:
    """The seconds of a max_time, 0 if there is none; None for what is not written as the documents do."""
    if max_time is None or isinstance(max_time, int):
        return max_time or 0
    found = _IN_WORDS.fullmatch(str(max_time))
    if found is None or not any(found.groups()):
        return None
    hours, minutes, rest = (int(part or 0) for part in found.groups())
    return hours * 3600 + minutes * 60 + rest
