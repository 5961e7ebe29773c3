"""Virtual time: a clock for one world, and its hold on the process (`sleep`, `asyncio`, freezegun)."""

from pytest_qruntime.clock.clock import Clock
from pytest_qruntime.clock.durations import seconds_of
from pytest_qruntime.clock.errors import ClockTimeoutError
from pytest_qruntime.clock.instants import Pending

__all__ = ["Clock", "ClockTimeoutError", "Pending", "seconds_of"]
