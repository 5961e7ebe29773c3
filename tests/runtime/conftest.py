"""What a world may patch while it is open, to see that nothing is left of it."""

from __future__ import annotations

import asyncio
import datetime
import http.client
import socket
import ssl
import time
import uuid
from collections.abc import Callable

import httpx
import pytest
import requests

PLACES = (
    (time, ("sleep", "time", "time_ns", "monotonic", "perf_counter", "localtime", "gmtime", "strftime")),
    (datetime, ("datetime", "date")),
    (asyncio, ("sleep",)),
    (asyncio.BaseEventLoop, ("time",)),
    (uuid, ("uuid1",)),
    (httpx.HTTPTransport, ("handle_request",)),
    (httpx.AsyncHTTPTransport, ("handle_async_request",)),
    (requests.adapters.HTTPAdapter, ("send",)),
    (socket, ("getaddrinfo", "create_connection")),
    (socket.socket, ("connect",)),
    (ssl.SSLContext, ("wrap_socket",)),
    (http.client.HTTPConnection, ("connect", "set_tunnel")),
)


@pytest.fixture
def patched() -> Callable[[], list[str]]:
    """What is not as it was at the beginning of the test."""

    def look() -> dict[str, object]:
        return {f"{owner.__name__}.{name}": getattr(owner, name) for owner, names in PLACES for name in names}

    before = look()
    return lambda: [name for name, value in look().items() if value is not before[name]]
