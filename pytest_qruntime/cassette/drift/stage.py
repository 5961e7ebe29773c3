"""What the outside world decided about recorded jobs, as directions for a fake: how long, how they end, from when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from pytest_qruntime.model import Durations, Failure, JobRequest, World
from pytest_qruntime.model.instance import Instance
from pytest_qruntime.model.job import Job
from pytest_qruntime.model.policy import DEDICATED
from pytest_qruntime.model.states import ACTIVE
from pytest_qruntime.rest.timestamps import SECOND_US

HOUR_US: Final = 3600 * SECOND_US


@dataclass(frozen=True)
class Direction:
    """What becomes of one job.

    Attributes:
        durations: how long it takes; None: the fake decides.
        failure: how it fails; None: the fake decides.
        limit_s: the service's own limit on its QPU time; None: the fake's.
        not_before_us: other users have the backend until this instant of the world; None: they have not.
        judged: whether the fake looks at the job's input to decide whether it fails.
    """

    durations: Durations | None = None
    failure: Failure | None = None
    limit_s: int | None = None
    not_before_us: int | None = None
    judged: bool = True


NONE: Final = Direction()


class StagedWorld(World):
    """A world whose next job is directed.

    Attributes:
        direction: for the job that is submitted next.
        submitted: the last job that was submitted; None if the last submission was refused.
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.direction = NONE
        self.submitted: Job | None = None

    def submit(self, request: JobRequest, *, instance: Instance | None = None) -> Job:
        """Submit a job as it is directed."""
        direction, self.submitted = self.direction, None
        if direction.not_before_us is not None:
            self._occupy(request, direction.not_before_us)
        self.submitted = super().submit(replace(request, **_changes(direction)), instance=instance)
        return self.submitted

    def _occupy(self, request: JobRequest, until_us: int) -> None:
        """Give every free lane to other users; not within a session's window, where they would only come later."""
        backend = self.backends.get(request.backend)
        active = [one for one in self.workloads.values() if one.state == ACTIVE and one.backend is backend]
        if backend is None or until_us <= self.now_us:
            return
        if any(one.mode == DEDICATED or one.id == request.workload for one in active):
            return
        for _ in range(backend.lanes - len(backend.running)):
            self.add_load(backend.name, classical_s=(until_us - self.now_us) / SECOND_US)


def _changes(direction: Direction) -> Mapping[str, Any]:
    changes: dict[str, Any] = {}
    if direction.durations is not None:
        changes["durations"] = direction.durations
    if direction.failure is not None:
        changes["failure"] = direction.failure
    if direction.limit_s is not None:
        changes["service_timeout_s"] = direction.limit_s
    if not direction.judged:
        changes["verdict"] = None
    return changes
