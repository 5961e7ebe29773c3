"""Which worlds are open, as the functions see them that are put into the client."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytest_qruntime.client import Account, NewsOf
from pytest_qruntime.clock import Clock
from pytest_qruntime.sdk.accounts import AccountFile

Renaming = Callable[[list[dict[str, Any]], str | None], list[dict[str, Any]]]
"""The instances of the account, as the client lists them, from those that the service told; by what the code under test
calls the one that it asked for: a CRN or a name, None if it asked for none."""


class OpenWorld:
    """A world that the client can reach: who answers, on which clock, and what its account file holds.

    Attributes:
        service: as whom the client is let in; None: the client keeps the account that it has.
        clock: the world's time.
        news: when there may be something new to be seen of a job.
        accounts: what stands in place of the user's account file; None: nothing does.
        renaming: how instances are called; None: as the service calls them.
    """

    __slots__ = ("accounts", "clock", "news", "renaming", "service")

    def __init__(self, service: Account | None, clock: Clock, news: NewsOf, renaming: Renaming | None) -> None:
        self.service = service
        self.clock = clock
        self.news = news
        self.accounts = None if service is None else AccountFile(service)
        self.renaming = renaming

    def knows_crn(self, crn: str) -> bool:
        """Whether it has an instance with this CRN."""
        return self.service is not None and self.service.knows_crn(crn)


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

    @property
    def answering(self) -> bool:
        """Whether it is this process that answers, for the innermost world."""
        world = self.innermost
        return world is not None and world.service is not None

    def of_job(self, job_id: str) -> OpenWorld | None:
        """The innermost world that knows a job."""
        return next((world for world in reversed(self.all) if world.news(job_id) is not None), None)

    def of_crn(self, crn: str) -> OpenWorld | None:
        """The innermost world that has an instance with this CRN: the one that answers for it."""
        return next((world for world in reversed(self.all) if world.knows_crn(crn)), None)
