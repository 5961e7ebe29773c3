"""`derive`: from a recording to the trace of what it shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from pytest_qruntime.cassette.derive import refusals
from pytest_qruntime.cassette.derive.effects import Effects
from pytest_qruntime.cassette.derive.evidence import Job, Moment, Workload
from pytest_qruntime.cassette.derive.gathering import gather
from pytest_qruntime.cassette.derive.known import Known
from pytest_qruntime.cassette.derive.order import Derived, in_order
from pytest_qruntime.cassette.derive.settling import settled
from pytest_qruntime.cassette.errors import CassetteError
from pytest_qruntime.cassette.tape import Tape
from pytest_qruntime.model import trace
from pytest_qruntime.model.job import CANCELLED, COMPLETED, FAILED
from pytest_qruntime.model.states import ACTIVE, INACTIVE
from pytest_qruntime.rest import timestamps

_ENDS: Final = {COMPLETED: trace.JOB_COMPLETED, CANCELLED: trace.JOB_CANCELLED, FAILED: trace.JOB_FAILED}
_STATES: Final = {ACTIVE: trace.WORKLOAD_ACTIVATED, INACTIVE: trace.WORKLOAD_INACTIVATED}
_REAL_SLACK_US: Final = 2_000_000


def derive(tape: Tape) -> trace.Trace:
    """The trace of a recording: the events of the model that its exchanges show, and nothing that they don't.

    An event is at the instant that an answer says; if none does, at that of the exchange that showed it first, which is
    not earlier than the true one. Microseconds count from the beginning of the recording, so that what was there before
    has a negative instant. `data` has the keys of the model's own events as far as they can be seen, and as
    ``"exchange"`` the number of the exchange that showed it first, from 0; ``"late"`` if it may have been before that
    instant; ``"asked"`` names the request that closed a session at once. What a refused request was told stands under
    ``"status"`` and ``"code"``.

    Raises:
        CassetteError: the recording has no provenance, so that nobody knows when anything was said.
    """
    if tape.provenance is None:
        raise CassetteError(
            "the recording has no provenance, so nobody knows when its answers were given, and no trace can be made of "
            "them; expected one that this plugin made. Record it anew"
        )
    known = Known(_began_us(tape.provenance.began), 0 if tape.provenance.clock == "virtual" else _REAL_SLACK_US)
    for number, exchange in enumerate(tape.exchanges):
        gather(known, number, exchange)
    made = trace.Trace(complete=False, slack_us=known.slack_us)
    for event in in_order(list(_all(known))):
        made.record(*event[:-1])
    return made


def _began_us(began: str) -> int:
    try:
        return timestamps.parse(began)
    except ValueError as error:
        raise CassetteError(f"the provenance of the recording says that it began at {error}") from None


def _all(known: Known) -> Iterator[Derived]:
    jobs: defaultdict[str, list[Job]] = defaultdict(list)
    for job in known.jobs.values():
        _conclude(job)
        jobs[job.workload or ""].append(job)
    for workload in known.workloads.values():
        yield from _of_workload(workload, jobs[workload.id], known.slack_us)
    for job in known.jobs.values():
        yield from _of_job(job)
    yield from _of_requests(known)
    yield from _of_answers(known)


def _conclude(job: Job) -> None:
    """A request to cancel it that was accepted, and after which nobody looked, has cancelled it."""
    if job.cancelled is not None and job.status not in _ENDS:
        job.ended = job.ended or job.cancelled
        job.status = CANCELLED
    if job.running is not None and job.ended is not None and not job.running.exact:
        job.running.at_us = min(job.running.at_us, job.ended.at_us)


# -- sessions and batches ----------------------------------------------------------------------------------------------


def _of_workload(workload: Workload, jobs: list[Job], slack_us: int) -> Iterator[Derived]:
    effects = list(Effects(workload, jobs, slack_us).all())
    if workload.opened is not None:
        number = workload.opened.number
        yield _workload_event(workload, workload.opened, trace.WORKLOAD_OPENED, workload.data, by=number)
    for (state, _), (moment, reason) in workload.entered.items():
        if state in _STATES:
            because = {} if state == ACTIVE or reason is None else {"reason": reason}
            yield _workload_event(workload, moment, _STATES[state], because)
    for act, kind, data in effects:
        yield _workload_event(workload, Moment(act.number, act.at_us, exact=False), kind, data, by=act.number)
    if workload.closed is not None:
        because = {} if workload.closed_because is None else {"reason": workload.closed_because}
        by = next((act for act in workload.acts if act.number == workload.closed_by), None)
        asked = {} if by is None else {"asked": by.operation}
        data = {**because, **asked}
        yield _workload_event(workload, workload.closed, trace.WORKLOAD_CLOSED, data, by=workload.closed_by)
    end = settled(workload, jobs, slack_us)
    if end is not None:
        usage = {"usage_us": end.usage_us}
        yield _workload_event(workload, end.moment, trace.WORKLOAD_SETTLED, usage)


def _workload_event(
    workload: Workload, moment: Moment, kind: str, data: Mapping[str, object], *, by: int | None = None
) -> Derived:
    backend = workload.backend if kind == trace.WORKLOAD_OPENED else workload.backend_at(moment.number)
    told = {**data, **_seen(moment, by)}
    return Derived(moment.at_us, kind, backend, workload.id, None, told, by)


def _seen(moment: Moment, by: int | None) -> dict[str, object]:
    """By which exchange it was seen, and whether it may have happened before."""
    late = by is None and not moment.exact
    return {"exchange": moment.number, "late": True} if late else {"exchange": moment.number}


# -- jobs --------------------------------------------------------------------------------------------------------------


def _of_job(job: Job) -> Iterator[Derived]:
    end = _ENDS.get(job.status or "")
    for moment, kind, data in (
        (job.queued, trace.JOB_QUEUED, job.data),
        (job.running, trace.JOB_RUNNING, {}),
        (job.ended, end, job.end),
    ):
        if moment is not None and kind is not None:
            asked = kind == trace.JOB_QUEUED or moment is job.cancelled
            by = moment.number if asked else None
            told = {**data, **_seen(moment, by)}
            yield Derived(moment.at_us, kind, job.backend, job.workload, job.id, told, by)


# -- requests ----------------------------------------------------------------------------------------------------------


def _of_requests(known: Known) -> Iterator[Derived]:
    for happened in known.happened:
        job = known.jobs.get(happened.job or "")
        backend, workload = (happened.backend, None) if job is None else (job.backend, job.workload)
        told = {**happened.data, "exchange": happened.number}
        yield Derived(happened.at_us, happened.kind, backend, workload, happened.job, told, happened.number)
    for refused in known.refused:
        data = refusals.explained(refused, known.workloads.get(refused.workload or ""), known.slack_us)
        if data is None:
            continue
        backend, workload = refused.backend if refused.backend in known.backends else None, refused.workload
        job = known.jobs.get(refused.job or "")
        if job is not None and (job.deleted is None or job.deleted > refused.number):
            backend, workload = job.backend, job.workload
        elif refused.job is None and backend is None and (session := known.workloads.get(workload or "")) is not None:
            backend = session.backend_at(refused.number)
        told = {**data, "exchange": refused.number}
        yield Derived(refused.at_us, trace.REQUEST_REJECTED, backend, workload, refused.job, told, refused.number)


def _of_answers(known: Known) -> Iterator[Derived]:
    for one in known.answered:
        job = known.jobs.get(one.job or "")
        workload = one.workload or (None if job is None else job.workload)
        backend = one.backend if one.backend in known.backends else None
        told = {**one.data, "exchange": one.number}
        yield Derived(one.at_us, trace.REQUEST_ANSWERED, backend, workload, one.job, told, one.number)
