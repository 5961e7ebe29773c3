"""The token managers of IBM's SDK: they read the world's clock, and fetch one token at a time.

A token says until when it is valid, in the world's time. So whoever decides whether to fetch a new one must know that
time, also when the process shows the real one (`freeze=False`) or that of a `freeze_time` inside the test.

Threads that find a token expired wait in steps of half a second while another one fetches it. In a world an answer
takes no time at all, so they wait for that thread and not for the clock: else it would depend on the processor whether
half a second passes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_qruntime.transport.patches import Patch

if TYPE_CHECKING:
    from pytest_qruntime.sdk.worlds import OpenWorlds


class _Time:
    """The module `time`, with the clock of the innermost world."""

    def __init__(self, worlds: OpenWorlds) -> None:
        self._worlds = worlds

    def time(self) -> float:
        """`time.time` of the innermost world."""
        world = self._worlds.innermost
        return time.time() if world is None else world.clock.unix_us / 1_000_000

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def patches(worlds: OpenWorlds) -> list[Patch]:
    """What to replace so that tokens are fetched when they have expired in the world, by one thread at a time."""
    module = import_module("ibm_cloud_sdk_core.token_managers.token_manager")
    one_at_a_time = threading.RLock()

    def make(original: Callable[[Any], None]) -> Callable[[Any], None]:
        @wraps(original)
        def paced_request_token(self: Any) -> None:
            with one_at_a_time:
                original(self)

        return paced_request_token

    return [
        Patch(module.TokenManager, "paced_request_token", make),
        Patch(module, "time", lambda _: _Time(worlds)),
    ]
