"""What the client has to see of a job of the fake, and when."""

from __future__ import annotations

from pytest_qruntime.client import News
from pytest_qruntime.client.virtual import VirtualPatience
from pytest_qruntime.clock import Clock
from pytest_qruntime.model import NothingPendingError, World
from pytest_qruntime.model.job import Job


class ModelNews:
    """The news of the jobs of a world."""

    def __init__(self, world: World, clock: Clock) -> None:
        self._world = world
        self._patience = VirtualPatience(world, clock)

    def of(self, job_id: str) -> News | None:
        """Of one job, for one wait; None if the world has none of this id."""
        job = self._world.jobs.get(job_id)
        return None if job is None else _OfAJob(job, self._patience)


class _OfAJob:
    """Every change of its status is news."""

    def __init__(self, job: Job, patience: VirtualPatience) -> None:
        self._job = job
        self._patience = patience
        self._polled_final = False

    def wait(self, until_us: int | None) -> None:
        """Let time pass until it has another status than now."""
        job = self._job
        if job.final and not self._polled_final:
            self._polled_final = True  # it ended after the poll that came before this wait
            return
        if job.final and until_us is None:
            raise NothingPendingError(
                f"job {job.id} is {job.status} and nothing is pending that could change that, but the client does not "
                "take what the service calls it for final (policy ran_too_long='status_string'). Wait with a timeout"
            )
        seen = job.status
        self._patience.wait(job, lambda: job.status != seen, until_us)
