"""Virtual time: a clock for one world, and its hold on the process (`sleep`, `asyncio`, freezegun)."""

from pytest_qruntime.clock.clock import Clock, Pending
from pytest_qruntime.clock.durations import seconds_of
from pytest_qruntime.clock.errors import ClockTimeoutError

__all__ = ["Clock", "ClockTimeoutError", "Pending", "seconds_of"]
