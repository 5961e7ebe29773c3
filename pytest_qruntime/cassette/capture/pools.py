"""urllib3's pools while vcrpy's connections are in them.

vcrpy reads an answer whole before anybody gets it, so a connection is free again at once. Most of its versions lose it:
each request of requests would connect anew, and in the newest those after a retry. Others throw away without a word the
connections that were there before, or go on with one that the server has closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import wraps
from typing import Any
from unittest import mock

from vcr.stubs import VCRConnection


def below() -> Iterator[AbstractContextManager[Any]]:
    """What is to be in place before vcrpy's patches; nothing if there is no urllib3."""
    try:
        from urllib3 import HTTPConnectionPool
    except ImportError:
        return
    for name, make in (("urlopen", _giving_back), ("_get_conn", _closing)):
        yield mock.patch.object(HTTPConnectionPool, name, make(getattr(HTTPConnectionPool, name)))


def above() -> Iterator[AbstractContextManager[Any]]:
    """What is to be in place after them."""
    try:
        from urllib3 import connectionpool
        from urllib3.util.connection import is_connection_dropped
    except ImportError:
        return

    def is_dropped(connection: Any) -> bool:
        real = getattr(connection, "real_connection", connection)
        return getattr(real, "sock", None) is not None and bool(is_connection_dropped(real))

    yield mock.patch.object(connectionpool, "is_connection_dropped", is_dropped)


def _giving_back(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def urlopen(self: Any, *args: Any, **kwargs: Any) -> Any:
        if issubclass(self.ConnectionCls, VCRConnection):
            kwargs["release_conn"] = True
        return original(self, *args, **kwargs)

    return urlopen


def _closing(original: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(original)
    def get_conn(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = original(self, *args, **kwargs)
        if isinstance(found, self.ConnectionCls):
            return found
        found.close()
        return self._new_conn()  # in its place

    return get_conn
