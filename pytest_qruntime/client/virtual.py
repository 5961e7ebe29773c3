"""The httpx client of what answers in this process: authorised at every instant, and patient on its clock."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import cache
from typing import Protocol

import httpx

from pytest_qruntime.client.errors import hidden
from pytest_qruntime.client.patience import Patience
from pytest_qruntime.client.turns import Answering, InTurn
from pytest_qruntime.clock import Clock, Pending
from pytest_qruntime.clock.instants import listed
from pytest_qruntime.clock.watch import alone
from pytest_qruntime.model import NothingPendingError, World
from pytest_qruntime.model.events import ARRANGED
from pytest_qruntime.model.job import QUEUED, Job
from pytest_qruntime.rest.regions import host_of, region_of_crn
from pytest_qruntime.transport import FakeTransport

__tracebackhide__ = hidden


class Account(Answering, Protocol):
    """What answers requests, and what a client has to send to be let in: the fake's REST face, or a recording."""

    @property
    def base_url(self) -> str:
        """The root of the REST API of the default instance; paths begin with ``/v1``."""

    def crn(self) -> str:
        """The CRN of the default instance."""

    def api_key(self) -> str:
        """An API key of the account."""

    def token(self) -> str:
        """A bearer token that is valid now."""


class VirtualClient(httpx.Client):
    """An `httpx.Client` with base URL, bearer token and Service-CRN set, answered in this process.

    Args:
        service: as whom it asks.
        clock: its time.
        patience: how handles that use this client wait for a job.
        crn: the instance that it speaks of, at the host of its region; None: the default one.
        answering: who answers; None: the service.
    """

    def __init__(
        self,
        service: Account,
        clock: Clock,
        patience: Patience,
        crn: str | None = None,
        *,
        answering: Answering | None = None,
    ) -> None:
        self.patience = patience
        super().__init__(
            base_url=_root(service.base_url if crn is None else f"https://{host_of(region_of_crn(crn))}/api"),
            transport=FakeTransport(InTurn(answering or service, clock)),
            auth=FreshToken(service),
            headers={"Service-CRN": service.crn() if crn is None else crn, "Accept": "application/json"},
        )


@cache
def _root(base_url: str) -> httpx.URL:
    """The base URL as httpx keeps it, with a slash at the end: parsing it is half of what a client costs."""
    return httpx.URL(base_url.rstrip("/") + "/")


class FreshToken(httpx.Auth):
    """Puts a token on each request that is valid at that moment of virtual time."""

    def __init__(self, service: Account) -> None:
        self._service = service

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Authorise one request, unless its sender did."""
        request.headers.setdefault("Authorization", f"Bearer {self._service.token()}")
        yield request


class VirtualPatience:
    """A wait is a jump from event to event until the job has ended; the service is not asked on the way."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._clock = clock

    def now_s(self) -> float:
        """Seconds since the world began."""
        return self._world.now_us / 1_000_000

    def pause(self, job_id: str, at_most_s: float | None) -> None:
        """Let time pass until the job is final. Raises `NothingPendingError` if nothing pending can end the wait."""
        job = self._world.jobs.get(job_id)
        if job is not None:
            until_us = None if at_most_s is None else self._world.now_us + round(at_most_s * 1_000_000)
            self.wait(job, lambda: job.final, until_us)

    def wait(self, job: Job, over: Callable[[], bool], until_us: int | None) -> None:
        """Let time pass, from event to event, until `over()` or until `until_us` (microseconds since the world began).

        Raises `NothingPendingError` if nothing pending can end the wait, with what is known of the job.
        """
        pending = self._clock.pending()
        if until_us is None and alone() and _never_starts(job, pending):
            # At once, before time moves to what does not concern the job. Another thread could still bring help.
            raise NothingPendingError(_hopeless(job, pending))
        if over() or (until_us is not None and self._world.now_us >= until_us):
            return
        try:
            self._clock.wait_for_event(until_us, over=over)
        except NothingPendingError:
            raise NothingPendingError(_hopeless(job, pending)) from None


def _never_starts(job: Job, pending: Sequence[Pending]) -> bool:
    """Whether the job is queued on a backend that starts nothing, and nothing will end that, nor the job.

    A timer of its session or batch may end it, and what a test has arranged may do anything.
    """
    if any(due.kind == ARRANGED for due in pending):
        return False
    workload_id = None if job.workload is None else job.workload.id
    starts_nothing = job.backend.status != "online" and not job.backend.maintenance.returns
    return job.status == QUEUED and starts_nothing and all(due.subject != workload_id for due in pending)


def _hopeless(job: Job, pending: Sequence[Pending]) -> str:
    """Why a wait for this job would never end."""
    backend = job.backend
    text = f"job {job.id} is {job.status} and nothing is pending that could change that"
    if backend.status == "online":
        return f"{text}. Cancel it, or wait with a timeout; {listed(pending)}"
    reason = "" if backend.status_reason == backend.status else f" ({backend.status_reason})"
    return (
        f"{text}: backend {backend.name} is {backend.status}{reason} and starts no job. Bring it back with "
        f"qruntime.backend({backend.name!r}).set_status('online'), or wait with a timeout; {listed(pending)}"
    )
