"""Our own things, made fresh for each measurement: worlds, services, and the bytes of requests."""

from __future__ import annotations

import json
from typing import Any, Final

from pytest_qruntime.model import World
from pytest_qruntime.rest import Service
from pytest_qruntime.rest.http import Request, Response

HOST: Final = "quantum.cloud.ibm.com"
STEP_US: Final = 6_000_000
"""A third of what five default jobs in a session need, rounded up: three steps lead past the end."""


def service(**settings: Any) -> Service:
    """A service with one backend and nothing in it."""
    world = World(**settings)
    world.add_backend("fake_backend")
    return Service(world)


def headers(of: Service) -> dict[str, str]:
    """The headers of a client that may ask it anything."""
    return {"Authorization": f"Bearer {of.token()}", "Service-CRN": of.crn(), "Accept": "application/json"}


class Engine:
    """Asks a service without HTTP: bytes in, bytes out."""

    def __init__(self, of: Service) -> None:
        self.service = of
        self.headers = {name.lower(): value for name, value in headers(of).items()}
        self.headers["content-type"] = "application/json"

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> Request:
        """The request as it would come over the wire."""
        content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        return Request(method, HOST, f"/api{path}", "", self.headers, content)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Response:
        """Answer it. Raises for an error, so that a benchmark never measures a refusal."""
        response = self.service.handle(self.request(method, path, body))
        if response.status >= 400:
            raise RuntimeError(f"{method} {path} answered {response.status}: {response.body!r}")
        return response

    def send(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """The parsed answer, as `traffic.Send` has it."""
        content = self.ask(method, path, body).body
        return json.loads(content) if content else None

    def pass_time(self) -> None:
        """Let six seconds pass."""
        world = self.service.world
        world.advance_to(world.now_us + STEP_US)


def new_engine(**settings: Any) -> Engine:
    """An engine on a service of its own."""
    return Engine(service(**settings))
