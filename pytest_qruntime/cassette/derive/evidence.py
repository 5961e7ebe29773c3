"""What a recording shows of each session, batch and job, gathered exchange by exchange."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from pytest_qruntime.model.job import CANCELLED, COMPLETED, FAILED

ENDED: Final = (COMPLETED, CANCELLED, FAILED)

Operation = Literal["close", "reopen", "cancel"]


class Moment:
    """When something happened, and the number of the exchange that showed it first.

    The instant is the one that a body says, if any does; else that of the exchange, which is never too early.
    """

    __slots__ = ("at_us", "exact", "number")

    def __init__(self, number: int, at_us: int, *, exact: bool) -> None:
        self.number = number
        self.at_us = at_us
        self.exact = exact


def seen(known: Moment | None, number: int, looked_us: int, said_us: int | None) -> Moment:
    """What is known of a moment after an exchange showed it, and perhaps said when."""
    if known is None:
        return Moment(number, looked_us if said_us is None else said_us, exact=said_us is not None)
    if said_us is not None and not known.exact:
        known.at_us, known.exact = said_us, True
    return known


class Act(NamedTuple):
    """A request that was accepted and changes a workload."""

    number: int
    at_us: int
    operation: Operation


class Look(NamedTuple):
    """What an answer said of a workload; None for what it did not say. Usage is in microseconds."""

    number: int
    at_us: int
    state: str | None
    reason: str | None
    accepting: bool | None
    usage_us: int | None

    @property
    def closed(self) -> bool:
        """Whether it was closed by then."""
        return self.state == "closed"


class Workload:
    """A session or a batch.

    Attributes:
        data: what its opening says: the mode and the max TTL.
        backend: the one that it was opened on; None if that was left to its first job.
        opened_here: whether the recording has the request that opened it.
        first_job: the number of the exchange that showed its first job, and that job's backend.
        closed_by: the number of the request that closed it at once.
        entered: when it came into a state, by state and instant, and the reason if one was given.
    """

    def __init__(self, workload_id: str) -> None:
        self.id = workload_id
        self.data: dict[str, object] = {}
        self.backend: str | None = None
        self.opened: Moment | None = None
        self.opened_here = False
        self.closed: Moment | None = None
        self.closed_because: str | None = None
        self.closed_by: int | None = None
        self.first_job: tuple[int, str | None] | None = None
        self.entered: dict[tuple[str, int], tuple[Moment, str | None]] = {}
        self.acts: list[Act] = []
        self.looks: list[Look] = []

    def backend_at(self, number: int) -> str | None:
        """Its backend as it was known when an exchange was sent."""
        if self.backend is None and self.first_job is not None and self.first_job[0] <= number:
            return self.first_job[1]
        return self.backend

    def closed_us(self) -> int | None:
        """When it was closed, if a body says so."""
        return self.closed.at_us if self.closed is not None and self.closed.exact else None

    def looks_after(self, number: int) -> list[Look]:
        """What was seen of it after an exchange."""
        return [look for look in self.looks if look.number > number]

    def next_look(self, number: int) -> Look | None:
        """What was seen of it after an exchange and before its user did something else."""
        following = next((act.number for act in self.acts if act.number > number), None)
        looks = (look for look in self.looks if look.number > number)
        return next((look for look in looks if following is None or look.number < following), None)


class Job:
    """A job.

    Attributes:
        status: the last one that it was seen in, in the service's words for jobs.
        data: what its submission says: the program.
        end: what its end says: the charge, the reason.
        going: the number of the last exchange that showed that it had not ended.
        cancelled: the accepted request to cancel it, unless the job was seen to go on.
        deleted: the number of the request that deleted it.
    """

    def __init__(self, job_id: str) -> None:
        self.id = job_id
        self.backend: str | None = None
        self.workload: str | None = None
        self.status: str | None = None
        self.data: dict[str, object] = {}
        self.end: dict[str, object] = {}
        self.queued: Moment | None = None
        self.running: Moment | None = None
        self.ended: Moment | None = None
        self.going = -1
        self.cancelled: Moment | None = None
        self.deleted: int | None = None

    def unfinished_after(self, number: int, at_us: int) -> bool:
        """Whether it is certain that it was there, and had not ended, when an exchange had been answered."""
        if self.queued is None or self.queued.number >= number:
            return False
        if self.going > number or (self.ended is not None and self.ended.exact and self.ended.at_us > at_us):
            return True
        return self.cancelled is not None and self.cancelled.number > number and self.cancelled is self.ended
