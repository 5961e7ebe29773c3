"""What a scenario does with a service: plain requests over its REST API, and waiting on its clock."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import httpx

from pytest_qruntime.model import QRuntimeError

if TYPE_CHECKING:
    from pytest_qruntime.contracts.suite.circuits import Circuits
    from pytest_qruntime.runtime.surface import Surface

_FAILS: Final = 500
_REFUSED: Final = 400
_OVER: Final = ("Completed", "Cancelled", "Failed")
_LONGEST: Final = "2d"
NOBODY: Final = "00000000-0000-4000-8000-000000000000"
"""An id of no session."""
_SHOTS_PER_SECOND: Final = 4_000
_SHORTEST_S: Final = 4.1
"""What a job of one circuit takes without any shot, by the project's own estimate."""


class AstrayError(Exception):
    """A scenario cannot go on: the service did what no service does, or not what everything else depends on."""


class LackingError(Exception):
    """A service has not what a scenario needs, and does nothing wrong by it."""


class Play:
    """One playing of a scenario. Times are seconds; sessions, batches and jobs are named by their ids.

    What the service refuses is refused (None in place of an id), and the story goes on. What is asked of None is left
    out. Raises `AstrayError` if the service fails.

    Args:
        qruntime: the service.
        backend: the name of the backend.
        circuits: how circuits are written down.
        at_most_s: how long a wait for jobs may take; None: as long as something is pending.
    """

    def __init__(self, qruntime: Surface, backend: str, circuits: Circuits, at_most_s: float | None = None) -> None:
        self.qruntime = qruntime
        self.backend = backend
        self.workloads: list[str] = []
        self.jobs: list[str] = []
        self._circuits = circuits
        self._at_most_s = at_most_s
        self._began_us = qruntime.clock.world.now_us

    # -- time ----------------------------------------------------------------------------------------------------

    def at(self, seconds: float) -> Play:
        """Let time pass until so many seconds after the beginning."""
        passed_us = self.qruntime.clock.world.now_us - self._began_us
        return self.wait(max(0.0, seconds - passed_us / 1_000_000))

    def wait(self, seconds: float) -> Play:
        """Let so many seconds pass."""
        self.qruntime.clock.tick(seconds)
        return self

    def started(self, *jobs: str | None) -> Play:
        """Wait until these jobs have begun to run."""
        return self._until(jobs, lambda status: status != "Queued", "began")

    def ended(self, *jobs: str | None) -> Play:
        """Wait until these jobs are over; without any, all that were submitted."""
        return self._until(jobs or self.jobs, lambda status: status.startswith(_OVER), "ended")

    def _until(self, jobs: Sequence[str | None], enough: Callable[[str], bool], what: str) -> Play:
        """Wait for one after the other: whoever is over already is seen to be in one look."""
        timeout = _LONGEST if self._at_most_s is None else self._at_most_s
        for job in (job for job in jobs if job is not None):
            try:
                self.qruntime.clock.run_until(partial(self._is, job, enough), timeout=timeout)
            except (QRuntimeError, TimeoutError) as error:
                shown = f"it is {self.status(job)} ({type(error).__name__})"
                raise AstrayError(f"nobody saw that job {job} {what}: {shown}") from None
        return self

    def _is(self, job: str, enough: Callable[[str], bool]) -> bool:
        return enough(self.status(job))

    # -- what is asked -------------------------------------------------------------------------------------------

    def session(self, max_time: int | None = None, **asked: Any) -> str | None:
        """Open a session."""
        return self.open(mode="dedicated", max_ttl=max_time, **asked)

    def batch(self, max_time: int | None = None, **asked: Any) -> str | None:
        """Open a batch."""
        return self.open(mode="batch", max_ttl=max_time, **asked)

    def open(self, **asked: Any) -> str | None:
        """Open whatever it is; a backend of None is left out."""
        body = {name: value for name, value in {"backend": self.backend, **asked}.items() if value is not None}
        return self._made(self.workloads, self.ask("POST", "/v1/sessions", body))

    def run(
        self,
        workload: str | None = None,
        seconds: float = 5,
        *,
        cost: int | None = None,
        tags: Sequence[str] = (),
        backend: str | None = None,
        program: str = "sampler",
        params: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> str | None:
        """Submit a job that takes about so many seconds; a plain one without a session or batch.

        What else is given is sent as it is.
        """
        shots = max(1, round((seconds - _SHORTEST_S) * _SHOTS_PER_SECOND))
        body: dict[str, Any] = {
            "program_id": program,
            "backend": backend or self.backend,
            "params": self._circuits.params(shots) if params is None else params,
        }
        optional = {"session_id": workload, "cost": cost, "tags": list(tags), **more}
        body.update({name: value for name, value in optional.items() if value})
        return self._made(self.jobs, self.ask("POST", "/v1/jobs", body))

    def estimator(self) -> dict[str, Any]:
        """The parameters of a short estimator job."""
        return self._circuits.estimator()

    def nonsense(self) -> dict[str, Any]:
        """The parameters of a job that fails: nobody could read its circuit."""
        return {"pubs": [["OPENQASM 3.0; this is no circuit"]]}

    def close(self, workload: str | None) -> None:
        """Close it: it takes no more jobs."""
        self._accepts(workload, False)

    def reopen(self, workload: str | None) -> None:
        """Let it take jobs again."""
        self._accepts(workload, True)

    def _accepts(self, workload: str | None, accepting: bool) -> None:
        if workload is not None:
            self.ask("PATCH", f"/v1/sessions/{workload}", {"accepting_jobs": accepting})

    def cancel(self, workload: str | None) -> None:
        """Cancel a session or batch."""
        if workload is not None:
            self.ask("DELETE", f"/v1/sessions/{workload}/close")

    def cancel_job(self, job: str | None) -> None:
        """Cancel a job."""
        if job is not None:
            self.ask("POST", f"/v1/jobs/{job}/cancel")

    def delete_job(self, job: str | None) -> None:
        """Delete a job."""
        if job is not None:
            self.ask("DELETE", f"/v1/jobs/{job}")

    def tag(self, job: str | None, *tags: str) -> None:
        """Replace the tags of a job."""
        if job is not None:
            self.ask("PUT", f"/v1/jobs/{job}/tags", {"tags": list(tags)})

    # -- what is read --------------------------------------------------------------------------------------------

    def status(self, job: str) -> str:
        """The status of a job in the service's words; empty if it does not tell."""
        document = self.ask("GET", f"/v1/jobs/{job}?exclude_params=true") or {}
        state = document.get("state")
        return str(state.get("status", "")) if isinstance(state, Mapping) else str(document.get("status", ""))

    def result(self, job: str | None) -> None:
        """Read the results of a job."""
        if job is not None:
            self.ask("GET", f"/v1/jobs/{job}/results")

    def metrics(self, job: str | None, headers: Mapping[str, str]) -> None:
        """Read the metrics of a job, with these headers."""
        if job is not None:
            self.ask("GET", f"/v1/jobs/{job}/metrics", headers=headers)

    def list_jobs(self, **filters: Any) -> None:
        """List jobs; a filter may have several values."""
        query = str(httpx.QueryParams({name: value for name, value in filters.items() if value is not None}))
        self.ask("GET", f"/v1/jobs?{query}" if query else "/v1/jobs")

    def other_backend(self) -> str:
        """The name of another backend; the fake gets one. Raises `LackingError` if the service has none."""
        if self.qruntime.source == "fake":
            self.qruntime.backend("fake_other")  # type: ignore[attr-defined]
        listed = (self.ask("GET", "/v1/backends") or {}).get("devices") or ()
        names = [one.get("name") if isinstance(one, Mapping) else one for one in listed]
        for name in names:
            if isinstance(name, str) and name != self.backend:
                return name
        raise LackingError("it needs a service with two backends")

    def look(self) -> Play:
        """Look at every session, batch and job."""
        for job in self.jobs:
            self.ask("GET", f"/v1/jobs/{job}?exclude_params=true")
            self.ask("GET", f"/v1/jobs/{job}/metrics")
        for workload in self.workloads:
            self.ask("GET", f"/v1/sessions/{workload}")
        return self

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        without: str | None = None,
    ) -> dict[str, Any] | None:
        """The document of an answer; empty if it has none, None if the service refused.

        `without` names a header that is left out.
        """
        http = self.qruntime.http
        request = http.build_request(method, path, json=body, headers=headers)
        if without is not None:
            request.headers.pop(without, None)
        try:
            response = http.send(request, auth=None) if without == "Authorization" else http.send(request)
        except httpx.HTTPError as error:
            raise AstrayError(f"{method} {path} got no answer: {error}") from None
        if response.status_code >= _FAILS:
            raise AstrayError(f"{method} {path} was answered with status {response.status_code}")
        if response.status_code >= _REFUSED:
            return None
        with suppress(ValueError):
            document = response.json()
            if isinstance(document, dict):
                return document
        return {}

    @staticmethod
    def _made(made: list[str], document: dict[str, Any] | None) -> str | None:
        """The id of what was created."""
        if document is None:
            return None
        name = document.get("id")
        if not isinstance(name, str):
            raise AstrayError("what was created has no id")
        made.append(name)
        return name
