"""Tokens for programs that live on another clock than the world that gave them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import parse_qs

from pytest_qruntime.clock.real import Real
from pytest_qruntime.rest import Request, Response, credentials
from pytest_qruntime.rest.answers import json_answer
from pytest_qruntime.rest.timestamps import SECOND_US
from pytest_qruntime.server.hosted import WORLD, HostedWorld

LIFETIME_US: Final = credentials.TOKEN_LIFETIME_S * SECOND_US


@dataclass
class Ticket:
    """A token as a client holds it, and what stands for it in the worlds where it was used.

    Attributes:
        home: the world of its API key.
        key: the API key that it was given for.
        issued_us, skipped_us: the instant of the home world, and how much time polls had skipped by then.
        inside: by world, the token that this world knows, and the instant at which that was made.
    """

    home: HostedWorld
    key: str
    issued_us: int
    skipped_us: int
    inside: dict[HostedWorld, tuple[str, int]] = field(default_factory=dict)


class Tickets:
    """Gives tokens to clients, and puts one that the world knows in their place on the way in.

    A program in another process reads its token's dates on the wall clock, a test on the world's. So the token says
    that it is valid for an hour after the later of the two, unless the world was made for a program that lives on its
    clock (`token_dates` is ``"world"``). What polls skip does not make it older: their client has
    noticed nothing of those hours. When an hour of the world's time has passed otherwise, it has expired (401).
    """

    def __init__(self) -> None:
        self._tickets: dict[str, Ticket] = {}

    def issue(self, home: HostedWorld, key: str) -> str:
        """A new token for an API key."""
        service = home.service
        ticket = Ticket(home, key, service.world.now_us, home.skipped_us)
        token = _mint(ticket, home)
        on_the_wall_s = 0 if home.token_dates == WORLD else int(Real.time())
        issued_s = max(home.unix_us // SECOND_US, on_the_wall_s)
        shown = credentials.token(service.world.seed, key, _claims(token)["iam_id"], issued_s)
        self._tickets[shown] = ticket
        return shown

    def of(self, request: Request) -> Ticket | None:
        """The ticket that a request carries."""
        scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
        return self._tickets.get(token.strip()) if scheme.lower() == "bearer" else None

    def exchanged(self, request: Request, ticket: Ticket | None, world: HostedWorld) -> Request:
        """The request as `world` understands it. The token of a world's own key is good for that world alone."""
        if ticket is None:
            return request
        if ticket.key == ticket.home.api_key and ticket.home is not world:
            return request._replace(headers={**request.headers, "authorization": "Bearer of-another-world"})
        token, made_us = ticket.inside.get(world, ("", -LIFETIME_US))
        now_us = world.service.world.now_us
        if now_us - made_us >= LIFETIME_US and not self._expired(ticket):
            token = _mint(ticket, world)
        return request._replace(headers={**request.headers, "authorization": f"Bearer {token}"})

    def _expired(self, ticket: Ticket) -> bool:
        """Whether its hour has passed in the world of its key."""
        passed_us = ticket.home.service.world.now_us - ticket.issued_us
        return passed_us - (ticket.home.skipped_us - ticket.skipped_us) >= LIFETIME_US

    def answer(self, home: HostedWorld, request: Request, response: Response) -> Response:
        """What IAM answered, with a token of ours in it."""
        if response.status != 200 or not response.body:
            return response
        document = json.loads(response.body)
        token = document["access_token"] = self.issue(home, api_key(request))
        document["expiration"] = _claims(token)["exp"]
        return response._replace(body=json_answer(document).body)

    def forget(self, world: HostedWorld) -> None:
        """A world is gone, and what was given for its keys."""
        self._tickets = {token: ticket for token, ticket in self._tickets.items() if ticket.home is not world}
        for ticket in self._tickets.values():
            ticket.inside.pop(world, None)

    def hand_over(self, old: HostedWorld, new: HostedWorld) -> None:
        """A world has begun anew. Its clients keep their tokens, and these their hour."""
        for ticket in self._tickets.values():
            ticket.inside.pop(old, None)
            if ticket.home is old:
                ticket.home, ticket.issued_us, ticket.skipped_us = new, new.service.world.now_us, new.skipped_us
                _mint(ticket, new)


def _mint(ticket: Ticket, world: HostedWorld) -> str:
    """A token for the key of a ticket that a world knows from now on."""
    with world.service.world.lock:
        token: str = world.service.accounts.mint(ticket.key)["access_token"]
    ticket.inside[world] = token, world.service.world.now_us
    return token


def api_key(request: Request) -> str:
    """The API key for which IAM is asked for a token; empty if there is none."""
    found = parse_qs(request.body.decode("utf-8", "replace")).get("apikey")
    return found[-1] if found else ""


def _claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims
