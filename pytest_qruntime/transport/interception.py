"""Switching the ways in on and off."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.transport.hosts import is_service_host
from pytest_qruntime.transport.patches import Patch
from pytest_qruntime.transport.routing import Route, Routes, Witness

if TYPE_CHECKING:
    from pytest_qruntime.rest.http import Handler

Self = TypeVar("Self", bound="Interception")


class Interception:
    """While it is active, the service's hosts are answered by `handler`, in this process and without a network.

    httpx's own transports (sync and async) and requests' `HTTPAdapter` are answered, in existing clients and in new
    ones; requests keeps its retry policy. Every other road to the service's hosts is refused by the network guard with
    `NetworkBlockedError`. Other hosts pass through untouched.

    Interceptions may be nested: see `routing.choose` for who answers. They are started and stopped from any thread, are
    usually a stack, and one that is stopped out of order leaves the others as they are. The last one to stop puts back
    everything that the first one replaced. The first start in a process imports httpx, and requests if it is installed.

    Args:
        handler: the REST face of a world. It may offer ``knows_crn(crn: str) -> bool`` for nested worlds. What it
            raises reaches the caller of the client as it is.
        label: who asks for it, usually the test's id; the network guard names it.
    """

    def __init__(self, handler: Handler, *, label: str) -> None:
        self.route = Route(handler, label)

    @property
    def active(self) -> bool:
        """Whether it has been started and not stopped yet."""
        return self.route in _routes.active

    def start(self) -> None:
        """Begin to answer. Raises `QRuntimeError` if it has begun already."""
        with _lock:
            if self.active:
                raise QRuntimeError("This interception is active already. Start each once; nest two for two worlds.")
            if not _routes.active:
                _install(_all_patches())
            _routes.active = (*_routes.active, self.route)

    def stop(self) -> None:
        """Stop answering; the last one puts back what was replaced. Does nothing if it is not active."""
        with _lock:
            if not self.active:
                return
            _routes.active = tuple(route for route in _routes.active if route is not self.route)
            if not _routes.active:
                _remove(_all_patches())

    def __enter__(self: Self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()


def is_intercepted(host: str) -> bool:
    """Whether an active interception answers what httpx and requests ask this host."""
    return bool(_routes.active) and is_service_host(host)


def answering() -> bool:
    """Whether there is an active interception."""
    return bool(_routes.active)


@contextmanager
def witnessed(witness: Witness) -> Iterator[None]:
    """Until the end of the block, somebody is told of every request of requests that an interception answers.

    Of every attempt of a client that retries, in the order in which they are answered, and in the thread that asks.
    """
    with _lock:
        _routes.witnesses = (*_routes.witnesses, witness)
    try:
        yield
    finally:
        with _lock:
            _routes.witnesses = tuple(one for one in _routes.witnesses if one is not witness)


# The patched functions belong to the whole process, so there is one of each of these.
_lock = threading.RLock()
_routes = Routes()
_patches: list[Patch] = []


def _all_patches() -> list[Patch]:
    """Every replacement, made once per process; here httpx and requests are imported."""
    if not _patches:
        from pytest_qruntime.transport import guard, httpx_way

        found = [*httpx_way.patches(_routes), *guard.patches(_routes)]
        if _has_requests():
            from pytest_qruntime.transport import requests_way

            found += requests_way.patches(_routes)
        _patches.extend(found)
    return _patches


def _has_requests() -> bool:
    """Whether requests can be imported; one that is there and fails in our own module must not go unnoticed."""
    try:
        import_module("requests")
    except ImportError:
        return False
    return True


def _install(patches: list[Patch]) -> None:
    """All of them or none."""
    try:
        for patch in patches:
            patch.install()
    except BaseException:
        _remove(patches)
        raise


def _remove(patches: list[Patch]) -> None:
    for patch in reversed(patches):
        patch.remove()
