"""A timeline in seconds, to be read like the text of a golden timeline: ``j1 = t.at(10).submit(s, J(30, 20))``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from pytest_qruntime.model import Durations, Failure, JobRequest, Plan, Policy, RefusedError, World
from pytest_qruntime.model.job import Job
from pytest_qruntime.model.workload import Workload

SECOND = 1_000_000

PENDING = "Pending"
ACCEPTING = "In progress, accepting new jobs"
DRAINING = "In progress, not accepting new jobs"
CLOSED = "Closed"


class J(NamedTuple):
    """A job that takes `d` seconds of lane time, the last `q` of which on the QPU."""

    d: float
    q: float

    @property
    def durations(self) -> Durations:
        return Durations.of(self.d - self.q, self.q)


class Timeline:
    """A world with one backend, told in seconds; without QPU contention unless asked for. `knobs` turn the policy."""

    def __init__(
        self, *, lanes: int = 5, plan: str | Plan = "premium", contention: bool = False, seed: int = 0, **knobs: Any
    ) -> None:
        policy = Policy(**knobs)
        self.world = World(seed=seed, plan=plan, policy=policy, lanes=lanes, qpu_contention=contention)
        self.backend = self.world.add_backend("fake_backend")

    # -- what happens ------------------------------------------------------------------------------------------------

    def at(self, seconds: float) -> Timeline:
        """Let time pass until so many seconds after the beginning."""
        self.world.advance_to(us(seconds))
        return self

    def session(self, max_time: int | None = None, **asked: Any) -> Workload:
        return self.world.open("dedicated", backend="fake_backend", max_ttl_s=max_time, **asked)

    def batch(self, max_time: int | None = None, **asked: Any) -> Workload:
        return self.world.open("batch", backend="fake_backend", max_ttl_s=max_time, **asked)

    def submit(self, workload: Workload | None, job: J, **asked: Any) -> Job:
        """Submit a job to a workload, or a plain one (None)."""
        return self.world.submit(self.request(workload, job, **asked))

    def request(self, workload: Workload | None, job: J, **asked: Any) -> JobRequest:
        return JobRequest(workload=None if workload is None else workload.id, durations=job.durations, **asked)

    def foreign(self, job: J) -> Job:
        """Another user submits a plain job."""
        self.world.add_load("fake_backend", classical_s=job.d - job.q, quantum_s=job.q)
        return list(self.world.others.jobs.values())[-1]

    def calibration(self, seconds: float) -> Job:
        self.world.calibrate("fake_backend", seconds=seconds)
        return list(self.world.others.jobs.values())[-1]

    def close(self, workload: Workload) -> None:
        self.world.set_accepting(workload.id, False)

    def reopen(self, workload: Workload) -> None:
        self.world.set_accepting(workload.id, True)

    def cancel(self, thing: Workload | Job) -> None:
        if isinstance(thing, Workload):
            self.world.cancel_workload(thing.id)
        else:
            self.world.cancel_job(thing.id)

    @contextmanager
    def block(self, workload: Workload) -> Iterator[Workload]:
        """What ``with Session(...)`` does to the service: it closes on the way out, also when the body raised."""
        try:
            yield workload
        finally:
            self.close(workload)

    # -- what is seen ------------------------------------------------------------------------------------------------

    def refused(self, request: Callable[[], object]) -> str:
        """Why the service refuses a request; nothing else may have changed."""
        before = self.snapshot()
        try:
            request()
        except RefusedError as refused:
            assert self.snapshot() == before, "a refused request changes nothing"
            return refused.refusal.value
        raise AssertionError("the service accepted what it should refuse")

    def refuses_job(self, workload: Workload | None, job: J, **asked: Any) -> str:
        return self.refused(lambda: self.submit(workload, job, **asked))

    def snapshot(self) -> list[object]:
        """The state that a client can see."""
        world = self.world
        states = [(w.id, w.state, w.accepting, w.closed_us, len(w.jobs), w.queued) for w in world.workloads.values()]
        return [states, [(job.id, job.status, job.tags) for job in world.jobs.values()], list(world.instance.jobs)]

    def status(self, workload: Workload) -> str:
        """The status that the client shows (STS-01 to STS-04)."""
        if workload.state in ("open", "inactive"):
            return PENDING
        if workload.state == "closed":
            return CLOSED
        return ACCEPTING if workload.state == "active" and workload.accepting else DRAINING

    def usage(self, workload: Workload) -> float | None:
        return seconds(workload.usage_us(self.world.now_us))

    def instance_usage(self) -> float | None:
        return seconds(self.world.instance.usage_us(self.world.now_us))


def us(at: float) -> int:
    return round(at * SECOND)


def seconds(at_us: int | None) -> float | None:
    return None if at_us is None else at_us / SECOND


def ran(job: Job) -> tuple[float | None, float | None]:
    """When a job began to run and when it ended."""
    return seconds(job.running_us), seconds(job.finished_us)


def runs(*jobs: Job) -> list[tuple[float | None, float | None]]:
    return [ran(job) for job in jobs]


def started(*jobs: Job) -> list[float | None]:
    return [seconds(job.running_us) for job in jobs]


def statuses(*jobs: Job) -> list[str]:
    return [job.status for job in jobs]


def charged(*jobs: Job) -> list[float | None]:
    return [seconds(job.charged_us) for job in jobs]


def timestamps(workload: Workload) -> list[tuple[str, float | None]]:
    return [(state, seconds(at_us)) for state, at_us in workload.timestamps]


def user_error(at: str = "quantum", **more: Any) -> Failure:
    return Failure(code=1517, reason="instruction not supported", solution="transpile it", at=at, **more)  # type: ignore[arg-type]
