"""Which of the events that are due at the same instant may come first, if somebody wants to choose.

The queue has one fixed order for them. No document states it but for two things, which hold in every order:

- what an event sets off comes after it;
- a request sees everything that was due by then. It is made from outside, so it comes last by itself; other users'
  jobs arrive as requests do, so they come after everything else that is due, in any order among themselves.

Everything else may come in any order: jobs that are through a phase, timers, limits that are reached, backends that go
and come back, and the scheduler's look at a backend.

Orders that cannot differ in anything but the sequence of lines in a trace are one:

- Events of different backends: a backend has its own lanes, QPU, queue, sessions and batches. What they share is what
  an instance is charged; once that is limited or decides about the queue, everything depends on everything else.
- A look of the scheduler that would find nothing to start is put off until it would, or until nothing else is due:
  whatever brings it work wakes it.
- Jobs that ask for the QPU come in different orders among themselves alone: nothing else has to do with that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_qruntime.model.events import ARRIVAL, DISPATCH, JOB_PHASE, LIMIT, Deadline, Timer
from pytest_qruntime.model.job import QUEUED, Job

if TYPE_CHECKING:
    from pytest_qruntime.model.backend import Backend
    from pytest_qruntime.model.world import World

Chooser = Callable[[Sequence[Deadline]], int]
"""Given the events that may come next, in the fixed order, says which one does; asked only if there are several."""


def next_chosen(world: World, choose: Chooser, until_us: int) -> Timer | None:
    """The timer that a chooser wants next among those of the next instant up to `until_us`; None if none is due."""

    def index(due: list[tuple[int, Timer]]) -> int:
        free = admissible(world, due)
        if len(free) == 1:
            return free[0]
        timers = [due[place][1] for place in free]
        return free[choose([Deadline(timer.at_us, timer.kind, timer.subject, timer.text) for timer in timers])]

    return world.events.pop_chosen(until_us, index)


def admissible(world: World, due: Sequence[tuple[int, Timer]]) -> list[int]:
    """The places of those that may come first, of timers that are due at one instant, with their priorities."""
    inner = [place for place, (priority, _) in enumerate(due) if priority != ARRIVAL]
    free = inner or list(range(len(due)))
    if len(free) > 1:
        free = [place for place in free if not _idle_look(world, *due[place])] or free[:1]
    if len(free) == 1 or _entangled(world, due):
        return free
    first = backend_of(world, due[free[0]][1])
    if first is None:
        return free
    free = [place for place in free if backend_of(world, due[place][1]) in (first, None)]
    return _without_askers(world, world.backends[first], due, free)


def _without_askers(world: World, backend: Backend, due: Sequence[tuple[int, Timer]], free: list[int]) -> list[int]:
    """Jobs that ask for the QPU do so before everything else, or after it, as in the fixed order.

    Who of them is first matters, unless the QPU takes them all; whether they ask before or after another event does
    not. Those that come first must be all of them, though, and those that come last must not bring more to this
    instant.
    """
    asking = {place: job for place in free if (job := _asks(world, *due[place])) is not None}
    if free[0] not in asking:
        return (
            free if any(_nothing_to_do(job) for job in asking.values()) else [one for one in free if one not in asking]
        )
    if any(job.backend is backend and job.durations.classical_us == 0 for job in _queued(world)):
        return free
    return list(asking) if backend.qpu.contention else free[:1]


def _asks(world: World, priority: int, timer: Timer) -> Job | None:
    """The job that is through its classical phase, does not fail in it, and so asks for the QPU."""
    job = world.jobs.get(timer.subject) if priority == JOB_PHASE else None
    if job is None or job.on_qpu_us is not None:
        return None
    failure = job.judge()
    return job if failure is None or failure.at != "classical" else None


def _nothing_to_do(job: Job) -> bool:
    """Whether its time on the QPU ends at the instant at which it begins."""
    return job.durations.quantum_us == 0


def _queued(world: World) -> Iterator[Job]:
    return (job for job in world.jobs.values() if job.status == QUEUED)


def _idle_look(world: World, priority: int, timer: Timer) -> bool:
    return priority == DISPATCH and not world.backends[timer.subject].can_start


def _entangled(world: World, due: Sequence[tuple[int, Timer]]) -> bool:
    """Whether what happens on one backend can matter to another: usage is limited, or decides who is next."""
    return (
        any(priority == LIMIT for priority, _ in due)
        or world.policy.cost_limit_s is not None
        or world.policy.queue_order == "fair_share"
        or any(instance.usage_limit_s is not None for instance in world.instances.values())
    )


def backend_of(world: World, timer: Timer) -> str | None:
    """The name of the backend that an event is about; None if it is not about one."""
    if timer.kind == "backend":
        return timer.subject
    if timer.kind == "job":
        job = world.jobs.get(timer.subject)
        return None if job is None else job.backend.name
    workload = world.workloads.get(timer.subject)
    return None if workload is None or workload.backend is None else workload.backend.name
