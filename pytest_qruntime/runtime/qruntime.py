"""The fake: a service of a test's own, with everything a test can do with it, and decide about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar

import httpx

from pytest_qruntime.client import VirtualClient
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.client.virtual import VirtualPatience
from pytest_qruntime.clock import Clock
from pytest_qruntime.model import Plan, Policy, Trace, World
from pytest_qruntime.network import Network, Requests
from pytest_qruntime.rest import Service
from pytest_qruntime.runtime.premises import DEFAULT_BACKEND
from pytest_qruntime.runtime.surface import Opened, Source, Submitted, Surface
from pytest_qruntime.runtime.troubles import Troubles

__tracebackhide__ = hidden


class QRuntime(Troubles, Surface):
    """A Qiskit Runtime service of your own, in virtual time.

    While it lives, calls of httpx and requests to the service's hosts are answered in this process; `http` is a client
    that is already authorised. Only `clock`, sleeping, and waiting for a job move time. Nothing is random without the
    seed.

    Attributes:
        clock: virtual time: `tick`, `move_to`, `now`, `run_until`, `pending`.
        world: the model behind it, with every job, workload and backend.
        service: the REST face of the model.
        network: what lies between clients and the service, where faults act.
        default_backend: name of the backend that is used when none is named.
    """

    source: ClassVar[Source] = "fake"

    def __init__(
        self, model: World, *, backend: str = DEFAULT_BACKEND, freeze: bool = True, engine: str = "ideal"
    ) -> None:
        super().__init__(model, Service(model, engine=engine), backend)
        self.clock = Clock(model, freeze=freeze)
        self.network = Network(self.service, self.clock)

    # -- what it is --------------------------------------------------------------------------------------------------

    @property
    def trace(self) -> Trace:
        """Everything that happened so far, in order."""
        return self.world.trace

    @property
    def requests(self) -> Requests:
        """Every request so far, in order, and what came of it."""
        return self.network.journal.requests()

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

    def __repr__(self) -> str:
        now = self.clock.now().isoformat().replace("+00:00", "Z")
        return f"<QRuntime at {now}, plan {self.plan.name}, seed {self.world.seed}>"

    # -- for what it has in common with other sources ----------------------------------------------------------------

    def _client(self, crn: str | None) -> httpx.Client:
        patience = VirtualPatience(self.world, self.clock)
        return VirtualClient(self.service, self.clock, patience, crn, answering=self.network)

    def _opened(self) -> Iterator[Opened]:
        for one in list(self.world.workloads.values()):
            yield Opened(one.id, one.mode, self.service.crn(one.instance))

    def on_open(self, tell: Callable[[str], None]) -> None:
        """Have `tell` called with the id of each session or batch from now on, in the thread that opened it.

        For clients of a loopback server that is the thread of the server.
        """
        self.service.on_open = tell

    def _submitted(self) -> Iterator[Submitted]:
        for job in list(self.world.jobs.values()):
            if job.instance is not self.world.others:
                yield Submitted(job.id, self.service.crn(job.instance))

    @property
    def now_us(self) -> int:
        """The present instant, in microseconds since the beginning of the world."""
        return self.world.now_us

    def _repr_html_(self) -> str:
        """What a notebook shows: the timeline."""
        return self.timeline().html_part(title=repr(self))

    def _crn_of(self, job_id: str) -> str:
        job = self.world.jobs.get(job_id)
        return "" if job is None else self.service.crn(job.instance)
