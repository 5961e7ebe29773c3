"""What a test has arranged for requests to come: faults, and what happens just before a request."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from types import TracebackType
from typing import Literal

from typing_extensions import Self

from pytest_qruntime.clock.durations import micros_of
from pytest_qruntime.model.errors import ConfigurationError, whole_number
from pytest_qruntime.network.fault import Fault
from pytest_qruntime.network.where import Where
from pytest_qruntime.rest.http import Request

__tracebackhide__ = True


class Rule:
    """Counts the requests that it is about, and takes some of them.

    Attributes:
        where: which requests.
        count: how many it has taken so far.
    """

    def __init__(self, where: Where, *, times: int | None, after: int) -> None:
        self.where = where
        self.count = 0
        self._times = times
        self._passing = after
        self._stopped = False

    def takes(self, request: Request) -> bool:
        """Whether a request is one of those; then it is counted."""
        if self.over or not self.where.matches(request.method, request.host, request.path, request.body):
            return False
        if self._passing:
            self._passing -= 1
            return False
        if not self._strikes():
            return False
        self.count += 1
        return True

    def _strikes(self) -> bool:
        return True

    @property
    def over(self) -> bool:
        """Whether it takes no more requests."""
        return self._stopped or (self._times is not None and self.count >= self._times)

    def stop(self) -> None:
        """Take no more requests from now on."""
        self._stopped = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


class Failing(Rule):
    """A fault in force. Used as a context manager it ends with the block.

    Args:
        fault: what goes wrong.
        random: from which a rate is drawn.
        now_us: tells the instant.
    """

    def __init__(self, fault: Fault, random: Random, now_us: Callable[[], int]) -> None:
        super().__init__(fault.where, times=fault.times, after=fault.after)
        self.fault = fault
        self._random = random
        self._now_us = now_us
        self._until_us = None if fault.lasting is None else now_us() + micros_of(fault.lasting)

    @property
    def over(self) -> bool:
        """Whether nothing goes wrong any more."""
        return super().over or (self._until_us is not None and self._now_us() >= self._until_us)

    def _strikes(self) -> bool:
        rate = self.fault.rate
        return rate is None or self._random.random() < rate

    def __repr__(self) -> str:
        return f"<Failing {self.fault}, {self.count} so far>"


class Interlude(Rule):
    """What happens just before a request reaches the service, or just after it was answered.

    Args:
        happens: a function without arguments.
        where: with which requests.
        when: ``"before"`` or ``"after"``.
        nth: with which of them first, from 1.
        times: with how many of them; None: with every one from that one on.
    """

    def __init__(
        self,
        happens: Callable[[], object],
        where: Where,
        *,
        when: Literal["before", "after"],
        nth: int,
        times: int | None,
    ) -> None:
        if not callable(happens):
            raise ConfigurationError(f"what happens is {happens!r}; expected a function without arguments")
        whole_number("nth", nth, minimum=1)
        whole_number("times", times, minimum=1, optional=True)
        super().__init__(where, times=times, after=nth - 1)
        self.happens = happens
        self.when = when

    def __repr__(self) -> str:
        return f"<Interlude {self.when} {self.where}, {self.count} so far>"
