"""Sessions and batches as their user sees them: Qiskit's names and status strings over plain HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, ClassVar, Final

import httpx
from typing_extensions import Self, Unpack

from pytest_qruntime.client.errors import checked, hidden, resource
from pytest_qruntime.client.given import BackendLike, Duration, backend_name, whole_seconds
from pytest_qruntime.client.job import Job
from pytest_qruntime.client.patience import Patience, patience_of
from pytest_qruntime.client.submit import JobOptions, run_job
from pytest_qruntime.model import ConfigurationError

__tracebackhide__ = hidden

_DETAILS: Final = {
    "id": "id",
    "backend_name": "backend_name",
    "interactive_timeout": "interactive_ttl",
    "max_time": "max_ttl",
    "active_timeout": "active_ttl",
    "state": "state",
    "accepting_jobs": "accepting_jobs",
    "last_job_started": "last_job_started",
    "last_job_completed": "last_job_completed",
    "started_at": "started_at",
    "closed_at": "closed_at",
    "activated_at": "activated_at",
    "mode": "mode",
    "usage_time": "elapsed_time",
    "timestamps": "timestamps",
}


def status_in_words(document: Mapping[str, Any]) -> str:
    """Qiskit's words for the state of a session or batch, as the service describes it."""
    state, accepting = document["state"], document["accepting_jobs"]
    if state in ("open", "inactive"):
        return "Pending"
    if state in ("active", "pending_inactive", "pending_closed"):
        takes_jobs = accepting if state == "active" else state == "pending_inactive"
        return "In progress, accepting new jobs" if takes_jobs else "In progress, not accepting new jobs"
    return str(state).capitalize()


class Workload:
    """What sessions and batches have in common. Opening one asks the service at once.

    Used as a context manager it is closed on the way out, also when the body raised: what was submitted still runs
    (CLS-05). Nothing is refused locally: a submit after close goes to the service, which refuses it (SUB-02).
    """

    mode: ClassVar[str]

    def __init__(
        self,
        http: httpx.Client,
        *,
        backend: BackendLike,
        max_time: Duration | None = None,
        patience: Patience | None = None,
    ) -> None:
        name = backend_name(backend)
        body: dict[str, Any] = {"mode": self.mode, "backend": name}
        max_ttl = whole_seconds(max_time, what="max_time")
        if max_ttl:  # 0 and None leave the service its default (MAX-07)
            body["max_ttl"] = max_ttl
        self._bind(http, resource(http.post("/v1/sessions", json=body), "id")["id"], name, patience)

    def _bind(self, http: httpx.Client, session_id: str, backend: str | None, patience: Patience | None) -> None:
        self._http = http
        self._patience = patience or patience_of(http)
        self._backend = backend
        self.session_id = session_id

    @classmethod
    def from_id(cls, http: httpx.Client, session_id: str, *, patience: Patience | None = None) -> Self:
        """A second handle on a workload: ``Session.from_id(qruntime.http, session_id)``.

        Raises `ServiceError` with status 404 for an unknown id, and `ConfigurationError` if it is of the other mode
        (DET-05).
        """
        document = resource(http.get(f"/v1/sessions/{session_id}"), "mode", "backend_name")
        if document["mode"] != cls.mode:
            right = next(kind.__name__ for kind in Workload.__subclasses__() if kind.mode == document["mode"])
            raise ConfigurationError(
                f"{session_id} has mode {document['mode']!r}, a {cls.__name__} has mode {cls.mode!r}; "
                f"use {right}.from_id"
            )
        workload = cls.known(http, session_id, patience=patience)
        workload._backend = document["backend_name"]
        return workload

    @classmethod
    def known(cls, http: httpx.Client, session_id: str, *, patience: Patience | None = None) -> Self:
        """The same for a workload that is known to exist, and to be of this mode: the service is not asked."""
        workload = cls.__new__(cls)
        workload._bind(http, session_id, None, patience)
        return workload

    def run(
        self,
        program: str = "sampler",
        params: Any = None,
        *,
        backend: BackendLike | None = None,
        **options: Unpack[JobOptions],
    ) -> Job:
        """Submit a job to this session or batch, on its own backend; see `run_job` for the arguments.

        Raises `ServiceError` if the service refuses it, with code 1217 once it takes no more jobs (SUB-02, SUB-03).
        """
        return run_job(
            self._http,
            program,
            params,
            backend=backend or self._backend or self._find_backend(),
            session_id=self.session_id,
            patience=self._patience,
            **options,
        )

    def details(self) -> dict[str, Any]:
        """The details under the names that Qiskit gives them (DET-01)."""
        document = self._get()
        return {name: document.get(key) for name, key in _DETAILS.items()}

    def status(self) -> str:
        """Pending, In progress (accepting new jobs, or not accepting new jobs), or Closed: Qiskit's words (STS)."""
        return status_in_words(self._get())

    def usage(self) -> float | None:
        """Usage in seconds so far; None before the first job started, and 0 if it was closed before that (USG-09)."""
        elapsed: float | None = self._get()["elapsed_time"]
        return elapsed

    def close(self) -> None:
        """Take no more jobs; what was submitted runs to its end (CLS-01)."""
        checked(self._http.patch(f"/v1/sessions/{self.session_id}", json={"accepting_jobs": False}))

    def cancel(self) -> None:
        """Close at once: running jobs go on, queued jobs fail (CAN-01 to CAN-03)."""
        checked(self._http.delete(f"/v1/sessions/{self.session_id}/close"))

    def _find_backend(self) -> str:
        """The backend of a workload that did not tell when this handle was made (X-17)."""
        self._backend = self._get()["backend_name"]
        if self._backend is None:
            raise ConfigurationError(f"{self!r} does not tell its backend yet; name it: run(backend=...)")
        return self._backend

    def _get(self) -> dict[str, Any]:
        return resource(self._http.get(f"/v1/sessions/{self.session_id}"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.session_id}>"


class Session(Workload):
    """A session: the backend for its jobs alone while it is active, charged for the time of its window."""

    mode = "dedicated"


class Batch(Workload):
    """A batch: its jobs are scheduled together, charged for their quantum time."""

    mode = "batch"
