"""Which symptom a failed test has, and which part of what happened in it leads there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest

from pytest_qruntime.client import (
    JobCancelledError,
    JobFailedError,
    JobTimeoutError,
    ServiceError,
)
from pytest_qruntime.client import job as jobs
from pytest_qruntime.client import workload as workloads
from pytest_qruntime.model import NothingPendingError
from pytest_qruntime.model.job import SESSION_CLOSED_CODE
from pytest_qruntime.model.trace import JOB_CANCELLED
from pytest_qruntime.network import RequestRecord
from pytest_qruntime.reproducing.asserting import not_held
from pytest_qruntime.reproducing.steps import TICK, Lasting, Step
from pytest_qruntime.reproducing.story import Story
from pytest_qruntime.reproducing.symptoms import (
    Found,
    Refused,
    Told,
    Unfinished,
    Unsuccessful,
    told_parts,
)

_FAILED: Final = ("RuntimeJobFailureError", "RuntimeJobMaxTimeoutError", JobFailedError.__name__)
_CANCELLED: Final = ("RuntimeInvalidStateError", JobCancelledError.__name__)
_TIMED_OUT: Final = ("RuntimeJobTimeoutError", JobTimeoutError.__name__)
_CLIENTS: Final = ("qiskit_ibm_runtime", "ibm_cloud_sdk_core", "requests", "urllib3", "httpx", "httpcore", "aiohttp")
_ABOUT_JOBS: Final = ("read job", "cancel job", "results", "metrics")
_SECONDS: Final = re.compile(r"after (?:waiting )?(\d+(?:\.\d+)?) ?s")


def found_in(story: Story, error: BaseException) -> Found | None:
    """What the error of a test comes from, as far as the service has to do with it."""
    chain = list(_chain(error))
    for look in (not_held, _unsuccessful, _unfinished, _refused):
        for one in chain:
            if (found := look(story, one)) is not None:
                return found
    return _told(story, error) if isinstance(error, (AssertionError, pytest.fail.Exception)) else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error, and those that it came from."""
    waiting: list[BaseException | None] = [error]
    seen: set[int] = set()
    while waiting:
        one = waiting.pop(0)
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting.append(one.__cause__ or (None if one.__suppress_context__ else one.__context__))
            waiting += getattr(one, "exceptions", ())  # of a group


# -- jobs that were waited for -----------------------------------------------------------------------------------------


def _unsuccessful(story: Story, error: BaseException) -> Found | None:
    """A job failed or was cancelled: its result is asked for again."""
    kinds = _kinds(error)
    if not kinds & {*_FAILED, *_CANCELLED}:
        return None
    number = _last(story, error, _ABOUT_JOBS)
    end = None if number is None else story.end_of(story.asked(number).about)
    if number is None or end is None:
        return None
    code: Any = end.data.get("reason_code")
    cancelled = JobCancelledError.__name__ in kinds or (end.kind == JOB_CANCELLED and code != jobs.RAN_TOO_LONG_CODE)
    asked = story.asked(number)
    why = story.closing(asked, number) if code == SESSION_CLOSED_CODE else None
    ending = Step(story.names[asked.about or ""], "result")
    symptom = Unsuccessful((ending,), cancelled, None if cancelled else code, why)
    return Found(symptom, story.steps(story.at_us(number), number + 1))


def _unfinished(story: Story, error: BaseException) -> Found | None:
    """Nobody saw the end of a job: it is waited for again, for as long as is left after everything else."""
    hopeless = isinstance(error, NothingPendingError)
    number = _last(story, error, ("read job",)) if hopeless or _kinds(error) & set(_TIMED_OUT) else None
    if number is None:
        return None
    asked = story.asked(number)
    status, _ = told_parts(asked.answer, "status") or ("", None)
    if hopeless:
        ending = Step(story.names[asked.about or ""], "result")
        return Found(Unfinished((ending,), status=status, hopeless=True), story.steps(story.at_us(number), number))
    until_us = max(story.at_us(number), _began_us(story, number) + _waited_us(error))
    steps = story.steps(until_us, number)
    left_us = steps[-1].given[0] if steps and steps[-1].path == TICK else 0
    ending = Step(story.names[asked.about or ""], "result", (), (("timeout", Lasting(left_us)),))
    return Found(Unfinished((ending,), status=status), steps[:-1] if left_us else steps)


def _began_us(story: Story, number: int) -> int:
    """When the looks at a job began of which this is the last, with no other request between them."""
    about, first = story.asked(number).about, number
    while first and story.records[first - 1].method == "GET" and story.asked(first - 1).about == about:
        first -= 1
    return story.at_us(first)


def _waited_us(error: BaseException) -> int:
    found = _SECONDS.search(str(error))
    return round(float(found[1]) * 1_000_000) if found else 0


def _last(story: Story, error: BaseException, operations: Collection[str]) -> int | None:
    """The number of the last such request about the job of an error: the one that it names, or the last one at all."""
    named = next((job_id for job_id in _jobs(story) if job_id in str(error)), None)
    for number in range(len(story.records) - 1, -1, -1):
        if story.records[number].operation in operations and not story.asked(number).refused:
            about = story.asked(number).about
            if about in story.names and named in (None, about):
                return number
    return None


def _jobs(story: Story) -> Iterator[str]:
    return (name for name, var in story.names.items() if var.stem == "job")


# -- requests that were refused ----------------------------------------------------------------------------------------


def _refused(story: Story, error: BaseException) -> Found | None:
    """The last request that was refused, or not answered, in the way that the error speaks of: it is made again."""
    if not isinstance(error, (ServiceError, httpx.HTTPError)) and _root(error) not in _CLIENTS:
        return None
    for number in range(len(story.records) - 1, -1, -1):
        record = story.records[number]
        if not _went_wrong(record, error):
            continue
        asked = story.asked(number)
        call = story.call(asked)
        if call is None:
            return None
        fault = None if record.fault is None else record.fault.what
        why = call.refused if isinstance(fault, int | None) else f"goes wrong: {fault}"
        ending = (*_faulty(record), replace(call, refused="", makes=None, comment=why))
        how = (asked.operation, asked.status, asked.code, fault, story.closing(asked, number))
        symptom = Refused(ending, *how)
        return Found(symptom, story.steps(story.at_us(number), number))
    return None


def _went_wrong(record: RequestRecord, error: BaseException) -> bool:
    """Whether a request was refused in the way that an error speaks of, or did not get its answer as it should."""
    if record.fault is not None and record.fault.what != record.status:
        return True
    return record.status is not None and record.status >= 400 and _speaks_of(error, record.status)


def _speaks_of(error: BaseException, status: int) -> bool:
    response = getattr(error, "response", None)
    known = getattr(error, "status", None) or getattr(error, "status_code", None)
    known = known or getattr(response, "status_code", None)
    return known == status or str(status) in str(error)


def _faulty(record: RequestRecord) -> Iterator[Step]:
    """What goes wrong with the network at a request."""
    fault = record.fault
    if fault is not None:
        options = {"retry_after": fault.retry_after, "body": fault.body, "effect": fault.effect or None}
        delay = (("delay", Lasting(fault.delay_us)),) if fault.delay_us else ()
        named = tuple((name, value) for name, value in options.items() if value is not None)
        yield Step(None, "fail", (fault.what, record.operation), (*named, *delay))


def _root(error: BaseException) -> str:
    return type(error).__module__.partition(".")[0]


def _kinds(error: BaseException) -> set[str]:
    return {kind.__name__ for kind in type(error).__mro__}


# -- assertions of the test --------------------------------------------------------------------------------------------


def _told(story: Story, error: BaseException) -> Found | None:
    """What the test was told last, if that is the state of a session, batch or job."""
    number = len(story.records) - 1
    while number >= 0 and story.asked(number).reads is False:
        number -= 1
    if number < 0:
        return None
    asked = story.asked(number)
    var = story.names.get(asked.about or "")
    if var is None or asked.operation not in ("read session", "read job", "metrics"):
        return None
    used = told_parts(asked.answer, "usage")
    if used and used[-1] is not None and (asked.operation == "metrics" or _mentions(error, used[-1])):
        step = Step(var, "usage", equals=(used[-1],), comment="as the failing test was told")
        return Found(Told((step,), what="usage", parts=used), story.steps(story.at_us(number), number))
    parts = told_parts(asked.answer, "status")
    if not parts or asked.operation == "metrics":
        return None
    words = workloads.status_in_words(asked.answer) if asked.operation == "read session" else _of_job(parts)
    step = Step(var, "status", equals=(words,), comment="as the failing test was told")
    return Found(Told((step,), parts=parts), story.steps(story.at_us(number), number))


def _of_job(parts: tuple[Any, ...]) -> str:
    return jobs.status_in_words({"status": parts[0], "reason_code": parts[1]})


def _mentions(error: BaseException, figure: float) -> bool:
    """Whether an assertion is about a figure."""
    return re.search(rf"(?<![\d.]){re.escape(f'{figure:g}')}(?:\.0)?(?![\d.])", str(error)) is not None
