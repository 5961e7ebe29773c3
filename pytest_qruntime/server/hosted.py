"""One world on the server: its service, and how its time moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from pytest_qruntime.clock.real import Real
from pytest_qruntime.model.errors import ConfigurationError, one_of
from pytest_qruntime.rest import Request, Response, timestamps
from pytest_qruntime.rest.http import INSTANT_HEADER
from pytest_qruntime.rest.regions import answered_by
from pytest_qruntime.runtime import QRuntime
from pytest_qruntime.server.account import OwnAccount
from pytest_qruntime.server.polls import Polls

AUTO: Final = "auto"
MANUAL: Final = "manual"
REAL: Final = "real"
TIMES: Final = (AUTO, MANUAL, REAL)

WALL: Final = "wall"
WORLD: Final = "world"
TOKEN_DATES: Final = (WALL, WORLD)


class HostedWorld:
    """A world that clients reach over the network.

    Its time moves in one of three ways: `auto`, when clients do nothing but poll (see `Polls`), and when it is told to;
    `manual`, when it is told to; `real`, with the wall clock: everything that was due happens, at its own instant,
    before a request is answered.

    Args:
        number: what the control interface calls it.
        qruntime: the world. In a test it is the test's own, and so is its clock.
        time: how its time moves.
        settings: what it was made of, to make it anew; None: it belongs to a test, and stays.
        changes: when (real seconds) each request that changes something and is on its way began.
    """

    def __init__(
        self,
        number: str,
        qruntime: QRuntime,
        *,
        time: str,
        settings: Mapping[str, Any] | None,
        changes: Sequence[float],
    ) -> None:
        self.number = number
        self.qruntime = qruntime
        self.settings = settings
        self.service = qruntime.service
        self.clock = qruntime.clock
        made_of = {"account": None, "token_dates": WALL, **(settings or {})}
        self.account: OwnAccount | None = made_of["account"]
        self.api_key = self.service.api_key() if self.account is None else self.account.api_key
        self.token_dates: str = made_of["token_dates"]
        one_of("token_dates", self.token_dates, TOKEN_DATES)
        self.polls = Polls(self.service.world, self.clock, changes)
        self._time = ""
        self._origin_s = 0.0
        self.time = time

    @property
    def time(self) -> str:
        """How its time moves: `auto`, `manual` or `real`."""
        return self._time

    @time.setter
    def time(self, value: str) -> None:
        one_of("time", value, TIMES)
        if value == REAL and self.settings is None:
            raise ConfigurationError(
                "time is 'real'; the world of a test has the test's clock: expected auto or manual"
            )
        self._time = value
        self._origin_s = Real.monotonic() - self.service.world.now_us / 1_000_000

    @property
    def unix_us(self) -> int:
        """Its instant in microseconds since 1970."""
        return self.clock.unix_us

    @property
    def skipped_us(self) -> int:
        """The microseconds that polls have skipped so far."""
        return self.polls.skipped_us

    def catch_up(self) -> None:
        """With the time of the wall clock: let everything happen that is due by now."""
        if self._time == REAL:
            with self.service.world.lock:
                passed_us = int((Real.monotonic() - self._origin_s) * 1_000_000)
                self.clock.advance_to(max(passed_us, self.service.world.now_us))

    def answer(self, request: Request) -> Response:
        """Answer a request at this instant, and say in a header which one that is."""
        with self.service.world.lock:
            self.catch_up()
            response = self.service.handle(request)
            instant = (INSTANT_HEADER, timestamps.iso(self.unix_us))
        return response._replace(headers=(*response.headers, instant))

    async def moves(self, request: Request, client: object) -> bool:
        """Whether time moves because of a request that was just answered; then it is to be answered anew."""
        if self._time != AUTO or not answered_by(request.host).runtime:
            return False
        return await self.polls.answered(request, client)
