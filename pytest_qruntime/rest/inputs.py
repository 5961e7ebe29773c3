"""The input of a job between its submit and its results: kept as it came, read once, and only if the job runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from pytest_qruntime import programs
from pytest_qruntime.model.request import Failure


class Input:
    """What one job computes on.

    Args:
        program: the program's id.
        params: the job's `params`, never changed.
        target: gives the backend that runs it, once the job is read; None if it is unknown.
        engine: what computes it, one of `programs.ENGINES`.
        scripted: whether a script says what becomes of the job; then it is no fault that the fake cannot compute it.
    """

    def __init__(
        self,
        program: str,
        params: Mapping[str, Any],
        target: Callable[[], programs.Target] | None = None,
        *,
        engine: str,
        scripted: bool = False,
    ) -> None:
        self._program = program
        self._params = params
        self._target = target
        self._engine = engine
        self._scripted = scripted

    @cached_property
    def prepared(self) -> programs.Job | programs.Problem:
        """The job's input, read and checked, or what is wrong with it."""
        return programs.prepare(self._program, self._params, self._checked_against(), engine=self._engine)

    def _checked_against(self) -> programs.Target | None:
        """The backend; of OpenQASM text only the width is checked, since text is written by hand, for tests."""
        target = None if self._target is None else self._target()
        if target is None or programs.is_native(self._program, self._params):
            return target
        return programs.Target(target.qubits)

    def verdict(self) -> Failure | None:
        """How the job fails because of its input, in its classical phase; None if it does not."""
        problem = self.prepared
        if not isinstance(problem, programs.Problem):
            return None
        if self._scripted and problem.code == programs.Code.NOT_SIMULATED:
            return None
        return Failure(
            code=problem.code, reason=problem.reason, solution=problem.solution, blame="user", at="classical"
        )
