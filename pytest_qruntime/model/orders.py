"""Which of the events that are due at the same instant may come first, if somebody wants to choose.

The queue has one fixed order for them. No document states it but for two things, which hold in every order:

- what an event sets off comes after it;
- a request sees everything that was due by then. It is made from outside, so it comes last by itself; other users'
  jobs arrive as requests do, so they come after everything else that is due, in any order among themselves.

Everything else may come in any order: jobs that are through a phase, timers, limits that are reached, backends that go
and come back, and the scheduler's look at a backend.

Events of different backends are not put into different orders, for neither can change what the other does: a backend
has its own lanes, QPU, queue, sessions and batches. What they share is what an instance is charged; once that is
limited or decides about the queue, everything that is due depends on everything else. And a look of the scheduler that
would find nothing to start is put off until it would, or until nothing else is due: whatever brings it work wakes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pytest_qruntime.model.events import ARRIVAL, DISPATCH, LIMIT, Deadline, Timer

if TYPE_CHECKING:
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
    return [place for place in free if backend_of(world, due[place][1]) in (first, None)]


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
