"""Every world of a server, and which of them a request is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timezone
from typing import Any, Final

from pytest_qruntime.clock.real import Real
from pytest_qruntime.model.errors import ConfigurationError, QRuntimeError
from pytest_qruntime.model.instance import DEFAULT_REGION
from pytest_qruntime.rest import Request, Response
from pytest_qruntime.rest.regions import answered_by
from pytest_qruntime.rest.service import IAM_PATH
from pytest_qruntime.runtime import QRuntime, build
from pytest_qruntime.server.account import OwnAccount
from pytest_qruntime.server.hosted import AUTO, REAL, WALL, HostedWorld
from pytest_qruntime.server.tickets import Ticket, Tickets, api_key

NOW: Final = "now"


class UnknownWorldError(QRuntimeError):
    """A world was named that the server does not have."""


class Worlds:
    """The worlds by number, in the order in which they were made.

    A request is for the world whose instance its Service-CRN names; without one, for that which gave its token, or
    whose API key it carries; else for the first one.
    """

    def __init__(self) -> None:
        self.tickets = Tickets()
        self.changes: list[float] = []
        self._worlds: dict[str, HostedWorld] = {}
        self._by_crn: dict[str, HostedWorld] = {}
        self._numbers = 0

    def __iter__(self) -> Iterator[HostedWorld]:
        return iter(list(self._worlds.values()))

    def __getitem__(self, number: str) -> HostedWorld:
        world = self._worlds.get(number)
        if world is None:
            known = ", ".join(self._worlds) or "there is none"
            raise UnknownWorldError(f"there is no world {number!r}; the worlds are: {known}")
        return world

    # -- making and removing -----------------------------------------------------------------------------------------

    def adopt(self, qruntime: QRuntime, *, time: str = AUTO) -> HostedWorld:
        """Serve a world that somebody else made, and will end."""
        return self._add(self._next_number(), qruntime, time, None)

    def create(
        self, *, time: str = AUTO, own_account: bool = False, token_dates: str = WALL, **settings: Any
    ) -> HostedWorld:
        """A new world; the settings are the arguments of `pytest_qruntime.world`, and `start` may be ``"now"``.

        `backends` and `instances` are lists of the arguments of `QRuntime.backend` and `QRuntime.instance`.
        Without a seed it gets the first one that no other world has: a world's CRNs and API keys come from its seed.
        With `own_account` they do not, its seed may be that of another world, and is 0 unless it is given. For
        `token_dates` see `Tickets`.
        Raises `ConfigurationError` for a value that cannot be used, and for a seed that is taken.
        """
        taken = {world.service.world.seed for world in self if world.account is None and not own_account}
        settings.setdefault("seed", next(seed for seed in range(len(taken) + 1) if seed not in taken))
        if settings["seed"] in taken:
            raise ConfigurationError(
                f"seed is {settings['seed']!r}, which another world of this server has; their CRNs would be the same. "
                "Leave it out, delete that world, or make this one with own_account"
            )
        kept = {**settings, "account": OwnAccount.fresh() if own_account else None, "token_dates": token_dates}
        return self._add(self._next_number(), _made(time, kept), time, kept)

    def reset(self, number: str) -> HostedWorld:
        """Put a fresh world, made of the same settings, in the place of this one. Raises as `remove` does."""
        old = self._removable(number)
        assert old.settings is not None
        new = self._add(number, _made(old.time, old.settings), old.time, old.settings)
        self.tickets.hand_over(old, new)
        self._forget(old)
        return new

    def remove(self, number: str) -> None:
        """Remove a world. Raises `UnknownWorldError`, and `ConfigurationError` for the world of a test."""
        self._forget(self._removable(number))
        del self._worlds[number]

    def _removable(self, number: str) -> HostedWorld:
        world = self[number]
        if world.settings is None:
            raise ConfigurationError(f"world {number} belongs to the test that serves it, and ends with it")
        return world

    def _next_number(self) -> str:
        self._numbers += 1
        return str(self._numbers)

    def _add(self, number: str, qruntime: QRuntime, time: str, settings: Mapping[str, Any] | None) -> HostedWorld:
        world = HostedWorld(number, qruntime, time=time, settings=settings, changes=self.changes)
        self._worlds[number] = world
        return world

    def _forget(self, world: HostedWorld) -> None:
        self.tickets.forget(world)
        self._by_crn = {crn: known for crn, known in self._by_crn.items() if known is not world}

    # -- requests ----------------------------------------------------------------------------------------------------

    async def answer(self, request: Request, client: object) -> Response:
        """Answer a request of a client, which is a connection.

        Raises `UnknownWorldError` if there is no world at all, and `BrokenError` for what is no answer.
        """
        network = self._of(request, self.tickets.of(request)).qruntime.network
        fault = network.met(request)
        if fault is not None:
            return network.failed(request, fault, self._signed)
        world, response = self._answered(request)
        if response.status < 400 and await world.moves(request, client):
            world, response = self._answered(request)  # another world may be in its place by now
        response = self._with_ticket(world, request, response)
        world.qruntime.network.note(request, response)
        return response

    def _signed(self, request: Request) -> Response:
        """Answer a request whose time does not move the world's."""
        world, response = self._answered(request)
        return self._with_ticket(world, request, response)

    def _with_ticket(self, world: HostedWorld, request: Request, response: Response) -> Response:
        """The answer to whoever asks for a token is one of ours."""
        if request.path == IAM_PATH and answered_by(request.host).iam:
            return self.tickets.answer(world, request, response)
        return response

    def _answered(self, request: Request) -> tuple[HostedWorld, Response]:
        ticket = self.tickets.of(request)
        world = self._of(request, ticket)
        return world, world.answer(self.tickets.exchanged(request, ticket, world))

    def _of(self, request: Request, ticket: Ticket | None) -> HostedWorld:
        """The world that a request is for."""
        return self._by_crn_of(request) or (ticket.home if ticket else None) or self._by_key_of(request)

    def _by_crn_of(self, request: Request) -> HostedWorld | None:
        crn = request.headers.get("service-crn")
        if crn is None:
            return None
        found = self._by_crn.get(crn) or next((world for world in self if world.service.knows_crn(crn)), None)
        if found is not None:
            self._by_crn[crn] = found
        return found

    def _by_key_of(self, request: Request) -> HostedWorld:
        key = request.headers.get("authorization", "").rpartition(" ")[2]
        if request.path == IAM_PATH:
            key = api_key(request)
        if not self._worlds:
            raise UnknownWorldError("this server has no world; make one with POST /qruntime/worlds")
        return next((world for world in self if world.api_key == key), next(iter(self)))

    def closed(self, client: object) -> None:
        """The connection of a client is closed."""
        for world in self:
            world.polls.closed(client)


def _made(time: str, settings: Mapping[str, Any]) -> QRuntime:
    """A world of these settings. One in real time begins now, unless its start is given."""
    arguments = {"start": NOW if time == REAL else None, **settings}
    account: OwnAccount | None = arguments.pop("account")
    del arguments["token_dates"]
    backends, instances = arguments.pop("backends", ()), arguments.pop("instances", ())
    if arguments["start"] == NOW:
        arguments["start"] = Real.datetime.fromtimestamp(Real.time(), timezone.utc)
    qruntime = build(**arguments, freeze=False)
    for backend in backends:
        qruntime.backend(**backend)
    if account is not None:
        first = qruntime.world.instance
        qruntime.service.accounts.register(first, crn=account.crn(first.name, first.region))
    for instance in instances:
        own = {} if account is None else {"crn": account.crn(instance["name"], instance.get("region", DEFAULT_REGION))}
        qruntime.instance(**{**own, **instance})
    return qruntime
