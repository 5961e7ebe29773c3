"""Whether a service answers with a server error, whoever asks."""

from __future__ import annotations

from pytest_qruntime.rest import Service
from pytest_qruntime.rest.http import Request, Response

SERVER_ERROR = 500


class Watch:
    """Sees every answer of a service from now on.

    Attributes:
        seen: the answers that were server errors, as ``"GET /v1/jobs was answered with HTTP 500"``.
    """

    def __init__(self, service: Service) -> None:
        self.seen: list[str] = []
        self._handle = service.handle
        service.handle = self.handle  # type: ignore[method-assign]

    def handle(self, request: Request) -> Response:
        """Let the service answer."""
        response = self._handle(request)
        if response.status >= SERVER_ERROR:
            self.seen.append(f"{request.method} {request.path} was answered with HTTP {response.status}")
        return response
