"""Clients with a fault in what they tell of sessions, batches and jobs."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from pytest_qruntime.mutants.client.blocks import client
from pytest_qruntime.mutants.mutant import Faults, Patches

TELLING = Faults()


def _statuses(patches: Patches, **words: str) -> None:
    """Other words for the status of a session; `words` by the client's own, with underscores for what else is there."""
    session = client("session").Session
    status = session.status
    instead = {name.replace("_", " "): text for name, text in words.items()}

    def told(self: Any) -> Any:
        found = status(self)
        return instead.get((found or "").replace(",", ""), found)

    patches.set(session, "status", told)


@TELLING.fault("STS-01")
def says_that_what_is_open_or_inactive_is_closed(patches: Patches) -> None:
    """STS-01"""
    _statuses(patches, Pending="Closed")


@TELLING.fault("STS-02")
def does_not_say_that_an_active_session_takes_jobs(patches: Patches) -> None:
    """STS-02"""
    _statuses(patches, In_progress_accepting_new_jobs="In progress, not accepting new jobs")


@TELLING.fault("STS-03")
def says_that_a_session_that_drains_takes_jobs(patches: Patches) -> None:
    """STS-03"""
    _statuses(patches, In_progress_not_accepting_new_jobs="In progress, accepting new jobs")


@TELLING.fault("STS-04")
def tells_other_states_as_the_service_does(patches: Patches) -> None:
    """STS-04"""
    _statuses(patches, Closed="closed")


def _details(patches: Patches, deviate: Any) -> None:
    session = client("session").Session
    details = session.details

    def told(self: Any) -> Any:
        found = details(self)
        return found and deviate(found)

    patches.set(session, "details", told)


@TELLING.fault("DET-01")
def tells_details_by_the_names_of_the_service(patches: Patches) -> None:
    """DET-01"""

    def deviate(found: dict[str, Any]) -> dict[str, Any]:
        return {{"max_time": "max_ttl"}.get(name, name): value for name, value in found.items()}

    _details(patches, deviate)


@TELLING.fault("DET-01")
def exchanges_two_details(patches: Patches) -> None:
    """DET-01"""
    _details(patches, lambda found: {**found, "max_time": found["interactive_timeout"]})


# -- jobs --------------------------------------------------------------------------------------------------------------


@TELLING.fault("JCN-04")
def asks_what_became_of_a_job_that_it_cancelled(patches: Patches) -> None:
    """JCN-04"""
    job = client("runtime_job_v2").RuntimeJobV2
    cancel = job.cancel

    def cancelling(self: Any) -> None:
        cancel(self)
        self._status = "RUNNING"

    patches.set(job, "cancel", cancelling)


@TELLING.fault("JCN-05")
def has_an_empty_result_for_a_cancelled_job(patches: Patches) -> None:
    """JCN-05"""
    module = client("runtime_job_v2")
    result = module.RuntimeJobV2.result

    def empty(self: Any, *args: Any, **how: Any) -> Any:
        with suppress(module.RuntimeInvalidStateError):
            return result(self, *args, **how)

    patches.set(module.RuntimeJobV2, "result", empty)


@TELLING.fault("SDK-14")
def takes_any_status_for_an_end(patches: Patches) -> None:
    """SDK-14"""
    module = client("runtime_job_v2")
    known = {**module.API_TO_JOB_STATUS, "CANCELLED - RAN TOO LONG": "ERROR"}
    patches.set(module, "API_TO_JOB_STATUS", known)


@TELLING.fault("SDK-10")
def polls_all_the_time(patches: Patches) -> None:
    """SDK-10"""
    module = client("runtime_job_v2")

    def wait(self: Any, timeout: Any = None, poll_interval: Any = None) -> None:
        began = module.time.time()
        while self.status() not in self.JOB_FINAL_STATES:
            if timeout is not None and module.time.time() - began >= timeout:
                raise module.RuntimeJobTimeoutError("Timed out waiting for job to complete")
            module.time.sleep(0.01)

    patches.set(module.RuntimeJobV2, "wait_for_final_state", wait)


@TELLING.fault("SDK-10")
def polls_plain_jobs_as_often_as_those_of_sessions(patches: Patches) -> None:
    """SDK-10"""
    job = client("runtime_job_v2").RuntimeJobV2
    wait = job.wait_for_final_state

    def waiting(self: Any, timeout: Any = None, poll_interval: Any = None) -> None:
        wait(self, timeout, poll_interval or 0.1)

    patches.set(job, "wait_for_final_state", waiting)


@TELLING.fault("SDK-12")
def does_not_tell_not_authorized_from_other_errors(patches: Patches) -> None:
    """SDK-12"""
    module = client("api.session")
    patches.set(module, "IBMNotAuthorizedError", module.RequestsApiError)
