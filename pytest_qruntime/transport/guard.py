"""The network guard: while the fake answers, nothing else in this process may reach the real service.

A test that believes it talks to the fake must not hand its API key to IBM because it used another HTTP library. Two
gates, each on names, since addresses say nothing:

- looking a name up and connecting to one (``socket``), and asking a proxy for a tunnel to one (``http.client``):
  urllib, http.client, urllib3, aiohttp, asyncio streams and plain sockets stop here, before a packet is sent;
- beginning TLS with one (``ssl``): what got around the first gate stops here, before anything secret is sent. That is a
  resolver or an event loop of its own (aiodns, uvloop), any tunnel, or code that had taken ``socket.getaddrinfo`` away.

Out of reach: C extensions that bring their own sockets and TLS (pycurl, grpc), programs started by the test, and plain
unencrypted HTTP through a proxy (which the service does not offer).
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Callable
from functools import wraps
from typing import Any

from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.transport.hosts import is_service_host
from pytest_qruntime.transport.patches import Patch
from pytest_qruntime.transport.routing import Routes

ADVICE = (
    "Use httpx or requests, or a client that is built on one of them: their calls are answered in process. "
    "To reach the real service, turn off the fixture for this test."
)


class NetworkBlockedError(QRuntimeError):
    """A real connection to one of the service's hosts was refused while the fake service was in use.

    Deliberately not an `OSError`: client libraries and the code under test take those for a bad network, and would
    retry, fall back or go on. This one is a mistake in the test, and comes through urllib, urllib3, aiohttp and asyncio
    as it is.

    Attributes:
        host: the host that was to be reached.
        label: on whose behalf the fake service was in use, usually the test's id.
        route: the call that was refused.
    """

    def __init__(self, host: str, label: str, route: str) -> None:
        self.host = host
        self.label = label
        self.route = route
        super().__init__(host, label, route)

    def __str__(self) -> str:
        return (
            f"A real connection to {self.host} was refused ({self.route}): {self.label} uses the fake Qiskit Runtime "
            f"service, and nothing may reach the real one meanwhile. {ADVICE}"
        )


def patches(routes: Routes) -> list[Patch]:
    """What to replace so that no other road leads to the service's hosts."""

    def check(host: object, route: str) -> None:
        if isinstance(host, (bytes, bytearray)):
            host = host.decode("latin-1")
        active = routes.active
        if active and isinstance(host, str) and is_service_host(host):
            raise NetworkBlockedError(host, active[-1].label, route)

    def gate(owner: Any, name: str, position: int, keyword: str, route: str, part: int | None = None) -> Patch:
        """Check one argument of a function, found by position or keyword; `part` of it if it is a tuple."""

        def make(original: Callable[..., Any]) -> Callable[..., Any]:
            @wraps(original)
            def gated(*args: Any, **kwargs: Any) -> Any:
                value = args[position] if len(args) > position else kwargs.get(keyword)
                if part is not None:
                    value = value[part] if isinstance(value, tuple) and len(value) > part else None
                check(value, route)
                return original(*args, **kwargs)

            return gated

        return Patch(owner, name, make)

    return [
        gate(socket, "getaddrinfo", 0, "host", "socket.getaddrinfo"),
        gate(socket, "gethostbyname", 0, "hostname", "socket.gethostbyname"),
        gate(socket, "gethostbyname_ex", 0, "hostname", "socket.gethostbyname_ex"),
        gate(socket.socket, "connect", 1, "address", "socket.connect", part=0),
        gate(socket.socket, "connect_ex", 1, "address", "socket.connect_ex", part=0),
        gate(http.client.HTTPConnection, "set_tunnel", 1, "host", "a proxy's CONNECT"),
        gate(ssl.SSLContext, "wrap_socket", 5, "server_hostname", "TLS"),
        gate(ssl.SSLContext, "wrap_bio", 4, "server_hostname", "TLS"),
    ]
