"""The token managers of IBM's SDK: they read the world's clock, and fetch one token at a time.

A token says until when it is valid, in the world's time. So whoever decides whether to fetch a new one must know that
time, also when the process shows the real one (`freeze=False`) or that of a `freeze_time` inside the test. Where worlds
are nested, it is the world that knows the CRN for which the token is: it counts the hour, and it issues the new one.

Threads that find a token expired wait in steps of half a second while another one fetches it. In a world an answer
takes no time at all, so they wait for that thread and not for the clock: else it would depend on the processor whether
half a second passes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_qruntime.transport.patches import Patch

if TYPE_CHECKING:
    from pytest_qruntime.sdk.worlds import OpenWorld, OpenWorlds


class _Asking(threading.local):
    """For which world each thread is about to need a token; None: the innermost one."""

    world: OpenWorld | None = None


class _Time:
    """The module `time`, with the clock of the world that a token is for."""

    def __init__(self, worlds: OpenWorlds, asking: _Asking) -> None:
        self._worlds = worlds
        self._asking = asking

    def time(self) -> float:
        """`time.time` of that world."""
        world = self._asking.world or self._worlds.innermost
        return time.time() if world is None else world.clock.unix_us / 1_000_000

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def patches(worlds: OpenWorlds) -> list[Patch]:
    """What to replace so that tokens are fetched when they have expired in their world, by one thread at a time."""
    module = import_module("ibm_cloud_sdk_core.token_managers.token_manager")
    auth = import_module("qiskit_ibm_runtime.api.auth")
    one_at_a_time, asking = threading.RLock(), _Asking()

    def make(original: Callable[[Any], None]) -> Callable[[Any], None]:
        @wraps(original)
        def paced_request_token(self: Any) -> None:
            with one_at_a_time:
                original(self)

        return paced_request_token

    def make_headers(original: Callable[[Any], dict[str, str]]) -> Callable[[Any], dict[str, str]]:
        @wraps(original)
        def get_headers(self: Any) -> dict[str, str]:
            if len(worlds.all) < 2:
                return original(self)
            with one_at_a_time, _on_behalf_of(self.crn, self.tm):
                asking.world = worlds.of_crn(self.crn)
                try:
                    return original(self)
                finally:
                    asking.world = None

        return get_headers

    return [
        Patch(module.TokenManager, "paced_request_token", make),
        Patch(module, "time", lambda _: _Time(worlds, asking)),
        Patch(auth.CloudAuth, "get_headers", make_headers),
    ]


@contextmanager
def _on_behalf_of(crn: str, manager: Any) -> Iterator[None]:
    """What a token manager asks IAM for carries a CRN, which IAM does not need: by it the request finds its world."""
    before = manager.headers
    manager.headers = {**(before or {}), "Service-CRN": crn}
    try:
        yield
    finally:
        manager.headers = before
