"""Threads that earlier tests left behind: while they end, they could still act, and so whoever waits lets time pass."""

from __future__ import annotations

import threading

from pytest_qruntime.clock.watch import alone

LONGEST_S = 10


def let_others_end() -> None:
    """Return when no other thread can do anything any more; what never ends is left to the test."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not alone():
            thread.join(LONGEST_S)
