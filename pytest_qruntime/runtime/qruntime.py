"""One object with everything: the clock, the backends, sessions, batches and jobs, and the trace."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import httpx
from typing_extensions import Unpack

from pytest_qruntime.client import BackendLike, Batch, Duration, Job, JobOptions, Session, VirtualClient, run_job
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.clock import Clock
from pytest_qruntime.model import Plan, Policy, Trace, World
from pytest_qruntime.model.instance import Instance
from pytest_qruntime.rest import Service
from pytest_qruntime.runtime.premises import DEFAULT_BACKEND
from pytest_qruntime.runtime.staging import Staging

__tracebackhide__ = hidden


class QRuntime(Staging):
    """A Qiskit Runtime service of your own, in virtual time.

    While it lives, calls of httpx and requests to the service's hosts are answered in this process; `http` is a client
    that is already authorised. Only `clock`, sleeping, and waiting for a job move time. Nothing is random without the
    seed.

    Attributes:
        clock: virtual time: `tick`, `move_to`, `now`, `run_until`, `pending`.
        world: the model behind it, with every job, workload and backend.
        service: the REST face of the model.
        default_backend: name of the backend that is used when none is named.
    """

    def __init__(
        self, model: World, *, backend: str = DEFAULT_BACKEND, freeze: bool = True, engine: str = "ideal"
    ) -> None:
        super().__init__(model, Service(model, engine=engine), backend)
        self.clock = Clock(model, freeze=freeze)
        self._http: httpx.Client | None = None
        self._other_http: dict[str, httpx.Client] = {}

    # -- what it is --------------------------------------------------------------------------------------------------

    @property
    def trace(self) -> Trace:
        """Everything that happened so far, in order."""
        return self.world.trace

    @property
    def policy(self) -> Policy:
        """The knobs that this world was made with."""
        return self.world.policy

    @property
    def plan(self) -> Plan:
        """The plan of the instance."""
        return self.world.instance.plan

    @property
    def crn(self) -> str:
        """The CRN of the instance, for the header Service-CRN."""
        return self.service.crn()

    @property
    def token(self) -> str:
        """A bearer token that is valid now, for the header Authorization. It expires after an hour of virtual time."""
        return self.service.token(fresh=True)

    @property
    def api_key(self) -> str:
        """An API key, for code that asks the IAM endpoint for its own tokens (any well-formed one will do)."""
        return self.service.api_key()

    @property
    def base_url(self) -> str:
        """The root of the service's REST API; its paths begin with ``/v1``."""
        return self.service.base_url

    @property
    def http(self) -> httpx.Client:
        """An `httpx.Client` with base URL, bearer token and Service-CRN set: ``qruntime.http.get("/v1/backends")``.

        The token is always a valid one. If the code under test closes the client, there is a new one.
        """
        if self._http is None or self._http.is_closed:
            self._http = VirtualClient(self.service, self.clock)
        return self._http

    @cached_property
    def _own_http(self) -> httpx.Client:
        """The client of the handles: nobody else can close it."""
        return VirtualClient(self.service, self.clock)

    def _http_of(self, instance: Instance) -> httpx.Client:
        """The same for the handles on what belongs to an instance."""
        if instance is self.world.instance:
            return self._own_http
        if instance.name not in self._other_http:
            shown = self.service.accounts.registered(instance)
            self._other_http[instance.name] = VirtualClient(self.service, self.clock, shown)
        return self._other_http[instance.name]

    # -- what a user of the service does -----------------------------------------------------------------------------

    def session(self, backend: BackendLike | None = None, *, max_time: Duration | None = None) -> Session:
        """Open a session, on the default backend unless another is named.

        `max_time` is ``"25m"``, seconds or a timedelta. Raises `ServiceError` if the service refuses the session, as it
        does on the Open plan.
        """
        return Session(self._own_http, backend=backend or self.default_backend, max_time=max_time)

    def batch(self, backend: BackendLike | None = None, *, max_time: Duration | None = None) -> Batch:
        """Open a batch, on the default backend unless another is named. Raises `ServiceError` if it is refused."""
        return Batch(self._own_http, backend=backend or self.default_backend, max_time=max_time)

    def run(
        self,
        program: str = "sampler",
        params: Any = None,
        *,
        backend: BackendLike | None = None,
        **options: Unpack[JobOptions],
    ) -> Job:
        """Submit a job in job mode; without `params` a Bell circuit. The options are those of `run_job`."""
        return run_job(self._own_http, program, params, backend=backend or self.default_backend, **options)

    def job(self, job_id: str) -> Job:
        """A handle on a job that the code under test submitted. Raises `ServiceError` (404) for an unknown id."""
        known = self.world.jobs.get(job_id)
        job = Job(self._own_http if known is None else self._http_of(known.instance), job_id)
        job.details()
        return job

    # -- what the code under test did --------------------------------------------------------------------------------

    def workloads(self) -> list[Session | Batch]:
        """A handle on every session and batch of the account's instances, in the order of their opening."""
        kinds: dict[str, type[Session] | type[Batch]] = {Session.mode: Session, Batch.mode: Batch}
        opened = list(self.world.workloads.values())
        return [kinds[one.mode].from_id(self._http_of(one.instance), one.id) for one in opened]

    def jobs(self) -> list[Job]:
        """A handle on every job of the account's instances, in the order of submission; not on deleted ones."""
        submitted = [job for job in list(self.world.jobs.values()) if job.instance is not self.world.others]
        return [Job(self._http_of(job.instance), job.id) for job in submitted]

    def __repr__(self) -> str:
        now = self.clock.now().isoformat().replace("+00:00", "Z")
        return f"<QRuntime at {now}, plan {self.plan.name}, seed {self.world.seed}>"
