"""Maintenance of a backend: for a while it starts nothing, and then it comes back by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pytest_qruntime.model.durations import to_us
from pytest_qruntime.model.errors import ClockError, ConfigurationError, one_of
from pytest_qruntime.model.events import STATUS

if TYPE_CHECKING:
    from pytest_qruntime.model.backend import Backend, BackendStatus
    from pytest_qruntime.model.world import World

REASON: Final = "maintenance"


class Stretch(NamedTuple):
    """A time of maintenance that has not begun yet."""

    lasting_us: int
    status: BackendStatus


class Maintenance:
    """The maintenance of one backend. It takes the status away, and gives back the one that was there before.

    Stretches that overlap are one, which ends with the last of them. A status that somebody sets meanwhile stays.
    """

    __slots__ = ("_backend", "_before", "_until_us", "_world")

    def __init__(self, world: World, backend: Backend) -> None:
        self._world = world
        self._backend = backend
        self._before: tuple[BackendStatus, str] | None = None
        self._until_us = 0

    @property
    def returns(self) -> bool:
        """Whether the backend is in maintenance now and will be online when it ends."""
        return self._before is not None and self._before[0] == "online" and self._backend.status_reason == REASON

    def plan(self, *, seconds: float, at_us: int | None = None, status: BackendStatus = "paused") -> None:
        """Be in maintenance for so long, from now or from `at_us`; what runs goes on.

        Raises `ConfigurationError` for a time that is not positive or another status, `ClockError` for the past.
        """
        one_of("status in maintenance", status, ("paused", "offline"))
        stretch = Stretch(to_us(seconds, "maintenance time"), status)
        if not stretch.lasting_us:
            raise ConfigurationError(f"maintenance time is {seconds!r}; expected more than zero seconds")
        world = self._world
        if at_us is not None and at_us < world.now_us:
            raise ClockError(f"maintenance cannot begin at {at_us} us: it is {world.now_us} us already")
        if at_us is None or at_us == world.now_us:
            self._begin(stretch)
            world.settle()
        else:
            text = "goes into maintenance"
            world.events.add(at_us, STATUS, self._begin, stretch, text, "backend", self._backend.name)

    def _begin(self, stretch: Stretch) -> None:
        backend, world = self._backend, self._world
        if self._before is None:
            self._before = backend.status, backend.status_reason
        self._until_us = max(self._until_us, world.now_us + stretch.lasting_us)
        backend.change_status(stretch.status, REASON)
        text = "comes back from maintenance"
        world.events.add(self._until_us, STATUS, self._end, self._until_us, text, "backend", backend.name)

    def _end(self, until_us: int) -> None:
        if until_us < self._until_us or self._before is None:
            return  # a longer stretch goes on
        before, self._before = self._before, None
        if self._backend.status_reason == REASON:
            self._backend.change_status(*before)
