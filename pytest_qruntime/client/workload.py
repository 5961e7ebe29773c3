"""Sessions and batches as their user sees them: Qiskit's names and status strings over plain HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, ClassVar, Final

import httpx
from typing_extensions import Self

from pytest_qruntime.client.errors import checked
from pytest_qruntime.client.job import Job
from pytest_qruntime.client.patience import Patience, RealPatience
from pytest_qruntime.clock import seconds_of
from pytest_qruntime.model import ConfigurationError

BELL: Final = """\
OPENQASM 3.0;
include "stdgates.inc";
bit[2] c;
qubit[2] q;
h q[0];
cx q[0], q[1];
c[0] = measure q[0];
c[1] = measure q[1];
"""
"""The circuit of a job for which none was given."""

_DEFAULT_PUBS: Final[dict[str, list[Any]]] = {"sampler": [[BELL]], "estimator": [[BELL, "ZZ"]]}

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
        backend: str,
        max_time: str | int | timedelta | None = None,
        patience: Patience | None = None,
    ) -> None:
        body: dict[str, Any] = {"mode": self.mode, "backend": backend}
        if max_time:  # 0 and None leave the service its default (MAX-07)
            body["max_ttl"] = _whole_seconds(max_time)
        self._bind(http, checked(http.post("/v1/sessions", json=body)).json(), backend, patience)

    def _bind(self, http: httpx.Client, document: Mapping[str, Any], backend: str, patience: Patience | None) -> None:
        self._http = http
        self._patience = patience or RealPatience()
        self._backend = backend
        self.session_id: str = document["id"]

    @classmethod
    def from_id(cls, http: httpx.Client, session_id: str, *, patience: Patience | None = None) -> Self:
        """A second handle on a workload. Raises `ConfigurationError` if it is of the other mode (DET-05)."""
        document = checked(http.get(f"/v1/sessions/{session_id}")).json()
        if document["mode"] != cls.mode:
            raise ConfigurationError(
                f"{session_id} has mode {document['mode']!r}; {cls.__name__} is for mode {cls.mode!r}"
            )
        workload = cls.__new__(cls)
        workload._bind(http, document, document["backend_name"], patience)
        return workload

    def run(self, program: str = "sampler", params: Any = None, **options: Any) -> Job:
        """Submit a job to this session or batch; see `run_job` for the arguments."""
        options = {"backend": self._backend, "patience": self._patience, **options}
        return run_job(self._http, program, params, session_id=self.session_id, **options)

    def details(self) -> dict[str, Any]:
        """The details under the names that Qiskit gives them (DET-01)."""
        document = self._get()
        return {name: document.get(key) for name, key in _DETAILS.items()}

    def status(self) -> str:
        """Pending; In progress, accepting new jobs; In progress, not accepting new jobs; or Closed (STS-01 to STS-04)."""
        document = self._get()
        state, accepting = document["state"], document["accepting_jobs"]
        if state in ("open", "inactive"):
            return "Pending"
        if state in ("active", "pending_inactive", "pending_closed"):
            takes_jobs = accepting if state == "active" else state == "pending_inactive"
            return "In progress, accepting new jobs" if takes_jobs else "In progress, not accepting new jobs"
        return str(state).capitalize()

    def usage(self) -> float | None:
        """Usage in seconds so far; None before the first job started."""
        elapsed: float | None = self._get()["elapsed_time"]
        return elapsed

    def close(self) -> None:
        """Take no more jobs; what was submitted runs to its end (CLS-01)."""
        checked(self._http.patch(f"/v1/sessions/{self.session_id}", json={"accepting_jobs": False}))

    def cancel(self) -> None:
        """Close at once: running jobs go on, queued jobs fail (CAN-01 to CAN-03)."""
        checked(self._http.delete(f"/v1/sessions/{self.session_id}/close"))

    def _get(self) -> dict[str, Any]:
        document: dict[str, Any] = checked(self._http.get(f"/v1/sessions/{self.session_id}")).json()
        return document

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


def run_job(
    http: httpx.Client,
    program: str = "sampler",
    params: Any = None,
    *,
    backend: str,
    session_id: str | None = None,
    shots: int | None = None,
    max_execution_time: int | None = None,
    tags: Sequence[str] = (),
    private: bool = False,
    patience: Patience | None = None,
) -> Job:
    """Submit a job, in job mode unless `session_id` is given. Raises `ServiceError` if the service refuses it.

    Args:
        program: ``"sampler"`` or ``"estimator"``.
        params: the program's parameters as the REST API takes them; a list is taken as the PUBs; None is one PUB with
            a Bell circuit.
        shots: shots of each PUB that does not say.
        max_execution_time: limit in seconds of QPU time (MXT-01).
    """
    inputs = _inputs(program, params, shots)
    body: dict[str, Any] = {"program_id": program, "backend": backend, "params": inputs}
    optional = {"session_id": session_id, "cost": max_execution_time, "tags": list(tags), "private": private}
    body.update({name: value for name, value in optional.items() if value})
    document = checked(http.post("/v1/jobs", json=body)).json()
    return Job(http, document["id"], patience or RealPatience())


def _inputs(program: str, params: Any, shots: int | None) -> dict[str, Any]:
    if params is None:
        params = _DEFAULT_PUBS.get(program, [])
    inputs = dict(params) if isinstance(params, Mapping) else {"pubs": list(params)}
    if shots is not None and program == "estimator":
        inputs["options"] = {**inputs.get("options", {}), "default_shots": shots}
    elif shots is not None:
        inputs["shots"] = shots
    return inputs


def _whole_seconds(max_time: str | int | timedelta) -> int:
    seconds = seconds_of(max_time)
    if seconds != int(seconds):
        raise ConfigurationError(f"max_time is {max_time!r}; expected whole seconds, such as 1500 or '25m'")
    return int(seconds)
