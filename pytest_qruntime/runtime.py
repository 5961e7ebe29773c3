"""The world as a test sees it: one object with the clock, the backends, sessions, batches and jobs, and the trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta, timezone
from functools import cached_property
from typing import Any, Final

import httpx

from pytest_qruntime.client import Batch, Job, Session, run_job
from pytest_qruntime.clock import Clock, seconds_of
from pytest_qruntime.model import (
    ConfigurationError,
    Durations,
    Failure,
    JobRequest,
    JobScript,
    Plan,
    Policy,
    Trace,
    World,
    estimate,
)
from pytest_qruntime.model.backend import Backend
from pytest_qruntime.model.errors import whole_number
from pytest_qruntime.rest import Service
from pytest_qruntime.transport import FakeTransport, Interception

DEFAULT_BACKEND: Final = "fake_backend"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=timezone.utc)

Duration = str | float | timedelta
DurationsFunction = Callable[[JobRequest], Durations | tuple[float, float]]


class QRuntime:
    """A Qiskit Runtime service of your own, in virtual time.

    While it lives, calls of httpx and requests to the service's hosts are answered in this process; `http` is a client
    that is already authorised. Only `clock`, sleeping, and waiting for a job move time. Nothing is random without the
    seed.
    """

    def __init__(self, model: World, *, backend: str = DEFAULT_BACKEND, freeze: bool = True) -> None:
        self.world = model
        self.clock = Clock(model, freeze=freeze)
        self.service = Service(model)
        self.default_backend = model.add_backend(backend).name

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
        return self.service.token()

    @property
    def api_key(self) -> str:
        """An API key, for code that asks the IAM endpoint for its own tokens (any well-formed one will do)."""
        return self.service.api_key()

    @property
    def base_url(self) -> str:
        """The root of the service's REST API; its paths begin with ``/v1``."""
        return self.service.base_url

    @cached_property
    def http(self) -> httpx.Client:
        """An `httpx.Client` with base URL, bearer token and Service-CRN set: ``qruntime.http.get("/v1/backends")``."""
        return httpx.Client(
            base_url=self.base_url,
            transport=FakeTransport(self.service),
            auth=_FreshToken(self.service),
            headers={"Service-CRN": self.crn, "Accept": "application/json"},
        )

    # -- what a user of the service does -----------------------------------------------------------------------------

    def session(self, backend: str | None = None, *, max_time: str | int | timedelta | None = None) -> Session:
        """Open a session, on the default backend unless another is named. Raises `ServiceError` if it is refused."""
        return Session(self.http, backend=backend or self.default_backend, max_time=max_time, patience=self._patience)

    def batch(self, backend: str | None = None, *, max_time: str | int | timedelta | None = None) -> Batch:
        """Open a batch, on the default backend unless another is named. Raises `ServiceError` if it is refused."""
        return Batch(self.http, backend=backend or self.default_backend, max_time=max_time, patience=self._patience)

    def run(self, program: str = "sampler", params: Any = None, **options: Any) -> Job:
        """Submit a job in job mode; without `params` a Bell circuit. The options are those of `run_job`."""
        options = {"backend": self.default_backend, "patience": self._patience, **options}
        return run_job(self.http, program, params, **options)

    # -- what a test decides about the service -----------------------------------------------------------------------

    def backend(
        self,
        name: str | None = None,
        *,
        qubits: int | None = None,
        lanes: int | None = None,
        qpu_contention: bool | None = None,
    ) -> Backend:
        """The backend of that name (or the default one); a new one if there is none yet.

        Raises `ConfigurationError` when an existing backend is asked to be different.
        """
        name = name or self.default_backend
        with self.world.lock:
            if name not in self.world.backends:
                return self.world.add_backend(name, qubits=qubits or 127, lanes=lanes, qpu_contention=qpu_contention)
            existing = self.world.backends[name]
            for what, wanted, found in (("qubits", qubits, existing.qubits), ("lanes", lanes, existing.lanes)):
                if wanted is not None and wanted != found:
                    raise ConfigurationError(
                        f"backend {name!r} exists with {what}={found}, not {wanted}; give the new one another name"
                    )
            return existing

    def next_jobs(
        self,
        times: int | None = 1,
        *,
        classical: Duration | None = None,
        quantum: Duration | None = None,
        code: int | None = None,
        reason: str = "The job was made to fail by the test.",
        solution: str = "",
        blame: str = "user",
        runs_too_long: bool = False,
        backend: str | None = None,
        session: str | None = None,
        program: str | None = None,
        tag: str | None = None,
    ) -> None:
        """Decide what becomes of the next `times` jobs that are submitted (None: of every one from now on).

        Args:
            classical, quantum: how long they take; if only one is given, the other is zero.
            code, reason, solution, blame: they fail with this code at the end of their QPU time; a fault of the
                ``"system"`` is not charged, one of the ``"user"`` is (USG-07).
            runs_too_long: they need more QPU time than their limit and are stopped with code 1305 (MXT-03).
            backend, session, program, tag: only jobs that match.

        Raises `ConfigurationError` for values that make no sense together.
        """
        durations = None
        if classical is not None or quantum is not None:
            durations = Durations.of(seconds_of(classical or 0), seconds_of(quantum or 0))
        failure = None if code is None else Failure(code=code, reason=reason, solution=solution, blame=blame)  # type: ignore[arg-type]
        script = JobScript(
            times=times,
            backend=backend,
            workload=session,
            program=program,
            tag=tag,
            durations=durations,
            failure=failure,
            runs_too_long=runs_too_long,
        )
        with self.world.lock:
            self.world.script(script)

    def other_users(
        self,
        jobs: int = 1,
        *,
        classical: Duration = 0,
        quantum: Duration = 60,
        after: Duration | None = None,
        backend: str | None = None,
    ) -> None:
        """Other users submit so many plain jobs, now or `after` some time; they queue and hold lanes like any job."""
        whole_number("jobs", jobs, minimum=1)
        with self.world.lock:
            for _ in range(jobs):
                self.world.add_load(
                    backend or self.default_backend,
                    classical_s=seconds_of(classical),
                    quantum_s=seconds_of(quantum),
                    at_us=self._at_us(after),
                )

    def calibrate(self, lasting: Duration = "5m", *, after: Duration | None = None, backend: str | None = None) -> None:
        """The service calibrates a backend; between the jobs of a batch, never inside a session (ORD-10)."""
        with self.world.lock:
            self.world.calibrate(backend or self.default_backend, seconds=seconds_of(lasting), at_us=self._at_us(after))

    def _at_us(self, after: Duration | None) -> int | None:
        return None if after is None else self.world.now_us + round(seconds_of(after) * 1_000_000)

    @cached_property
    def _patience(self) -> _VirtualPatience:
        return _VirtualPatience(self.clock)

    def __repr__(self) -> str:
        return f"<QRuntime at {self.clock.now().isoformat()}, plan {self.plan.name}, seed {self.world.seed}>"


class _FreshToken(httpx.Auth):
    """Puts a token on each request that is valid at that moment of virtual time."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def auth_flow(self, request: httpx.Request) -> Iterator[httpx.Request]:  # type: ignore[override]
        request.headers["Authorization"] = f"Bearer {self._service.token()}"
        yield request


class _VirtualPatience:
    """A wait is a jump to the next event."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now_s(self) -> float:
        return self._clock.now().timestamp()

    def pause(self, at_most_s: float | None) -> None:
        self._clock.wait_for_event(at_most_s)


@contextmanager
def world(
    *,
    plan: str | Plan = "premium",
    seed: int = 0,
    lanes: int = 5,
    policy: Policy | Mapping[str, Any] | None = None,
    start: datetime | str | None = None,
    freeze: bool = True,
    backend: str = DEFAULT_BACKEND,
    qpu_contention: bool = True,
    durations: DurationsFunction = estimate,
    label: str = "this program",
) -> Iterator[QRuntime]:
    """A world for the length of a ``with`` block, without pytest: in a script or a notebook.

    Args:
        plan: ``"open"``, ``"payg"``, ``"flex"``, ``"premium"`` or a `Plan`.
        seed: from which every id and every random number comes.
        lanes: jobs that a backend runs at once.
        policy: a `Policy`, or a mapping of the knobs that differ from the default.
        start: the date and time at which the world begins; an aware datetime or ISO 8601 text.
        freeze: whether ``datetime.now()`` and ``time.time()`` show virtual time too; sleeping is virtual in any case.
        backend: name of the one backend that exists from the beginning.
        qpu_contention: whether the QPU runs one job at a time.
        durations: how long a job takes, from its `JobRequest`: `Durations`, or (classical, quantum) seconds.
        label: what a refused network connection names as its origin.

    Raises `ConfigurationError` for a value that cannot be used, before anything is patched.
    """
    model = World(
        plan=Plan.named(plan),
        seed=seed,
        lanes=lanes,
        policy=_policy(policy),
        qpu_contention=qpu_contention,
        durations=_durations(durations),
        **({} if start is None else {"start_unix_us": _unix_us(start)}),
    )
    qruntime = QRuntime(model, backend=backend, freeze=freeze)
    with ExitStack() as stack:
        stack.enter_context(qruntime.clock.hold())
        stack.enter_context(Interception(qruntime.service, label=label))
        yield qruntime


def _policy(policy: Policy | Mapping[str, Any] | None) -> Policy:
    if policy is None or isinstance(policy, Policy):
        return policy or Policy()
    if not isinstance(policy, Mapping):
        raise ConfigurationError(f"policy is {policy!r}; expected a Policy or a mapping of knobs to values")
    return Policy().but(**policy)


def _durations(function: DurationsFunction) -> Callable[[JobRequest], Durations]:
    if function is estimate:
        return estimate
    if not callable(function):
        raise ConfigurationError(f"durations is {function!r}; expected a function of the job's request")

    def durations(request: JobRequest) -> Durations:
        found = function(request)
        return found if isinstance(found, Durations) else Durations.of(*found)

    return durations


def _unix_us(start: datetime | str) -> int:
    """Microseconds since 1970 of an aware datetime or an ISO 8601 text."""
    try:
        moment = datetime.fromisoformat(start.replace("Z", "+00:00")) if isinstance(start, str) else start
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=timezone.utc)
    except (ValueError, AttributeError) as error:
        raise ConfigurationError(
            f"start is {start!r}; expected an aware datetime or a text such as '2026-01-15T12:00:00Z'"
        ) from error
    return (moment - _EPOCH) // timedelta(microseconds=1)
