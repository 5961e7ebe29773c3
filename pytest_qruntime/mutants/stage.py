"""A stage on which a story is played to a service, faulty or not, and the evidence that it leaves."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Generic, Protocol, TypeVar

from pytest_qruntime.contracts.terms import Terms
from pytest_qruntime.model import Durations, Failure, JobRequest, Plan, Policy, RefusedError, Trace, World
from pytest_qruntime.model.job import Job
from pytest_qruntime.model.workload import Workload

SECOND: Final = 1_000_000
BACKEND: Final = "fake_backend"
AT_MOST: Final = 5_000
"""How many events a story may have: a faulty service may never come to an end."""


class EndlessError(Exception):
    """A faulty service goes on for ever."""


def pass_time(world: World, seconds: float) -> None:
    """Let time pass until so many seconds after the beginning, event by event."""
    end_us = round(seconds * SECOND)
    while (due_us := world.next_event_us()) is not None and due_us <= end_us:
        if len(world.trace) > AT_MOST:
            raise EndlessError
        world.advance_to(max(due_us, world.now_us))
    world.advance_to(max(end_us, world.now_us))


class Stage:
    """A world with one backend, told in seconds. What the service refuses is refused, and the story goes on.

    Args:
        lanes, plan, contention: of the world.
        knobs: of the policy that the service is said to have.
    """

    def __init__(self, *, lanes: int = 2, plan: str | Plan = "premium", contention: bool = True, **knobs: Any) -> None:
        self.policy = Policy(**knobs)
        self.world = World(policy=self.policy, lanes=lanes, plan=plan, qpu_contention=contention)
        self.backend = self.world.add_backend(BACKEND)

    # -- what happens --------------------------------------------------------------------------------------------

    def at(self, seconds: float) -> Stage:
        """Let time pass until so many seconds after the beginning, event by event."""
        pass_time(self.world, seconds)
        return self

    def ask(self, request: Callable[[], Any]) -> Any:
        """What a request gives; None if it is refused."""
        try:
            return request()
        except RefusedError:
            return None

    def session(self, max_time: int | None = None, **asked: Any) -> Workload | None:
        """Open a session."""
        return self.open("dedicated", max_ttl_s=max_time, **asked)

    def batch(self, max_time: int | None = None, **asked: Any) -> Workload | None:
        """Open a batch."""
        return self.open("batch", max_ttl_s=max_time, **asked)

    def open(self, mode: str, *, backend: str | None = BACKEND, **asked: Any) -> Workload | None:
        """Open whatever it is."""
        opened: Workload | None = self.ask(lambda: self.world.open(mode, backend=backend, **asked))
        return opened

    def run(self, workload: Workload | str | None, whole_s: float, qpu_s: float = 5, **asked: Any) -> Job | None:
        """Submit a job that takes so many seconds, the last of them on the QPU; a plain one without a workload."""
        name = workload.id if isinstance(workload, Workload) else workload
        asked = {"backend": BACKEND, "durations": Durations.of(whole_s - qpu_s, qpu_s), **asked}
        submitted: Job | None = self.ask(lambda: self.world.submit(JobRequest(workload=name, **asked)))
        return submitted

    def foreign(self, whole_s: float, qpu_s: float = 5) -> None:
        """Another user submits a plain job."""
        self.world.add_load(BACKEND, classical_s=whole_s - qpu_s, quantum_s=qpu_s)

    def close(self, workload: Workload | None) -> None:
        """Close it gracefully."""
        if workload is not None:
            self.ask(lambda: self.world.set_accepting(workload.id, False))

    def reopen(self, workload: Workload | None) -> None:
        """Let it take jobs again."""
        if workload is not None:
            self.ask(lambda: self.world.set_accepting(workload.id, True))

    def cancel(self, workload: Workload | None) -> None:
        """Cancel a session or batch."""
        if workload is not None:
            self.ask(lambda: self.world.cancel_workload(workload.id))

    def cancel_job(self, job: Job | None) -> None:
        """Cancel a job."""
        if job is not None:
            self.ask(lambda: self.world.cancel_job(job.id))

    def delete_job(self, job: Job | None) -> None:
        """Delete a job."""
        if job is not None:
            self.ask(lambda: self.world.delete_job(job.id))

    def tag(self, job: Job | None, *tags: str) -> None:
        """Replace the tags of a job."""
        if job is not None:
            self.ask(lambda: self.world.replace_tags(job.id, tags))

    # -- what is left --------------------------------------------------------------------------------------------

    def evidence(self) -> object:
        """Everything that happened, and the terms."""
        return list(self.world.trace), self.terms()

    def trace(self) -> Trace:
        """Everything that happened."""
        return self.world.trace

    def terms(self) -> Terms:
        """The terms on which the service is said to run, whatever it does."""
        world = self.world
        return Terms(
            policy=self.policy,
            lanes={backend.name: backend.lanes for backend in world.backends.values()},
            contention={backend.name: world.qpu_contention for backend in world.backends.values()},
            plans={instance.name: instance.plan for instance in world.instances.values()},
            now_us=world.now_us,
        )


class Scene(Protocol):
    """A stage, after a story was played there."""

    def evidence(self) -> object:
        """What is judged: where it is the same, the verdicts are."""

    def trace(self) -> Trace:
        """What happened."""

    def terms(self) -> Terms:
        """The terms on which the service is said to run, whatever it does."""


@dataclass(frozen=True)
class Story:
    """A name, how to set the stage, and what happens there."""

    name: str
    stage: Callable[[], Any]
    tell: Callable[[Any], None]

    def play(self) -> tuple[Trace, Terms]:
        """The trace and the terms."""
        stage: Scene = self.stage()
        self.tell(stage)
        return stage.trace(), stage.terms()

    def played_faulty(self) -> Scene:
        """The stage of a faulty service. It may break down: then it is judged by what it did until then."""
        stage: Scene = self.stage()
        with suppress(Exception):
            self.tell(stage)
        return stage


On = TypeVar("On", bound=Scene)


class Stories(Generic[On]):
    """A list of stories that are played on one kind of stage."""

    def __init__(self, stage: Callable[..., On]) -> None:
        self.all: list[Story] = []
        self._stage = stage

    def story(self, **how: Any) -> Callable[[Callable[[On], None]], Callable[[On], None]]:
        """Register a function as a story of its name; `how` says how the stage is set."""

        def register(tell: Callable[[On], None]) -> Callable[[On], None]:
            self.all.append(Story(tell.__name__.replace("_", " "), partial(self._stage, **how), tell))
            return tell

        return register


def user_error(at: str = "quantum") -> Failure:
    """A failure that is the user's fault."""
    return Failure(code=1517, reason="instruction not supported", at=at)  # type: ignore[arg-type]
