"""The errors that only a clock raises."""

from __future__ import annotations

from pytest_qruntime.model.errors import ClockError


class ClockTimeoutError(ClockError, TimeoutError):
    """`run_until` reached its timeout. The message lists what was pending when the wait began."""
