"""Which worlds are open, as the functions see them that are put into the client."""

from __future__ import annotations

from pytest_qruntime.client.virtual import VirtualPatience
from pytest_qruntime.clock import Clock
from pytest_qruntime.rest import Service
from pytest_qruntime.sdk.accounts import AccountFile


class OpenWorld:
    """A world that the client can reach: who answers, on which clock, and what its account file holds."""

    __slots__ = ("accounts", "clock", "patience", "service")

    def __init__(self, service: Service, clock: Clock) -> None:
        self.service = service
        self.clock = clock
        self.patience = VirtualPatience(service.world, clock)
        self.accounts = AccountFile(service)


class OpenWorlds:
    """The open worlds, innermost last.

    What is put into the client is one for all threads, so this is too. `all` is replaced, never changed: whoever looks
    at it needs no lock.
    """

    __slots__ = ("all",)

    def __init__(self) -> None:
        self.all: tuple[OpenWorld, ...] = ()

    @property
    def innermost(self) -> OpenWorld | None:
        """The world that answers unless somebody names another one."""
        return self.all[-1] if self.all else None

    def of_job(self, job_id: str) -> OpenWorld | None:
        """The innermost world that knows a job."""
        return next((world for world in reversed(self.all) if job_id in world.service.world.jobs), None)

    def of_crn(self, crn: str) -> OpenWorld | None:
        """The innermost world that has an instance with this CRN: the one that answers for it."""
        return next((world for world in reversed(self.all) if world.service.knows_crn(crn)), None)
