"""HTTP that no recording sees: for what a live test needs besides what the code under test asks.

vcrpy records httpx, requests, urllib3 and `http.client` by replacing their classes. This uses the class of
`http.client` that was there before. Nothing here depends on the process's clock, frozen or not.
"""

from __future__ import annotations

import http.client
import json
import threading
import urllib.request
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from urllib.parse import SplitResult, urlsplit

from pytest_qruntime.model.errors import QRuntimeError

TIMEOUT_S: Final = 30.0


class UnreachableError(QRuntimeError):
    """Nobody answers at an address, or what answers is no HTTP."""


class Answer(NamedTuple):
    """What was answered."""

    status: int
    body: bytes

    def document(self) -> dict[str, Any]:
        """The JSON object in the body; an empty one if there is none."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


class Quiet:
    """One host, over one connection that is kept. For several threads.

    Args:
        url: scheme and host; a path in front of every other one may follow.
    """

    def __init__(self, url: str) -> None:
        self._to = urlsplit(url.rstrip("/"))
        self._connection: http.client.HTTPConnection | None = None
        self._lock = threading.Lock()

    def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None
    ) -> Answer:
        """Send one request. Raises `UnreachableError`.

        A connection that was kept may have been closed meanwhile; then the request is sent again over a new one. What
        must not be done twice has to come first, over a connection that is new.
        """
        with self._lock:
            kept = self._connection is not None
            try:
                return self._asked(method, path, headers, body)
            except (OSError, http.client.HTTPException) as problem:
                self._close()
                if not kept:
                    raise self._unreachable(problem) from None
            return self._anew(method, path, headers, body)

    def _anew(self, method: str, path: str, headers: Mapping[str, str] | None, body: bytes | None) -> Answer:
        try:
            return self._asked(method, path, headers, body)
        except (OSError, http.client.HTTPException) as problem:
            self._close()
            raise self._unreachable(problem) from None

    def close(self) -> None:
        """Close the connection; another request opens a new one."""
        with self._lock:
            self._close()

    def _asked(self, method: str, path: str, headers: Mapping[str, str] | None, body: bytes | None) -> Answer:
        if self._connection is None:
            self._connection = _connection(self._to)
        self._connection.request(method, self._to.path + path, body, dict(headers or {}))
        response = self._connection.getresponse()
        return Answer(response.status, response.read())

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _unreachable(self, problem: Exception) -> UnreachableError:
        return UnreachableError(
            f"{self._to.scheme}://{self._to.netloc} does not answer: {str(problem) or type(problem).__name__}"
        )


def _connection(to: SplitResult) -> http.client.HTTPConnection:
    """A connection of the plain class, through the proxy of the environment if there is one for https."""
    secure = to.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    plain = getattr(kind, "_baseclass", kind)  # vcrpy's class names the one that it stands for
    host = to.hostname or ""
    proxy = urllib.request.getproxies().get("https") if secure and not urllib.request.proxy_bypass(host) else None
    if proxy is None:
        made: http.client.HTTPConnection = plain(host, to.port, timeout=TIMEOUT_S)
        return made
    through = urlsplit(proxy if "//" in proxy else f"//{proxy}")
    made = plain(through.hostname or "", through.port, timeout=TIMEOUT_S)
    made.set_tunnel(host, to.port or 443)
    return made
