"""Where vcrpy is put in place for a capture, and what it would do otherwise."""

from __future__ import annotations

import http.client
import importlib
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import wraps
from http.client import HTTPMessage
from typing import Any, Final, Protocol
from unittest import mock

import httpx
import vcr.patch
import vcr.stubs
from vcr.cassette import Cassette

from pytest_qruntime.cassette.capture import pools
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.transport.interception import is_intercepted

_NAME: Final = "a recording of pytest-qruntime"


class Watcher(Protocol):
    """What the patches need of a capture."""

    def takes(self, url: str) -> bool:
        """Whether a request for this URL is recorded."""

    def sends(self, request: Any) -> bool:
        """The same of a request of vcrpy, which is about to be sent if this is the first time."""

    def ends(self, request: Any, response: Any) -> None:
        """A request that is recorded was answered."""


@contextmanager
def patched(watcher: Watcher) -> Iterator[None]:
    """In the block, vcrpy sees every request, and hands the service's to `watcher`.

    The cassette that is open around the block, if any, answers and records the others as it did.
    """
    around = getattr(http.client.HTTPConnection, "cassette", None)
    cassette = _blank() if around is None else around
    before = [(owner, name, getattr(owner, name)) for owner, name in _whole_requests()]
    with ExitStack() as stack:
        for name, make in _HANDING_OVER.items():
            stack.enter_context(mock.patch.object(Cassette, name, make(getattr(Cassette, name), watcher)))
        window = _Window()
        stack.enter_context(mock.patch.object(vcr.patch, "force_reset", window.reset))
        stack.enter_context(mock.patch.object(vcr.stubs, "parse_headers", _message))
        for build in (pools.below, vcr.patch.CassettePatcherBuilder(cassette).build, pools.above):
            for patcher in build():
                stack.enter_context(patcher)
        stack.callback(window.close)
        for owner, name, previous in before:
            stub = _refusing(watcher) if name == "_request" else getattr(owner, name)
            stack.enter_context(mock.patch.object(owner, name, _choosing(watcher, stub, previous)))
        yield


def _message(headers: Mapping[str, Iterable[str]]) -> HTTPMessage:
    """The headers of an answer as http.client has them.

    vcrpy writes them down and reads them again, twice for each answer. That takes a quarter of its time, and makes
    other letters of those that are not ASCII.
    """
    message = HTTPMessage()
    for name, values in headers.items():
        for value in values:
            message[name] = value
    return message


def _blank() -> Any:
    """A cassette that keeps nothing and answers nothing."""
    return Cassette(_NAME, before_record_request=lambda _: None)


# -- cassettes: ours, and those that a test opens around the capture or within it --------------------------------------


def _can_play_response_for(original: Callable[..., Any], watcher: Watcher) -> Callable[..., Any]:
    @wraps(original)
    def can_play_response_for(self: Any, request: Any) -> Any:
        return False if watcher.sends(request) else original(self, request)

    return can_play_response_for


def _filter_request(original: Callable[..., Any], watcher: Watcher) -> Callable[..., Any]:
    @wraps(original)
    def filter_request(self: Any, request: Any) -> Any:
        return None if watcher.sends(request) else original(self, request)

    return filter_request


def _append(original: Callable[..., Any], watcher: Watcher) -> Callable[..., Any]:
    @wraps(original)
    def append(self: Any, request: Any, response: Any) -> Any:
        return watcher.ends(request, response) if watcher.sends(request) else original(self, request, response)

    return append


_HANDING_OVER: Final = {
    "can_play_response_for": _can_play_response_for,
    "filter_request": _filter_request,
    "append": _append,
}

# -- libraries whose requests can be told apart before vcrpy sees them -------------------------------------------------


def _whole_requests() -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = [
        (httpx.HTTPTransport, "handle_request"),
        (httpx.AsyncHTTPTransport, "handle_async_request"),
    ]
    if "aiohttp" in sys.modules:  # vcrpy has imported it if it is there
        found.append((importlib.import_module("aiohttp").ClientSession, "_request"))
    return found


def _choosing(watcher: Watcher, stub: Callable[..., Any], previous: Callable[..., Any]) -> Callable[..., Any]:
    """The service's requests go to `stub`; the others where they went before, and are streamed if they were.

    So do those that are answered in this process: they are not sent, unless whoever answers sends them on.
    """

    @wraps(previous)
    def choosing(self: Any, *args: Any, **kwargs: Any) -> Any:
        url = _url(self, *args, **kwargs)
        passes = is_intercepted(url.host or "") or not watcher.takes(str(url))
        return (previous if passes else stub)(self, *args, **kwargs)

    return choosing


def _url(self: Any, *args: Any, **kwargs: Any) -> Any:
    """The URL of a call of one of `_whole_requests`, which has a host and can be made text."""
    if isinstance(self, (httpx.HTTPTransport, httpx.AsyncHTTPTransport)):
        return args[0].url
    return self._build_url(args[1] if len(args) > 1 else kwargs["url"])


def _refusing(watcher: Watcher) -> Callable[..., Any]:
    def refuse(self: Any, *args: Any, **kwargs: Any) -> Any:
        raise QRuntimeError(
            f"aiohttp asks for {_url(self, *args, **kwargs)} while a recording is made. It cannot be recorded, because "
            "no replay could answer it: use httpx, requests or the official client"
        )

    return refuse


# -- what vcrpy switches off while it sends ----------------------------------------------------------------------------


class _Window:
    """vcrpy's `force_reset`, which puts all the original classes back while it connects, as narrow as it can be.

    Meanwhile requests of other threads would go unrecorded. The classes of http.client and of urllib3 1.26 find their
    base classes by these names, so these alone are put back. No pool takes its connections from them.
    """

    def __init__(self) -> None:
        names: tuple[tuple[Any, str], ...] = ((http.client, "HTTPConnection"), (http.client, "HTTPSConnection"))
        connection = sys.modules.get("urllib3.connection")
        more = ("HTTPConnection", "HTTPSConnection", "VerifiedHTTPSConnection")
        names += tuple((connection, name) for name in more if connection is not None)
        self._originals = [(owner, name, _original(getattr(owner, name))) for owner, name in names]
        self._lock = threading.Lock()
        self._open = 0
        self._closed = False
        self._patched: list[tuple[Any, str, Any]] = []

    @contextmanager
    def reset(self) -> Iterator[None]:
        """In the block, the names mean what they meant. Several threads may be in it."""
        with self._lock:
            self._open += 1
            if self._open == 1 and not self._closed:
                self._patched = [(owner, name, getattr(owner, name)) for owner, name, _ in self._originals]
                _set(self._originals)
        try:
            yield
        finally:
            with self._lock:
                self._open -= 1
                if self._open == 0 and not self._closed:
                    _set(self._patched)

    def close(self) -> None:
        """Change nothing more: vcrpy is about to put back what was there."""
        with self._lock:
            self._closed = True


def _original(found: Any) -> Any:
    """The class behind one of vcrpy's."""
    return getattr(found, "_baseclass", found)


def _set(values: list[tuple[Any, str, Any]]) -> None:
    for owner, name, value in values:
        setattr(owner, name, value)
