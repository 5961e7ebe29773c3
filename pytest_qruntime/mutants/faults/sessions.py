"""Faults in what is said of sessions and batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic_core import from_json

from pytest_qruntime.client import workload as client
from pytest_qruntime.client.given import whole_seconds
from pytest_qruntime.model.policy import BATCH, DEDICATED
from pytest_qruntime.model.workload import Workload
from pytest_qruntime.mutants.mutant import Faults, Patches
from pytest_qruntime.rest import sessions, workloads
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.call import Call
from pytest_qruntime.rest.faults import Fault, RestError

SESSIONS = Faults(of_face=True)

Change = Callable[[Workload, dict[str, Any]], None]


def _says(patches: Patches, change: Change) -> None:
    """Change what is said of a session or batch."""
    document = sessions.document

    def changed(workload: Workload, call: Call) -> dict[str, Any]:
        said: dict[str, Any] = {**document(workload, call)}
        change(workload, said)
        return said

    patches.set(sessions, "document", changed)


@SESSIONS.fault("OPN-03")
def says_that_an_open_session_has_started(patches: Patches) -> None:
    """With its opening."""

    def started(session: Workload, said: dict[str, Any]) -> None:
        said["started_at"] = said["created_at"] if session.started_us is None else said["started_at"]

    _says(patches, started)


@SESSIONS.fault("OPN-03")
def says_that_a_new_session_takes_no_jobs(patches: Patches) -> None:
    """Until its first job."""

    def closed(session: Workload, said: dict[str, Any]) -> None:
        said["accepting_jobs"] = session.accepting and bool(session.jobs)

    _says(patches, closed)


@SESSIONS.fault("OPN-12")
def refuses_the_field_instance(patches: Patches) -> None:
    """As it does not know it."""
    create = sessions._CREATE

    def strict(call: Call) -> Any:
        if b'"instance"' in call.request.body:
            raise RestError(Fault.BODY_INVALID, problem="instance: Extra inputs are not permitted")
        return create(call)

    patches.set(sessions, "_CREATE", strict)


@SESSIONS.fault("OPN-14")
def tells_times_to_live_out_of_order(patches: Patches) -> None:
    """The interactive one is longer than the max TTL."""
    _says(patches, lambda _, said: said.update(interactive_ttl=said["max_ttl"] + 1))


@SESSIONS.fault("OPN-13")
def tells_a_max_ttl_of_an_hour(patches: Patches) -> None:
    """Of whatever was opened without one."""
    _says(patches, lambda _, said: said.update(max_ttl=3600 if said["max_ttl"] in (28_800, 600) else said["max_ttl"]))


@SESSIONS.fault("MAX-10")
def always_tells_the_max_ttl_of_the_plan(patches: Patches) -> None:
    """Not that of the request."""
    _says(patches, lambda one, said: said.update(max_ttl=one.instance.plan.max_ttl_s(one.mode)))


@SESSIONS.fault("MAX-07")
def is_sent_a_max_time_as_it_stands(patches: Patches) -> None:
    """By its client, and takes it."""
    seconds, create = whole_seconds, sessions._CREATE
    patches.set(client, "whole_seconds", lambda duration, *, what: f"{seconds(duration, what=what)}s")

    def lenient(call: Call) -> Any:
        document = from_json(call.request.body)
        asked = document.get("max_ttl")
        return {**document, "max_ttl": int(asked[:-1])} if isinstance(asked, str) else create(call)

    patches.set(sessions, "_CREATE", lenient)


SESSIONS.policy("tells_what_remains_of_the_active_ttl", "ACT-02", active_ttl_report="remaining")
SESSIONS.policy("tells_sixty_seconds_of_a_batch", "PLN-02", batch_ittl="consistent")


@SESSIONS.fault("PLN-03")
def tells_two_seconds_of_a_session(patches: Patches) -> None:
    """As the interactive TTL."""
    _says(patches, lambda one, said: said.update(interactive_ttl=2 if one.mode == DEDICATED else 1))


@SESSIONS.fault("CLS-02")
def says_that_what_is_closed_takes_jobs(patches: Patches) -> None:
    """Until its last job has ended."""

    def taking(session: Workload, said: dict[str, Any]) -> None:
        said["accepting_jobs"] = session.accepting or session.state == "active"

    _says(patches, taking)


@SESSIONS.fault("CAN-01")
def says_that_what_is_cancelled_takes_jobs(patches: Patches) -> None:
    """For ever."""

    def taking(session: Workload, said: dict[str, Any]) -> None:
        said["accepting_jobs"] = session.accepting or session.state_reason == "session_cancelled"

    _says(patches, taking)


@SESSIONS.fault("STS-05")
def calls_a_batch_canceled(patches: Patches) -> None:
    """Which the service did long ago."""

    def canceled(batch: Workload, said: dict[str, Any]) -> None:
        said["state"] = "canceled" if batch.mode == BATCH and batch.state == "closed" else batch.state

    _says(patches, canceled)


@SESSIONS.fault("STS-08")
def lists_active_sessions_as_pending(patches: Patches) -> None:
    """Like open ones."""
    status = workloads._status

    def pending(item: Any) -> str:
        told: str = status(item)
        return "pending" if told == "in_progress" else told

    patches.set(workloads, "_status", pending)


@SESSIONS.fault("STS-06")
def lists_words_of_its_own(patches: Patches) -> None:
    """In capital letters."""
    status = workloads._status
    patches.set(workloads, "_status", lambda item: status(item).upper())


@SESSIONS.fault("STS-07")
def says_for_ever_that_it_was_created(patches: Patches) -> None:
    """Whatever happens."""
    _says(patches, lambda _, said: said.update(state_reason="session_created"))


@SESSIONS.fault("DET-02")
def calls_usage_by_another_name(patches: Patches) -> None:
    """That of the client."""
    _says(patches, lambda _, said: said.update(usage_time=said.pop("elapsed_time")))


@SESSIONS.fault("DET-03")
def tells_the_latest_activation_as_the_start(patches: Patches) -> None:
    """It moves."""
    _says(patches, lambda _, said: said.update(started_at=said["activated_at"]))


@SESSIONS.fault("DET-03")
def tells_a_closing_of_what_is_active(patches: Patches) -> None:
    """The end of its last job."""

    def closing(session: Workload, said: dict[str, Any]) -> None:
        said["closed_at"] = said["last_job_completed"] if session.state == "active" else said["closed_at"]

    _says(patches, closing)


@SESSIONS.fault("DET-03")
def tells_the_first_job_as_the_last(patches: Patches) -> None:
    """When it was active."""
    _says(patches, lambda _, said: said.update(last_job_started=said["started_at"]))


@SESSIONS.fault("USG-12")
def takes_usage_back_at_the_end(patches: Patches) -> None:
    """Half of it."""

    def less(session: Workload, said: dict[str, Any]) -> None:
        if session.state == "closed":
            said["elapsed_time"] /= 2

    _says(patches, less)


@SESSIONS.fault("RST-02")
def answers_a_close_with_a_document(patches: Patches) -> None:
    """An empty one."""
    patches.set(sessions, "NO_CONTENT", json_answer({}))


@SESSIONS.fault("RST-03")
def opens_without_an_id(patches: Patches) -> None:
    """Nobody can name it."""
    _says(patches, lambda session, said: said.pop("id") if session.state == "open" else None)
