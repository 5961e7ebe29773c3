"""The limits of usage: the cost limit that ends everything (PLN-05), the allocation that makes jobs wait (PLN-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_qruntime.model import trace
from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.events import LIMIT, Timer
from pytest_qruntime.model.job import CANCELLED, QUEUED, RUNNING
from pytest_qruntime.model.states import CLOSED, CLOSED_BY_COST_LIMIT, PENDING_CLOSED

if TYPE_CHECKING:
    from pytest_qruntime.model.instance import Instance
    from pytest_qruntime.model.world import World


class CostLimits:
    """Meters what every instance is charged, and foresees when it reaches its limit.

    While something is charged by time, the crossing of the cost limit is one pending event, moved whenever the rate
    changes; so it happens at its exact microsecond, at no cost for the time in between.
    """

    __slots__ = ("_crossings", "_limit_us", "_releases", "_world")

    def __init__(self, world: World) -> None:
        self._world = world
        limit_s = world.policy.cost_limit_s
        self._limit_us = None if limit_s is None else limit_s * SECOND_US
        self._crossings: dict[str, Timer] = {}
        self._releases: dict[str, Timer] = {}

    def started(self, instance: Instance, key: str, *, window: bool = False, charge_us: int = 0) -> None:
        """A session's window opens, or a job gets the QPU."""
        instance.meter.start(key, self._world.now_us, window=window, charge_us=charge_us)
        if self._limit_us is not None:
            self._foresee(instance)

    def stopped(self, instance: Instance, key: str, charge_us: int) -> None:
        """It ended and `charge_us` is charged."""
        instance.meter.stop(key, self._world.now_us, charge_us)
        if self._limit_us is not None:
            self._foresee(instance)

    def _foresee(self, instance: Instance) -> None:
        world = self._world
        crossing = self._crossings.pop(instance.name, None)
        if crossing is not None:
            crossing.cancel()
        rate = instance.meter.rate
        if instance.cost_limit_reached or instance is world.others or self._limit_us is None:
            return
        left_us = max(self._limit_us - instance.meter.accrued_us(world.now_us), 0)
        if rate == 0 and left_us:
            return
        at_us = world.now_us + (-(-left_us // rate) if left_us else 0)  # a limit that is just used up is reached
        text = "reaches its cost limit: its workloads are closed"
        self._crossings[instance.name] = world.events.add(
            at_us, LIMIT, self._crossed, instance, text, "instance", instance.name
        )

    def _crossed(self, instance: Instance) -> None:
        """Workloads end at once, pending jobs are cancelled, running ones by the knob (PLN-05, X-10)."""
        world = self._world
        instance.cost_limit_reached = True
        world.record(trace.COST_LIMIT_REACHED, data={"instance": instance.name})
        for workload in instance.workloads.values():
            if workload.state not in (CLOSED, PENDING_CLOSED):
                workload.close(CLOSED_BY_COST_LIMIT, queued_fate="cancelled")
        stop = world.policy.cost_limit_running == "stop_ran_too_long"
        for job in list(instance.pending.values()):
            if job.status == QUEUED:
                job.backend.end(job, CANCELLED)
            elif job.status == RUNNING and stop:
                job.backend.stop_too_long(job)

    def wake_when_freed(self) -> None:
        """Jobs wait for an allocation that is used up: look again when its oldest usage is 28 days old (PLN-04)."""
        world = self._world
        for instance in world.instances.values():
            frees_at_us = instance.meter.frees_at_us()
            if frees_at_us is None or not instance.pending or not instance.limited(world.now_us):
                continue
            if instance.name not in self._releases:
                text = "has usage that leaves the 28-day window"
                self._releases[instance.name] = world.events.add(
                    frees_at_us, LIMIT, self._freed, instance, text, "instance", instance.name
                )

    def _freed(self, instance: Instance) -> None:
        del self._releases[instance.name]
        for backend in self._world.backends.values():
            backend.wake()
