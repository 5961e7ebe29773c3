"""Bearer tokens for an API key, from IAM, fetched when they are needed and outside of every recording."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from urllib.parse import urlencode

import httpx

from pytest_qruntime.live.quiet import Quiet
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.rest.iam import GRANT_TYPE
from pytest_qruntime.rest.service import IAM_PATH

_OK = 200
_FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
_REFRESH_AFTER = 0.8


class Tokens:
    """The token of one API key.

    Args:
        iam_url: where it comes from; the path ``/identity/token`` follows.
        api_key: whose it is.
        now_s: the time by which it grows old, in seconds since any fixed instant.
    """

    def __init__(self, iam_url: str, api_key: str, now_s: Callable[[], float]) -> None:
        self._iam = Quiet(iam_url)
        self._url = iam_url
        self._api_key = api_key
        self._now_s = now_s
        self._lock = threading.Lock()
        self._token = ""
        self._until_s = 0.0

    def current(self) -> str:
        """A token with a fifth of its life to go at least. Raises `QRuntimeError` if IAM gives none."""
        with self._lock:
            if not self._token or self._now_s() >= self._until_s:
                self._fetch()
            return self._token

    def fresh(self) -> str:
        """A token that was given now."""
        with self._lock:
            self._fetch()
            return self._token

    def close(self) -> None:
        """Close the connection."""
        self._iam.close()

    def _fetch(self) -> None:
        form = urlencode({"grant_type": GRANT_TYPE, "apikey": self._api_key}).encode()
        answer = self._iam.ask("POST", IAM_PATH, headers=_FORM, body=form)
        document = answer.document()
        token, lives_s = document.get("access_token"), document.get("expires_in")
        if answer.status != _OK or not isinstance(token, str) or not isinstance(lives_s, (int, float)):
            code = document.get("errorCode", "no code")
            raise QRuntimeError(
                f"IAM at {self._url} gives no token for the API key: status {answer.status}, {code}. Check "
                "QISKIT_IBM_TOKEN or the saved account"
            )
        self._token, self._until_s = token, self._now_s() + _REFRESH_AFTER * lives_s


class Given(Tokens):
    """A bearer token that somebody has, in place of an API key: nobody is asked for another."""

    def __init__(self, token: str) -> None:
        super().__init__("", token, float)

    def _fetch(self) -> None:
        self._token, self._until_s = self._api_key, float("inf")


class TokenAuth(httpx.Auth):
    """Puts a token on each request that does not bring its own; for sync and async clients."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Authorise one request."""
        if "Authorization" not in request.headers:
            request.headers["Authorization"] = f"Bearer {self._tokens.current()}"
        yield request
