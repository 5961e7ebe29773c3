"""The way in for requests: `HTTPAdapter.send`, answered in process, with the adapter's own retry policy in force.

Below `send`, urllib3 would do the retries; here the adapter's `Retry` object is asked instead, step by step as
``urllib3.HTTPConnectionPool.urlopen`` asks it. Its sleeps are `time.sleep`, hence virtual under our clock. Above it,
the session stays the real one: cookies, hooks, redirects, `elapsed`. Adapters that inherit `send` are answered too.
What a faulty network does to a request is what it does to urllib3: `requests_faults` tells.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from functools import cache, wraps
from http import HTTPStatus
from http.client import HTTPMessage
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import SplitResult, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPResponse, HTTPSConnectionPool, exceptions
from urllib3._collections import HTTPHeaderDict  # urllib3 1.26 has it nowhere else
from urllib3.util.request import set_file_position
from urllib3.util.retry import Retry

from pytest_qruntime.network.broken import BrokenError
from pytest_qruntime.rest.http import Handler, Request, Response
from pytest_qruntime.transport.hosts import is_service_host
from pytest_qruntime.transport.patches import Patch
from pytest_qruntime.transport.requests_faults import endured, of_requests
from pytest_qruntime.transport.routing import Routes, choose

__tracebackhide__ = True  # pytest shows the arguments of the last call that it shows, and ours are headers and bodies

Send: TypeAlias = Callable[..., requests.Response]


def patches(routes: Routes) -> list[Patch]:
    """What to replace so that requests is answered by `routes`."""

    def make_send(original: Send) -> Send:
        @wraps(original)
        def send(
            self: HTTPAdapter,
            request: requests.PreparedRequest,
            stream: bool = False,
            timeout: Any = None,
            verify: Any = True,
            cert: Any = None,
            proxies: Any = None,
        ) -> requests.Response:
            options = {"stream": stream, "timeout": timeout, "verify": verify, "cert": cert, "proxies": proxies}
            active = routes.active
            url = urlsplit(request.url or "")
            if not active or not is_service_host(url.hostname or ""):
                for witness in routes.witnesses:
                    witness(None, None)
                return original(self, request, **options)
            self.add_headers(request, **options)
            call = Call(self, request, url, lower_headers(request, url), proxies, timeout)
            return self.build_response(request, call.send(routes.witnessed(choose(active, call.headers))))

        return send

    return [Patch(HTTPAdapter, "send", make_send)]


class Call(NamedTuple):
    """One call of `send`: one request, and as many attempts as the adapter's retry policy makes."""

    adapter: HTTPAdapter
    request: requests.PreparedRequest
    url: SplitResult
    headers: dict[str, str]
    proxies: Any
    timeout: Any

    def send(self, handler: Handler) -> HTTPResponse:
        """The answer, after the retries, or the exception that requests raises once they are used up."""
        try:
            return self.attempts(handler)
        except exceptions.HTTPError as error:
            raise of_requests(error, self.request) from error

    def attempts(self, handler: Handler) -> HTTPResponse:
        """Send until the policy is content. The order of its calls is that of urllib3, see the module's docstring."""
        method = self.request.method or "GET"
        retries: Retry = self.adapter.max_retries
        position = None
        while True:
            position = set_file_position(self.request.body, position)
            answer, error = self.attempt(handler)
            if answer is None:
                retries = retries.increment(method, self.target(), error=error, _pool=self.pool())
                retries.sleep()
                continue
            response = as_urllib3(answer, method, retries)
            if not retries.is_retry(method, response.status, bool(response.headers.get("Retry-After"))):
                return response
            try:
                retries = retries.increment(method, self.target(), response=response, _pool=self.pool())
            except exceptions.MaxRetryError:
                if retries.raise_on_status:
                    raise
                return response
            retries.sleep(response)

    def attempt(self, handler: Handler) -> tuple[Response | None, exceptions.HTTPError | None]:
        """Send once: what arrives of an answer, or what urllib3 raises if none does."""
        try:
            return handler.handle(self.sent()), None
        except BrokenError as met:
            broken = met
        error = endured(broken, self.timeout, self.pool(), self.target())
        return (broken.arrives, None) if error is None else (None, error)

    def sent(self) -> Request:
        """The request as one attempt sends it. A body that can be read once only is empty the next time, as it is."""
        url = self.url
        body = wire_body(self.request.body)
        return Request(self.request.method or "GET", url.hostname or "", url.path or "/", url.query, self.headers, body)

    def target(self) -> str:
        """The URL as urllib3's messages and retry histories show it."""
        return self.adapter.request_url(self.request, self.proxies)

    def pool(self) -> HTTPConnectionPool:
        """A pool that never connects: the messages of errors name it."""
        kind = HTTPSConnectionPool if self.url.scheme == "https" else HTTPConnectionPool
        return kind(self.url.hostname or "", self.url.port or kind.ConnectionCls.default_port)


def lower_headers(request: requests.PreparedRequest, url: SplitResult) -> dict[str, str]:
    """The headers as they would go over the wire, under lower-case names, `Host` included."""
    headers = {name: _text(value) for name, value in request.headers.lower_items()}
    headers.setdefault("host", url.netloc.rpartition("@")[2].removesuffix(":443"))
    return headers


def wire_body(body: Any) -> bytes:
    """The bytes of whatever requests takes for a body: text, bytes, files and streams of either."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if hasattr(body, "read"):
        return _joined(iter(lambda: body.read(65536), type(body.read(0))()))
    return _joined(body)


def as_urllib3(answer: Response, method: str, retries: Retry) -> HTTPResponse:
    """The answer as the unread response that urllib3 gives to requests."""
    response = HTTPResponse(
        body=io.BytesIO(b"" if method == "HEAD" else answer.body),
        headers=HTTPHeaderDict(answer.headers),
        status=answer.status,
        version=11,
        reason=_reason(answer.status),
        preload_content=False,
        decode_content=False,
        original_response=_original(answer),
        request_method=method,
        retries=retries,
    )
    response.version_string = "HTTP/1.1"  # not an argument in urllib3 1.26
    return response


class _Original:
    """What urllib3 keeps of http.client's response: requests reads the cookies from it."""

    def __init__(self, cookies: list[str]) -> None:
        self.msg = HTTPMessage()
        for cookie in cookies:
            self.msg["Set-Cookie"] = cookie

    def close(self) -> None:
        """Nothing is open."""

    def isclosed(self) -> bool:
        """Nothing is open."""
        return True


def _original(answer: Response) -> Any:
    cookies = [value for name, value in answer.headers if name.lower() == "set-cookie"]
    return _Original(cookies) if cookies else None


def _joined(parts: Iterable[str | bytes]) -> bytes:
    return b"".join([part.encode() if isinstance(part, str) else part for part in parts])


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


@cache
def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
