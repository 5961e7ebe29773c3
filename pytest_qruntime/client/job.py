"""A job as its submitter sees it: Qiskit's method names and status words over plain HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import httpx

from pytest_qruntime.client.errors import (
    JobCancelledError,
    JobFailedError,
    JobMaxTimeError,
    JobTimeoutError,
    checked,
    document,
    hidden,
    resource,
)
from pytest_qruntime.client.given import Duration, check_tags
from pytest_qruntime.client.patience import Patience, patience_of
from pytest_qruntime.clock import seconds_of

__tracebackhide__ = hidden

RAN_TOO_LONG_CODE: Final = 1305

NO_REASON: Final = "no reason was given"

_WORDS: Final = {"Queued": "QUEUED", "Running": "RUNNING", "Completed": "DONE", "Failed": "ERROR"}
_FINAL: Final = ("DONE", "CANCELLED", "ERROR")


class Job:
    """A handle on a submitted job, also on one that somebody else submitted: ``Job(qruntime.http, job_id)``.

    Every method asks the service; nothing is cached, so a second `status()` shows what became of the job since. All of
    them raise `ServiceError`, with status 404 for an id that the service does not know.
    """

    def __init__(self, http: httpx.Client, job_id: str, *, patience: Patience | None = None) -> None:
        self._http = http
        self._id = job_id
        self._patience = patience or patience_of(http)

    def job_id(self) -> str:
        """The id that the service gave."""
        return self._id

    def details(self) -> dict[str, Any]:
        """The job as the service describes it (GET /v1/jobs/{id}), without its parameters."""
        return self._get("", exclude_params="true")

    @property
    def session_id(self) -> str | None:
        """The session or batch that it belongs to, None in job mode."""
        session_id: str | None = self.details().get("session_id")
        return session_id

    @property
    def tags(self) -> list[str]:
        """Its tags."""
        return list(self.details().get("tags") or [])

    def status(self) -> str:
        """QUEUED, RUNNING, DONE, CANCELLED or ERROR. A job that ran too long is an ERROR, as for Qiskit (MXT-03)."""
        return status_in_words(self._state())

    def in_final_state(self) -> bool:
        """Whether it is DONE, CANCELLED or ERROR."""
        return self.status() in _FINAL

    def error_message(self) -> str | None:
        """``Error code N; reason`` of a job that failed or ran too long, else None."""
        state = self._state()
        return _message(state) if status_in_words(state) == "ERROR" else None

    def metrics(self) -> dict[str, Any]:
        """Timestamps and usage (GET /v1/jobs/{id}/metrics)."""
        return self._get("/metrics")

    def usage(self) -> float:
        """Charged QPU time in seconds; 0 while the job is not final (USG-06)."""
        usage = self.metrics().get("usage") or {}
        return 0.0 if usage.get("status") == "pending" else float(usage.get("qpu_charge_time_seconds") or 0)

    def logs(self) -> str:
        """The job's log text; empty if there is none."""
        response = self._http.get(f"/v1/jobs/{self._id}/logs")
        return "" if response.status_code == httpx.codes.NOT_FOUND else checked(response).text

    def cancel(self) -> None:
        """Cancel it. Raises `ServiceError` with status 409 if it is final already (JCN-02)."""
        checked(self._http.post(f"/v1/jobs/{self._id}/cancel"))

    def delete(self) -> None:
        """Delete it. Raises `ServiceError` if it is not final (JCN-07)."""
        checked(self._http.delete(f"/v1/jobs/{self._id}"))

    def update_tags(self, tags: Sequence[str]) -> list[str]:
        """Replace its tags and return what the service kept."""
        check_tags(tags)
        checked(self._http.put(f"/v1/jobs/{self._id}/tags", json={"tags": list(tags)}))
        return self.tags

    def wait_for_final_state(self, timeout: Duration | None = None) -> None:
        """Wait until it is final.

        On a world's clock a wait costs no time: it jumps from event to event. Raises `JobTimeoutError` after `timeout`
        of that clock (seconds, ``"25m"`` or a timedelta), and `NothingPendingError` at once if nothing pending could
        ever end the wait.
        """
        limit_s = None if timeout is None else seconds_of(timeout, what="a timeout")
        started_s = self._patience.now_s()
        while not self.in_final_state():
            # Rounded to the microseconds that a world counts, or a rest of 1e-16 s would be waited for without end.
            left_s = None if limit_s is None else round(limit_s - (self._patience.now_s() - started_s), 6)
            if left_s is not None and left_s <= 0:
                raise JobTimeoutError(f"job {self._id} is still {self.status()} after waiting {limit_s:g} s")
            self._patience.pause(self._id, left_s)

    def result(self, timeout: Duration | None = None) -> Any:
        """Wait for the job, as `wait_for_final_state` does, and return its result document.

        Raises `JobFailedError` (`JobMaxTimeError` if it ran too long), `JobCancelledError`, `JobTimeoutError`.
        """
        self.wait_for_final_state(timeout)
        state = self._state()
        status = status_in_words(state)
        if status == "CANCELLED":
            raise JobCancelledError(self._id, state.get("reason"))
        if status == "ERROR":
            code = state.get("reason_code")
            kind = JobMaxTimeError if code == RAN_TOO_LONG_CODE else JobFailedError
            raise kind(self._id, code, state.get("reason") or NO_REASON, state.get("reason_solution") or "")
        response = checked(self._http.get(f"/v1/jobs/{self._id}/results"))
        return document(response) if response.content else None

    def _state(self) -> dict[str, Any]:
        """The state of the job in the service's own words."""
        state: dict[str, Any] = self._get("", "state", exclude_params="true")["state"]
        return state

    def _get(self, part: str, *names: str, **query: str) -> dict[str, Any]:
        return resource(self._http.get(f"/v1/jobs/{self._id}{part}", params=query), *names)

    def __repr__(self) -> str:
        return f"<Job {self._id}>"


def status_in_words(state: Mapping[str, Any]) -> str:
    """Qiskit's word for the state of a job."""
    status: str = state["status"]
    if status.startswith("Cancelled"):
        return "ERROR" if state.get("reason_code") == RAN_TOO_LONG_CODE else "CANCELLED"
    return _WORDS.get(status, status.upper())


def _message(state: dict[str, Any]) -> str:
    reason = state.get("reason") or NO_REASON
    code = state.get("reason_code")
    return reason if code is None else f"Error code {code}; {reason}"
