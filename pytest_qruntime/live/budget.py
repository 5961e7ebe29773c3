"""What a run has spent so far, and the end of its spending."""

from __future__ import annotations

import threading
from collections.abc import Callable

from pytest_qruntime.client.errors import hidden
from pytest_qruntime.live.api import Api
from pytest_qruntime.model.errors import QRuntimeError

__tracebackhide__ = hidden

Reading = Callable[[], tuple[float, bool]]


class BudgetExceededError(QRuntimeError):
    """A run has used more QPU time than it may; the request that would have used more was not sent.

    Attributes:
        used_s: QPU seconds used so far.
        budget_s: QPU seconds that were granted.
    """

    def __init__(self, used_s: float, budget_s: float) -> None:
        self.used_s = used_s
        self.budget_s = budget_s
        super().__init__(
            f"this run has used {used_s:g} s of QPU time, and {budget_s:g} s were granted; nothing more is sent. Open "
            "sessions are closed. Grant more with --qruntime-budget, or record fewer tests at a time"
        )


class Meter:
    """The QPU seconds of a whole run: what the service says of its sessions, its batches and its jobs outside of them.

    What is charged is asked of the service each time; what will not grow any more is not asked for again.

    Args:
        budget_s: QPU seconds that the run may use; None: as many as it likes.
    """

    def __init__(self, budget_s: float | None = None) -> None:
        self.budget_s = budget_s
        self._settled_s = 0.0
        self._growing: dict[str, Reading] = {}
        self._asked: set[Api] = set()
        self._lock = threading.Lock()

    def add_session(self, session_id: str, api: Api) -> None:
        """A session or batch was opened."""
        with self._lock:
            self._asked.add(api)
            self._growing.setdefault(session_id, lambda: api.session_usage_s(session_id))

    def add_job(self, job_id: str, api: Api) -> None:
        """A job was submitted outside of any session."""
        with self._lock:
            self._asked.add(api)
            self._growing.setdefault(job_id, lambda: api.job_usage_s(job_id))

    def used_s(self) -> float:
        """QPU seconds that the run has used so far. Raises `QRuntimeError` if the service does not tell."""
        with self._lock:
            try:
                return self._read()
            finally:
                self._hang_up()

    def settle(self) -> None:
        """What has been used is known, and nobody can be asked any more: its world is about to go."""
        with self._lock:
            for name, reading in list(self._growing.items()):
                self._settled_s += reading()[0]
                del self._growing[name]
            self._hang_up()
            self._asked.clear()

    def check(self) -> None:
        """Raise `BudgetExceededError` if the run has used more than it may."""
        if self.budget_s is not None and (used_s := self.used_s()) > self.budget_s:
            raise BudgetExceededError(used_s, self.budget_s)

    def _read(self) -> float:
        growing_s = 0.0
        for name, reading in list(self._growing.items()):
            seconds, final = reading()
            if final:
                del self._growing[name]
                self._settled_s += seconds
            else:
                growing_s += seconds
        return self._settled_s + growing_s

    def _hang_up(self) -> None:
        """Nobody knows whether it will be asked for again: no connection is kept."""
        for api in self._asked:
            api.hang_up()
