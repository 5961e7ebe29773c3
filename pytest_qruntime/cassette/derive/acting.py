"""What accepted and refused requests show by themselves."""

from __future__ import annotations

from typing import Final

from pytest_qruntime.cassette.derive import documents, looking
from pytest_qruntime.cassette.derive.documents import text
from pytest_qruntime.cassette.derive.evidence import ENDED, Act, Operation, seen
from pytest_qruntime.cassette.derive.known import Happened, Known, Refused, Sent
from pytest_qruntime.model import trace

OPEN: Final = "open"
SUBMIT: Final = "submit"


def opened(known: Known, sent: Sent) -> None:
    """POST /sessions."""
    name = text(sent.told, "id")
    if name is None:
        return
    workload = known.workload(name)
    workload.backend, workload.opened_here = _backend(sent), True
    workload.opened = seen(workload.opened, sent.number, sent.at_us, None)
    # what a later answer tells may be what remains of it
    workload.data |= looking.but_none(active_ttl_s=documents.whole(sent.told, "active_ttl"))
    looking.session(known, sent)
    if workload.backend is not None:
        known.backends.add(workload.backend)


def submitted(known: Known, sent: Sent) -> None:
    """POST /jobs."""
    name = text(sent.told, "id")
    if name is None:
        return
    job = known.job(name)
    job.queued = seen(job.queued, sent.number, sent.at_us, None)
    job.data |= looking.but_none(program=text(sent.asked, "program_id"))
    looking.belongs(known, job, sent, sent.told)


def updated(known: Known, sent: Sent) -> None:
    """PATCH /sessions/{id}."""
    accepting = documents.truth(sent.asked, "accepting_jobs")
    if accepting is not None:
        _act(known, sent, "reopen" if accepting else "close")


def cancelled(known: Known, sent: Sent) -> None:
    """DELETE /sessions/{id}/close."""
    _act(known, sent, "cancel")


def _act(known: Known, sent: Sent, operation: Operation) -> None:
    known.workload(sent.where.id).acts.append(Act(sent.number, sent.at_us, operation))


def job_cancelled(known: Known, sent: Sent) -> None:
    """POST /jobs/{id}/cancel."""
    job = known.job(sent.where.id)
    if job.status not in ENDED and job.ended is None:
        job.cancelled = seen(None, sent.number, sent.at_us, None)


def job_deleted(known: Known, sent: Sent) -> None:
    """DELETE /jobs/{id}."""
    job = known.job(sent.where.id)
    job.deleted = sent.number
    known.happened.append(Happened(sent.number, sent.at_us, trace.JOB_DELETED, None, job.id, {}))


def job_tagged(known: Known, sent: Sent) -> None:
    """PUT /jobs/{id}/tags."""
    tags = sent.asked.get("tags")
    data: dict[str, object] = {"tags": tuple(tags)} if isinstance(tags, list) else {}
    known.happened.append(Happened(sent.number, sent.at_us, trace.JOB_TAGGED, None, sent.where.id, data))


def limited(known: Known, sent: Sent) -> None:
    """PUT /instances/configuration."""
    if "instance_limit" in sent.asked:
        data: dict[str, object] = {"limit_s": sent.asked["instance_limit"]}
        known.happened.append(Happened(sent.number, sent.at_us, trace.USAGE_LIMIT, None, None, data))


def refused(known: Known, sent: Sent, operation: str) -> None:
    """Any of them, with a status of 400 to 499."""
    error = next(documents.rows(sent.told, "errors"), documents.NOTHING)
    name = sent.where.id
    workload = text(sent.asked, "session_id") if operation == SUBMIT else name if sent.where.kind == "sessions" else ""
    known.refused.append(
        Refused(
            number=sent.number,
            at_us=sent.at_us,
            operation=operation,
            backend=_backend(sent) if operation in (OPEN, SUBMIT) else None,
            workload=workload or None,
            job=name if name and sent.where.kind == "jobs" else None,
            status=sent.status,
            error=error,
        )
    )


def _backend(sent: Sent) -> str | None:
    return text(sent.asked, "backend") or text(sent.asked, "backend_name")
