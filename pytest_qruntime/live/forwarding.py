"""The way to a server of our own for programs that ask for the hosts of the service by their names.

The same names lead to the fake when a test runs on it, and to its recording when that is replayed. While it is recorded
they lead to the server, and none of them to the real service.
"""

from __future__ import annotations

from typing import Final

import httpx

from pytest_qruntime.rest.http import Request, Response
from pytest_qruntime.server.roads import path_here
from pytest_qruntime.transport import NetworkBlockedError

TIMEOUT_S: Final = 60.0
_OF_A_CONNECTION: Final = frozenset(
    {"connection", "content-length", "host", "keep-alive", "proxy-authorization", "te", "transfer-encoding", "upgrade"}
)


class Forwarding:
    """Answers what is asked of the hosts of the service with what the server answers.

    What is sent goes through httpx, so that a recording sees it, at the address of the server.
    """

    def __init__(self, url: str, label: str) -> None:
        self._http = httpx.Client(base_url=url, trust_env=False, timeout=TIMEOUT_S)
        self._label = label

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        path = path_here(request.host, request.path)
        if path is None:
            raise NetworkBlockedError(request.host, self._label, f"{request.method} {request.path}")
        sent = self._http.build_request(
            request.method,
            f"{path}?{request.query}" if request.query else path,
            headers={name: value for name, value in request.headers.items() if name not in _OF_A_CONNECTION},
            content=request.body,
        )
        answer = self._http.send(sent)
        return Response(answer.status_code, tuple(answer.headers.multi_items()), answer.content)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
