"""What a test can do whatever stands behind: the fake, a recording, or the live service."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple

import httpx
from typing_extensions import Unpack

from pytest_qruntime.client import BackendLike, Batch, Duration, Job, JobOptions, Session, run_job
from pytest_qruntime.client.errors import hidden
from pytest_qruntime.clock import Clock
from pytest_qruntime.model import QRuntimeError, Trace
from pytest_qruntime.network import Requests

if TYPE_CHECKING:
    from pytest_qruntime.contracts import Report
    from pytest_qruntime.report.timeline import Timeline
    from pytest_qruntime.sdk.watching import Calls

__tracebackhide__ = hidden

Source = Literal["fake", "cassette", "live"]
"""What stands behind a test's `qruntime`."""

KINDS: Final[dict[str, type[Session] | type[Batch]]] = {Session.mode: Session, Batch.mode: Batch}


# What the fake alone can tell or do, and what that is.
_OF_THE_FAKE: Final = {
    "world": "is the model behind the fake",
    "service": "is the REST face of the fake",
    "policy": "is how the fake behaves where documents disagree",
    "plan": "is the plan that the fake was given",
    "backend": "makes a backend of the fake, or is its model",
    "maintenance": "puts a backend of the fake into maintenance",
    "calibrate": "makes the fake calibrate a backend",
    "instance": "makes one more instance of the fake",
    "instances": "are the instances of the fake",
    "next_jobs": "decides what becomes of jobs on the fake",
    "other_users": "makes other users of the fake busy",
    "limit_usage": "decides how much the fake lets an instance use",
    "at": "makes something happen to the fake at an instant",
    "before": "makes something happen to the fake before a request",
    "after": "makes something happen to the fake after a request",
    "fail": "makes the network between a client and the fake fail",
    "play": "plays a scenario on the fake",
    "network": "lies between clients and the fake",
}
_INSTEAD: Final = {
    "cassette": "this test is on a recording, which holds what one run of it saw and nothing else",
    "live": "this test is on a live service, which nobody can stage",
}


class SourceError(QRuntimeError, AttributeError):
    """A test asks for something that only the fake has, and something else stands behind it."""


class Opened(NamedTuple):
    """A session or batch that was opened: its id, its mode as the service calls it, and the CRN of its instance."""

    id: str
    mode: str
    crn: str


class Submitted(NamedTuple):
    """A job that was submitted: its id, and the CRN of its instance."""

    id: str
    crn: str


class Surface(ABC):
    """A Qiskit Runtime service, as a test meets it.

    Everything here works on the fake, on a recording and on the live service alike: what it does goes through the
    service's REST API, and what it tells of the code under test is what went that way.

    Whoever derives from it has to set `clock` and `default_backend`.

    Attributes:
        source: what stands behind: ``"fake"``, ``"cassette"`` or ``"live"``.
        clock: its time: `tick`, `move_to`, `now`, `run_until`, `pending`.
        default_backend: name of the backend that is used when none is named.
        scenario: name of the scenario that is played; None: none is.
        calls: those of the official client, as far as they were watched; None: they were not.
    """

    source: ClassVar[Source]
    clock: Clock
    default_backend: str
    scenario: str | None = None
    calls: Calls | None = None
    _http: httpx.Client | None = None

    if not TYPE_CHECKING:  # else every name would be one

        def __getattr__(self, name: str) -> Any:
            """What only the fake has is told to be just that."""
            if name not in _OF_THE_FAKE or self.source not in _INSTEAD:
                raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
            raise SourceError(
                f"qruntime.{name} {_OF_THE_FAKE[name]}, and {_INSTEAD[self.source]}. Take it out of the test, ask "
                "qruntime.source before, or mark the test with @pytest.mark.qruntime(source='fake')"
            )

    # -- what stands behind ------------------------------------------------------------------------------------------

    @property
    @abstractmethod
    def trace(self) -> Trace:
        """Everything that happened so far, in order."""

    @property
    @abstractmethod
    def requests(self) -> Requests:
        """Every request so far, in order, and what came of it: ``requests.where("submit").one()``."""

    @property
    def evidence(self) -> Trace:
        """The trace, with the calls of the official client in it: by this the contracts judge."""
        if self.calls is None:
            return self.trace
        from pytest_qruntime.sdk.watching import merged

        return merged(self.trace, self.calls)

    @property
    @abstractmethod
    def crn(self) -> str:
        """The CRN of the instance, for the header Service-CRN."""

    @property
    @abstractmethod
    def token(self) -> str:
        """A bearer token that is valid now, for the header Authorization. It expires after an hour of `clock`."""

    @property
    @abstractmethod
    def api_key(self) -> str:
        """An API key, for code that asks the IAM endpoint for its own tokens."""

    @property
    @abstractmethod
    def base_url(self) -> str:
        """The root of the service's REST API; its paths begin with ``/v1``."""

    @abstractmethod
    def _client(self, crn: str | None) -> httpx.Client:
        """A new client of the service, with base URL, bearer token and Service-CRN set.

        Args:
            crn: of the instance that it speaks of; None: the default one.
        """

    @abstractmethod
    def _opened(self) -> Iterable[Opened]:
        """The sessions and batches that were opened so far, in that order."""

    @abstractmethod
    def _submitted(self) -> Iterable[Submitted]:
        """The jobs that were submitted so far, in that order, without deleted ones."""

    @abstractmethod
    def on_open(self, tell: Callable[[str], None]) -> None:
        """Have `tell` called with the id of each session or batch from now on, in the thread that opened it."""

    # -- clients -----------------------------------------------------------------------------------------------------

    @property
    def http(self) -> httpx.Client:
        """An `httpx.Client` with base URL, bearer token and Service-CRN set: ``qruntime.http.get("/v1/backends")``.

        The token is always a valid one. If the code under test closes the client, there is a new one.
        """
        if self._http is None or self._http.is_closed:
            self._http = self._client(None)
        return self._http

    @cached_property
    def _own_http(self) -> httpx.Client:
        """The client of the handles: nobody else can close it."""
        return self._client(None)

    @cached_property
    def _other_http(self) -> dict[str, httpx.Client]:
        return {}

    def _http_of(self, crn: str) -> httpx.Client:
        """The same for the handles on what belongs to an instance; an empty CRN is the default one's."""
        if crn in ("", self.crn):
            return self._own_http
        if crn not in self._other_http:
            self._other_http[crn] = self._client(crn)
        return self._other_http[crn]

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
        job = Job(self._http_of(self._crn_of(job_id)), job_id)
        job.details()
        return job

    # -- what the code under test did --------------------------------------------------------------------------------

    def workloads(self) -> list[Session | Batch]:
        """A handle on every session and batch of the account's instances, in the order of their opening."""
        return [KINDS[one.mode].known(self._http_of(one.crn), one.id) for one in list(self._opened())]

    def jobs(self) -> list[Job]:
        """A handle on every job of the account's instances, in the order of submission; not on deleted ones."""
        return [Job(self._http_of(one.crn), one.id) for one in list(self._submitted())]

    def timeline(self, report: Report | None = None) -> Timeline:
        """What happened so far, to look at: ``print(qruntime.timeline())``; in a notebook it shows itself.

        `report` is one of ``qruntime_contracts.check()``: what it says was broken is marked.
        """
        from pytest_qruntime.report.timeline import broken_in
        from pytest_qruntime.runtime.asked import timeline_of

        return timeline_of(self, () if report is None else broken_in(report))

    @property
    def now_us(self) -> int | None:
        """The present instant of the trace, in microseconds; None: that of its last event."""
        return None

    def _crn_of(self, job_id: str) -> str:
        """The CRN of a job's instance; empty for a job that nobody submitted."""
        return next((one.crn for one in self._submitted() if one.id == job_id), "")
