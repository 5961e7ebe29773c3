"""What answers to questions show of sessions, batches, jobs and backends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pytest_qruntime.cassette.derive import documents
from pytest_qruntime.cassette.derive.documents import mapping, text
from pytest_qruntime.cassette.derive.evidence import ENDED, Job, Look, Workload, seen
from pytest_qruntime.cassette.derive.known import Happened, Known, Sent
from pytest_qruntime.model import trace
from pytest_qruntime.model.job import CANCELLED, COMPLETED, FAILED, QUEUED, RUNNING
from pytest_qruntime.model.policy import DEDICATED
from pytest_qruntime.model.states import CLOSED

_ROW_STATUS: Final = {
    "pending": QUEUED,
    "in_progress": RUNNING,
    "completed": COMPLETED,
    "canceled": CANCELLED,
    "failed": FAILED,
}


# -- sessions and batches ----------------------------------------------------------------------------------------------


def session(known: Known, sent: Sent) -> None:
    """GET /sessions/{id}, and what POST /sessions answers."""
    told, name = sent.told, text(sent.told, "id")
    if name is None:
        return
    workload, state, reason = known.workload(name), text(told, "state"), text(told, "state_reason")
    workload.data |= but_none(mode=text(told, "mode"), max_ttl_s=documents.whole(told, "max_ttl"))
    if workload.data.get("mode") == DEDICATED:  # that of a batch is not told as it acts
        workload.data |= but_none(interactive_ttl_s=documents.whole(told, "interactive_ttl"))
    _exists(known, workload, sent, text(told, "backend_name"), known.instant(told, "created_at"))
    _look(workload, sent, told, state, documents.microseconds(told, "elapsed_time"))
    _states(known, workload, sent, state, reason)
    if state == CLOSED:
        workload.closed = seen(workload.closed, sent.number, sent.at_us, known.instant(told, "closed_at"))
        workload.closed_because = reason


def _exists(known: Known, workload: Workload, sent: Sent, backend: str | None, created_us: int | None) -> None:
    if workload.opened is None:
        workload.backend = backend
    if backend is not None:
        known.backends.add(backend)
    if created_us is not None:
        workload.opened = seen(workload.opened, sent.number, sent.at_us, created_us)


def _states(known: Known, workload: Workload, sent: Sent, state: str | None, reason: str | None) -> None:
    """When it became active and inactive; the reason is that of the latest state."""
    entries = [
        (str(entry.get("status")), at_us)
        for entry in documents.rows(sent.told, "timestamps")
        if (at_us := known.instant(entry, "timestamp")) is not None
    ]
    if not entries:  # an older service told the first and the latest activation only
        found = (known.instant(sent.told, name) for name in ("started_at", "activated_at"))
        entries = [("active", at_us) for at_us in found if at_us is not None]
    for index, entry in enumerate(entries):
        moment, because = workload.entered.get(entry, (None, None))
        latest = index == len(entries) - 1 and entry[0] == state
        moment = seen(moment, sent.number, sent.at_us, entry[1])
        workload.entered[entry] = moment, because or (reason if latest else None)


def _workload_row(known: Known, workload: Workload, sent: Sent, row: Mapping[str, Any]) -> None:
    mode, ended_us = text(row, "mode"), known.instant(row, "ended")
    if mode is not None:
        workload.data.setdefault("mode", DEDICATED if mode == "session" else mode)
    _exists(known, workload, sent, text(row, "backend"), known.instant(row, "created"))
    if ended_us is not None:
        workload.closed = seen(workload.closed, sent.number, sent.at_us, ended_us)
    state = CLOSED if ended_us is not None else "not closed"
    _look(workload, sent, row, state, documents.microseconds(row, "usage_seconds"))


def _look(workload: Workload, sent: Sent, told: Mapping[str, Any], state: str | None, usage_us: int | None) -> None:
    accepting, reason = documents.truth(told, "accepting_jobs"), text(told, "state_reason")
    workload.looks.append(Look(sent.number, sent.at_us, state, reason, accepting, usage_us))


# -- jobs --------------------------------------------------------------------------------------------------------------


def job(known: Known, sent: Sent) -> None:
    """GET /jobs/{id}."""
    _job(known, sent, sent.told)


def jobs(known: Known, sent: Sent) -> None:
    """GET /jobs."""
    for row in documents.rows(sent.told, "jobs"):
        _job(known, sent, row)


def _job(known: Known, sent: Sent, told: Mapping[str, Any]) -> None:
    name = text(told, "id")
    if name is None:
        return
    seen_job, state = known.job(name), mapping(told.get("state"))
    seen_job.data |= but_none(program=text(mapping(told.get("program")), "id"), cost_s=documents.whole(told, "cost"))
    _is_queued(known, seen_job, sent, told)
    word = text(state, "status") or text(told, "status")
    status = None if word is None else word.partition(" - ")[0]  # "Cancelled - Ran too long"
    _status(seen_job, sent, status, None)
    if status in ENDED:
        _charge(seen_job, mapping(told.get("usage")), "seconds")
        if (reason := text(state, "reason")) is not None:
            seen_job.end |= {"reason": reason, **but_none(reason_code=documents.whole(state, "reason_code"))}


def metrics(known: Known, sent: Sent) -> None:
    """GET /jobs/{id}/metrics: the one place that says when a job began to run."""
    seen_job = known.job(sent.where.id)
    times = mapping(sent.told.get("timestamps"))
    _is_queued(known, seen_job, sent, times)
    running_us, finished_us = known.instant(times, "running"), known.instant(times, "finished")
    if running_us is not None:
        seen_job.running = seen(seen_job.running, sent.number, sent.at_us, running_us)
    if finished_us is not None:
        seen_job.ended = seen(seen_job.ended, sent.number, sent.at_us, finished_us)
        _charge(seen_job, mapping(sent.told.get("usage")), "qpu_charge_time_seconds")
    elif times:
        _goes_on(seen_job, sent)


def results(known: Known, sent: Sent) -> None:
    """GET /jobs/{id}/results: only a completed job has any."""
    _status(known.job(sent.where.id), sent, COMPLETED, None)


def workloads(known: Known, sent: Sent) -> None:
    """GET /workloads: sessions, batches and plain jobs."""
    for row in documents.rows(sent.told, "workloads"):
        name = text(row, "id")
        if name is not None and row.get("mode") == "job":
            _job_row(known, known.job(name), sent, row)
        elif name is not None:
            _workload_row(known, known.workload(name), sent, row)


def _job_row(known: Known, seen_job: Job, sent: Sent, row: Mapping[str, Any]) -> None:
    _is_queued(known, seen_job, sent, row)
    _status(seen_job, sent, _ROW_STATUS.get(str(row.get("status"))), known.instant(row, "ended"))
    if seen_job.status in ENDED:
        _charge(seen_job, row, "usage_seconds")
        seen_job.end |= but_none(reason=text(row, "status_reason"))


def _is_queued(known: Known, seen_job: Job, sent: Sent, told: Mapping[str, Any]) -> None:
    if (created_us := known.instant(told, "created")) is not None:
        seen_job.queued = seen(seen_job.queued, sent.number, sent.at_us, created_us)
    belongs(known, seen_job, sent, told)


def belongs(known: Known, seen_job: Job, sent: Sent, told: Mapping[str, Any]) -> None:
    """On which backend a job is, and in which session."""
    if (backend := text(told, "backend")) is not None:
        seen_job.backend = backend
        known.backends.add(backend)
    seen_job.workload = text(told, "session_id") or seen_job.workload
    if seen_job.workload is not None:
        workload = known.workload(seen_job.workload)
        workload.first_job = workload.first_job or (sent.number, seen_job.backend)


def _status(seen_job: Job, sent: Sent, status: str | None, ended_us: int | None) -> None:
    if status not in (QUEUED, RUNNING, *ENDED):
        return
    seen_job.status = status
    if status in ENDED:
        if status == CANCELLED and seen_job.ended is None:
            seen_job.ended = seen_job.cancelled  # if there is one: it was cancelled then
        seen_job.ended = seen(seen_job.ended, sent.number, sent.at_us, ended_us)
        return
    if status == RUNNING:
        seen_job.running = seen(seen_job.running, sent.number, sent.at_us, None)
    _goes_on(seen_job, sent)


def _goes_on(seen_job: Job, sent: Sent) -> None:
    seen_job.going, seen_job.cancelled = sent.number, None  # a request to cancel it did not end it


def _charge(seen_job: Job, usage: Mapping[str, Any], name: str) -> None:
    if (charged_us := documents.microseconds(usage, name)) is not None:
        seen_job.end["charged_us"] = charged_us


# -- backends ----------------------------------------------------------------------------------------------------------


def backends(known: Known, sent: Sent) -> None:
    """GET /backends: two looks that differ show that a status changed between them."""
    for row in documents.rows(sent.told, "devices"):
        name, status = text(row, "name"), mapping(row.get("status"))
        word, reason = text(status, "name"), text(status, "reason")
        if name is None:
            continue
        known.backends.add(name)
        if word is None:
            continue
        if known.statuses.setdefault(name, (word, reason)) != (word, reason):
            data = {"status": word, **but_none(reason=reason)}
            known.happened.append(Happened(sent.number, sent.at_us, trace.BACKEND_STATUS, name, None, data))
        known.statuses[name] = (word, reason)


def but_none(**fields: object) -> dict[str, object]:
    """The fields that are not None."""
    return {name: value for name, value in fields.items() if value is not None}
