"""What the client warns of, by its log and with `warnings`, as far as a call is being watched."""

from __future__ import annotations

import logging
import sys
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

_LOGGER: Final = "qiskit_ibm_runtime"
_LONG: Final = 400


class Ear(logging.Handler):
    """Hears the warnings in the client's log, and changes nothing about it."""

    def __init__(self, hear: Callable[[str], None]) -> None:
        super().__init__(logging.WARNING)
        self._hear = hear

    def emit(self, record: logging.LogRecord) -> None:
        """A line of the log."""
        try:
            self._hear(record.getMessage()[:_LONG])
        except Exception:
            self.handleError(record)

    def begin(self) -> None:
        """Listen."""
        logging.getLogger(_LOGGER).addHandler(self)

    def end(self) -> None:
        """Do not listen any more."""
        logging.getLogger(_LOGGER).removeHandler(self)


def deaf() -> bool:
    """Whether the client's log drops warnings, as users may set it to."""
    return not logging.getLogger(_LOGGER).isEnabledFor(logging.WARNING)


class Warnings:
    """The module `warnings` for a module of the client: it tells what is warned of, and nothing else is different.

    Args:
        hear: is told the message.
        ours: the file of our own functions that stand between the client's and their callers: who is warned is told by
            how many calls away he is, and these do not count.
    """

    def __init__(self, hear: Callable[[str], None], ours: str) -> None:
        self._hear = hear
        self._ours = ours

    def instead_of(self, found: Any) -> Any:
        """This one in place of the module; whatever else somebody has put there stays."""
        return self if found is warnings else found

    def warn(
        self, message: Any, category: type[Warning] | None = None, stacklevel: int = 1, source: Any = None, **more: Any
    ) -> None:
        """`warnings.warn`."""
        self._hear(str(message)[:_LONG])
        warnings.warn(message, category, self._level(stacklevel), source, **more)

    def _level(self, stacklevel: int) -> int:
        """The level as seen from `warn`, one call farther away, with our functions in between."""
        frame: FrameType | None = sys._getframe(2)
        counted = ours = 0
        while frame is not None and counted < stacklevel:
            if frame.f_code.co_filename == self._ours:
                ours += 1
            else:
                counted += 1
            frame = frame.f_back
        return max(stacklevel, 1) + 1 + ours

    def __getattr__(self, name: str) -> Any:
        return getattr(warnings, name)
