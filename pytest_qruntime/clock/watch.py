"""Are the other threads quiet? Virtual time may only move while nobody who could still act at this instant is running.

Python does not tell which threads run, so this looks at where each one stands (`sys._current_frames`):

- *blocked for certain*: in `Condition.wait` (and so in `Event.wait`, `Queue.get`, `Future.result`, `Barrier.wait`) and
  not notified yet; in `Thread.join` of a thread that lives. Costs nothing.
- *waiting for the outside*: in a select, a socket or a child process; and a worker of a ThreadPoolExecutor whose queue
  is empty, for it may have taken the last item a moment ago. Believed when it has not moved for `SETTLED_S`.
- *somewhere else*: perhaps blocked on a lock or a read, perhaps working. Believed to be blocked when it has not moved
  for `UNMOVED_S`.
- *about to run*: notified, woken by us, or being started. Never quiet, unless nothing moves for `STUCK_S`.

Standing at one instruction proves little: a loop hands over always at the same one, and on a busy machine a thread may
get no turn for long. So where the system tells (Linux), a thread has moved when it used its processor, and one that is
ready to run is not blocked.

A thread that stays where it was is remembered, so a receiver that blocks for a whole test run is waited for once, and
so is one that never rests.
"""

from __future__ import annotations

import concurrent.futures.thread
import sys
import threading
import time
from collections.abc import Collection
from types import CodeType, FrameType
from typing import Any, Final, NamedTuple

from pytest_qruntime.clock.real import Real

SETTLED_S: Final = 0.0005
UNMOVED_S: Final = 0.05
STUCK_S: Final = 1.0
_SURELY_S: Final = 0.5  # after this, the system is not asked any more

_ON_LINUX: Final = sys.platform == "linux"

_OUTSIDE: Final = frozenset({"selectors", "socket", "ssl", "subprocess", "multiprocessing.connection"})
_BLOCKING: Final = frozenset(
    {
        "select",
        "accept",
        "create_connection",
        "readinto",
        "recv",
        "recv_into",
        "read",
        "do_handshake",
        "_try_wait",
        "_recv",
    }
)


def _code(owner: Any, name: str) -> CodeType | None:
    return getattr(getattr(owner, name, None), "__code__", None)


_CONDITION_WAIT: Final = _code(threading.Condition, "wait")
_THREAD_START: Final = _code(threading.Thread, "start")
_JOINS: Final = {_code(threading.Thread, "join"), _code(threading.Thread, "_wait_for_tstate_lock")} - {None}
_WORKER: Final = _code(concurrent.futures.thread, "_worker")


def alone() -> bool:
    """Whether there is no other thread, but for those of executors that have nothing to do.

    Threads that `threading` does not know, as a test runner may have them, do not count.
    """
    others = {thread.ident for thread in threading.enumerate()} - {threading.get_ident()}
    if not others:
        return True
    frames = (frame for ident, frame in sys._current_frames().items() if ident in others)
    return all(frame.f_code is _WORKER and _is_idle(frame) for frame in frames)


class _Look(NamedTuple):
    frame_id: int
    instruction: int
    cpu_ns: int
    since_s: float


class Watch:
    """Looks at the threads of the process and remembers where each one stood, and since when (real seconds)."""

    def __init__(self) -> None:
        self._looks: dict[int, _Look] = {}
        self._busy: set[int] = set()
        self._restless: set[int] = set()

    @property
    def only_restless(self) -> bool:
        """Whether the last look found busy only threads that have been given up."""
        return self._busy <= self._restless

    def give_up(self) -> None:
        """Whoever was busy at the last look has been waited for in vain."""
        self._restless |= self._busy

    def quiet(self, *, asleep: Collection[int], woken: Collection[int], only: Collection[int] | None = None) -> bool:
        """Whether all threads but `asleep` and the caller are quiet; or just those in `only`.

        Args:
            asleep: idents of threads that sleep on this clock.
            woken: idents of threads that were woken and have not been seen outside the sleep yet; the ones that have
                left it are dropped by the caller.
            only: look only at these.
        """
        frames = sys._current_frames()
        caller = threading.get_ident()
        now_s = Real.perf_counter()
        busy = set()
        for ident, frame in frames.items():
            if ident == caller or ident in asleep or (only is not None and ident not in only):
                continue
            needed_s = STUCK_S if ident in woken and _in_our_sleep(frame) else _patience_s(frame, frames)
            stood_s = now_s - self._since(ident, frame, now_s) if needed_s else STUCK_S
            if stood_s < needed_s or (stood_s < _SURELY_S and _is_runnable(ident)):
                busy.add(ident)
        self._busy = busy
        self._restless &= busy
        self._looks = {ident: look for ident, look in list(self._looks.items()) if ident in frames}
        return not busy

    def _since(self, ident: int, frame: FrameType, now_s: float) -> float:
        here = (id(frame), frame.f_lasti, _cpu_ns(ident))
        look = self._looks.get(ident)
        if look is None or look[:3] != here:
            look = self._looks[ident] = _Look(*here, now_s)
        return look.since_s


def _cpu_ns(ident: int) -> int:
    """The processor time that a thread has used; 0 where the system does not tell.

    The clock's number is made from the thread's id as Linux does for `pthread_getcpuclockid`, which itself must not be
    asked about a thread that may just have ended.
    """
    native_id = _native_id(ident)
    if native_id is None:
        return 0
    try:
        return time.clock_gettime_ns((~native_id << 3) | 6)
    except OSError:
        return 0


def _is_runnable(ident: int) -> bool:
    """Whether the thread runs or would, given a processor; False where the system does not tell."""
    native_id = _native_id(ident)
    if native_id is None:
        return False
    try:
        with open(f"/proc/self/task/{native_id}/stat", "rb") as stat:
            return stat.read().rpartition(b")")[2].split()[0] == b"R"
    except (OSError, IndexError):
        return False


def _native_id(ident: int) -> int | None:
    thread: threading.Thread | None = threading._active.get(ident)  # type: ignore[attr-defined]
    return thread.native_id if thread is not None and _ON_LINUX else None


def _in_our_sleep(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith("pytest_qruntime.clock.")


def _patience_s(frame: FrameType, frames: dict[int, FrameType]) -> float:
    """For how many real seconds a thread must stand at this frame before it counts as quiet."""
    code = frame.f_code
    if code is _CONDITION_WAIT:
        return _patience_with_condition_s(frame)
    if code is _WORKER:
        return SETTLED_S if _is_idle(frame) else STUCK_S  # it may just have taken its work, and not be told yet
    if code in _JOINS:
        return 0 if getattr(frame.f_locals.get("self"), "ident", None) in frames else STUCK_S
    outside = frame.f_globals.get("__name__") in _OUTSIDE and code.co_name in _BLOCKING
    return SETTLED_S if outside else UNMOVED_S


def _patience_with_condition_s(frame: FrameType) -> float:
    """`notify` takes the waiter out of `_waiters`: who is still in there sleeps, except in `Thread.start`."""
    names = frame.f_locals
    waiters = getattr(names.get("self"), "_waiters", ())
    if "waiter" not in names or names["waiter"] not in waiters:
        return STUCK_S
    starter = frame.f_back and frame.f_back.f_back
    return STUCK_S if starter is not None and starter.f_code is _THREAD_START else 0


def _is_idle(frame: FrameType) -> bool:
    names = frame.f_locals
    work = names.get("work_queue")
    return "work_item" not in names and work is not None and bool(work.empty())
