"""What is charged (USG-01 to USG-12): the windows of a session, and the meter of an instance.

A job is charged for its time on the QPU, a batch for the sum of its jobs, a session for the time in which it held the
backend. An instance is charged for its batches and plain jobs as each job ends, and for its sessions as each window
ends; a window that is still open counts up to now.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from pytest_qruntime.model.durations import SECOND_US
from pytest_qruntime.model.plan import USAGE_WINDOW_S

WINDOW_US: Final = USAGE_WINDOW_S * SECOND_US


class SessionWindows:
    """The windows of time in which a session held the backend.

    A window opens when the session becomes active and ends at the last of: inactive, closed, last job ended (USG-01).
    """

    __slots__ = ("first_us", "last_us", "open_since_us", "total_us")

    def __init__(self) -> None:
        self.first_us: int | None = None
        self.last_us: int | None = None
        self.open_since_us: int | None = None
        self.total_us = 0

    def open(self, now_us: int, accounting: str) -> int:
        """Open a window and return what the time since the last one costs: nothing, unless a span is charged (X-09)."""
        gap_us = now_us - self.last_us if accounting == "span" and self.last_us is not None else 0
        self.open_since_us = now_us
        if self.first_us is None:
            self.first_us = now_us
        return gap_us

    def close(self, now_us: int) -> int:
        """End the open window and return its length in microseconds."""
        assert self.open_since_us is not None, "a window is closed once"
        length = now_us - self.open_since_us
        self.total_us += length
        self.open_since_us = None
        self.last_us = now_us
        return length

    def end(self, now_us: int, accounting: str) -> int:
        """The session is closed, which ends a span at last; return what the time since the last window costs (X-09)."""
        if accounting != "span" or self.last_us is None:
            return 0
        gap_us, self.last_us = now_us - self.last_us, now_us
        return gap_us

    def usage_us(self, now_us: int, accounting: str) -> int:
        """Usage up to now: the sum of the windows, or with ``"span"`` from the first start to the last end (X-09)."""
        if self.first_us is None:
            return 0
        if accounting == "span":
            return (now_us if self.open_since_us is not None else self.last_us or 0) - self.first_us
        return self.total_us + (now_us - self.open_since_us if self.open_since_us is not None else 0)


class Meter:
    """The usage of an instance.

    `recent_us` is what counts in the rolling window of 28 days (USG-11); `accrued_us` is what has been spent in all,
    including jobs that are on the QPU now, which is what a cost limit looks at (PLN-05).
    """

    __slots__ = ("_charges", "_live", "_recent_us", "_spent_us", "_windows")

    def __init__(self) -> None:
        self._charges: deque[tuple[int, int]] = deque()
        self._recent_us = 0
        self._spent_us = 0
        self._live: dict[str, int] = {}
        self._windows: dict[str, int] = {}

    def start(self, key: str, now_us: int, *, window: bool, charge_us: int) -> None:
        """Something that is charged by time begins: a session's window, or a job on the QPU; `charge_us` at once."""
        self._charge(now_us, charge_us)
        self._live[key] = now_us
        if window:
            self._windows[key] = now_us

    def stop(self, key: str, now_us: int, charge_us: int) -> None:
        """It ended, and `charge_us` is charged for it."""
        self._live.pop(key, None)
        self._windows.pop(key, None)
        self._charge(now_us, charge_us)

    def _charge(self, now_us: int, charge_us: int) -> None:
        if charge_us:
            self._charges.append((now_us, charge_us))
            self._recent_us += charge_us
            self._spent_us += charge_us

    @property
    def rate(self) -> int:
        """Microseconds charged in each microsecond that passes."""
        return len(self._live)

    def accrued_us(self, now_us: int) -> int:
        """Everything charged so far, with what is running now."""
        return self._spent_us + sum(now_us - since for since in self._live.values())

    def recent_us(self, now_us: int) -> int:
        """Usage in the last 28 days: ended charges, and session windows up to now."""
        charges = self._charges
        while charges and charges[0][0] <= now_us - WINDOW_US:
            self._recent_us -= charges.popleft()[1]
        return self._recent_us + sum(now_us - since for since in self._windows.values())

    def frees_at_us(self) -> int | None:
        """When the oldest charge leaves the rolling window."""
        return self._charges[0][0] + WINDOW_US if self._charges else None
