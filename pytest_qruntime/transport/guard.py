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

from pytest_qruntime.transport.errors import NetworkBlockedError
from pytest_qruntime.transport.hosts import is_service_host
from pytest_qruntime.transport.patches import Patch
from pytest_qruntime.transport.routing import Routes


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
        gate(_connections(), "set_tunnel", 1, "host", "a proxy's CONNECT"),
        gate(ssl.SSLContext, "wrap_socket", 5, "server_hostname", "TLS"),
        gate(ssl.SSLContext, "wrap_bio", 4, "server_hostname", "TLS"),
    ]


def _connections() -> Any:
    """The class of connections; while one of its cassettes is in use, vcrpy has its own in that place."""
    return getattr(http.client.HTTPConnection, "_baseclass", http.client.HTTPConnection)
