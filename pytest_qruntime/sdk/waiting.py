"""The client's waits for a job: it polls, and between two polls time jumps to where the job has changed.

`RuntimeJobV2.wait_for_final_state` asks for the status, looks whether the caller's timeout has passed, sleeps, and asks
again. That loop stays the client's own. What it sleeps is stretched: to the first instant of the grid of its polls at
which the job has another status, or at which the loop would give up, whichever is earlier. So a wait ends at the same
virtual instant as if it had polled all the way, and costs a handful of requests. The loop reads the world's clock, also
when the process shows the real one.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_qruntime.client import News
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.transport.patches import Patch

if TYPE_CHECKING:
    from pytest_qruntime.clock import Clock
    from pytest_qruntime.sdk.worlds import OpenWorlds

_SECOND_US = 1_000_000


class Wait:
    """One call of `wait_for_final_state`."""

    def __init__(self, clock: Clock, news: News, job_id: str, timeout: Any) -> None:
        self._clock = clock
        self._news = news
        self._job_id = job_id
        self._timeout = timeout
        self._started_s = self.now_s()

    def now_s(self) -> float:
        """The world's time in seconds since 1970, as `time.time` shows it when the process is frozen."""
        return self._clock.unix_us / _SECOND_US

    def sleep(self, poll_s: float) -> None:
        """Sleep until the poll that finds something new: a multiple of `poll_s`, and at least that."""
        clock, world = self._clock, self._clock.world
        began_us, poll_us = world.now_us, max(1, round(poll_s * _SECOND_US))
        if clock.held:
            self._news.wait(self._gives_up_us(began_us, poll_us))
        polls = max(1, -(-(world.now_us - began_us) // poll_us))
        left_us = began_us + polls * poll_us - world.now_us
        if left_us > 0 and clock.held:
            clock.sleep(left_us / _SECOND_US)
        if not clock.held:  # the next poll would go out to the network
            raise QRuntimeError(f"job {self._job_id} cannot be waited for any more: its world is closed")

    def _gives_up_us(self, began_us: int, poll_us: int) -> int | None:
        """The last poll before the timeout has passed, or the next one: the loop decides, and may sleep once more."""
        if self._timeout is None or not math.isfinite(self._timeout):
            return None
        left_s: float = self._timeout - (self.now_s() - self._started_s)
        return began_us + max(1, math.floor(left_s * _SECOND_US / poll_us)) * poll_us


class _Current(threading.local):
    """The wait of each thread; None while it is in none."""

    wait: Wait | None = None


class _Time:
    """The module `time`, but for a wait, which reads the world's clock and sleeps as `Wait` does."""

    def __init__(self, current: _Current) -> None:
        self._current = current

    def time(self) -> float:
        """`time.time`, on the clock of the wait if there is one."""
        wait = self._current.wait
        return time.time() if wait is None else wait.now_s()

    def sleep(self, seconds: float) -> None:
        """`time.sleep`, as long as it takes if there is a wait."""
        wait = self._current.wait
        if wait is None:
            time.sleep(seconds)
        else:
            wait.sleep(seconds)

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def patches(worlds: OpenWorlds) -> list[Patch]:
    """What to replace so that waits are stretched."""
    module = import_module("qiskit_ibm_runtime.runtime_job_v2")
    current = _Current()

    def make(original: Callable[..., None]) -> Callable[..., None]:
        @wraps(original)
        def wait_for_final_state(self: Any, timeout: Any = None, *args: Any, **kwargs: Any) -> None:
            job_id = self.job_id()
            world = worlds.of_job(job_id)
            news = None if world is None else world.news(job_id)
            outer = current.wait
            current.wait = None if world is None or news is None else Wait(world.clock, news, job_id, timeout)
            try:
                original(self, timeout, *args, **kwargs)
            finally:
                current.wait = outer

        return wait_for_final_state

    return [
        Patch(module.RuntimeJobV2, "wait_for_final_state", make),
        Patch(module, "time", lambda _: _Time(current)),
    ]
