"""What urllib3 raises below requests, and what requests makes of it, when the network is faulty."""

from __future__ import annotations

from typing import Any

import requests
from urllib3 import HTTPConnectionPool, exceptions

from pytest_qruntime.network.broken import BrokenError, endure

__tracebackhide__ = True


def endured(broken: BrokenError, timeout: Any, pool: HTTPConnectionPool, target: str) -> exceptions.HTTPError | None:
    """Let the time pass that a client with this timeout waits; what urllib3 raises then, None if an answer arrives.

    Raises `NeverAnsweredError` for a client that would wait for ever.
    """
    connect_s, read_s = limits(timeout)
    seconds, end = endure(broken, connect_s, read_s)
    broken.clock.sleep(seconds)
    if end == "answer":
        return None
    if end == "read_timeout":
        return exceptions.ReadTimeoutError(pool, target, f"Read timed out. (read timeout={read_s})")
    if end == "reset":
        return exceptions.ProtocolError("Connection aborted.", ConnectionResetError(104, "Connection reset by peer"))
    connection: Any = pool.ConnectionCls(pool.host, pool.port)
    if end == "refused":
        text = "Failed to establish a new connection: [Errno 111] Connection refused"
        return exceptions.NewConnectionError(connection, text)
    text = f"Connection to {pool.host} timed out. (connect timeout={connect_s})"
    return exceptions.ConnectTimeoutError(connection, text)


def limits(timeout: Any) -> tuple[float | None, float | None]:
    """The connect and the read timeout of what requests takes for one: seconds, two of them, urllib3's, or None."""
    if isinstance(timeout, tuple):
        connect_s, read_s = timeout
        return connect_s, read_s
    if timeout is None or isinstance(timeout, (int, float)):
        return timeout, timeout
    return timeout.connect_timeout, timeout.read_timeout


def of_requests(error: exceptions.HTTPError, request: requests.PreparedRequest) -> Exception:
    """What `HTTPAdapter.send` raises for what urllib3 raised."""
    kind: type[requests.RequestException] = requests.exceptions.ConnectionError
    if isinstance(error, exceptions.MaxRetryError):
        reason = error.reason
        if isinstance(reason, exceptions.ResponseError):
            kind = requests.exceptions.RetryError
        elif isinstance(reason, exceptions.ConnectTimeoutError) and not isinstance(
            reason, exceptions.NewConnectionError
        ):
            kind = requests.exceptions.ConnectTimeout
    elif isinstance(error, exceptions.InvalidHeader):  # a Retry-After that is neither seconds nor a date
        kind = requests.exceptions.InvalidHeader
    elif isinstance(error, exceptions.ReadTimeoutError):
        kind = requests.exceptions.ReadTimeout
    elif not isinstance(error, exceptions.ProtocolError):
        return error
    return kind(error, request=request)
