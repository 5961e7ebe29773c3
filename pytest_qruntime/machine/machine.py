"""`RuntimeMachine`: a state machine over a service of each example's own."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from contextvars import ContextVar
from functools import wraps
from typing import Any, ClassVar, Final

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import invariant
from typing_extensions import Self

from pytest_qruntime.client import ServiceError
from pytest_qruntime.contracts import ContractChecker, Terms
from pytest_qruntime.judging.errors import ContractWarning
from pytest_qruntime.machine import life, premises
from pytest_qruntime.machine.case import TestCaseOf
from pytest_qruntime.machine.failures import Failure, keep
from pytest_qruntime.machine.program import program
from pytest_qruntime.machine.rules import Rules
from pytest_qruntime.machine.script import Script, passed
from pytest_qruntime.machine.shaping import shape
from pytest_qruntime.machine.watch import Watch
from pytest_qruntime.machine.writing import acting
from pytest_qruntime.runtime import QRuntime, world

_GIVEN: Final[ContextVar[QRuntime | None]] = ContextVar("the world that a machine is put on", default=None)


def _ending(teardown: Callable[[Any], None]) -> Callable[[Any], None]:
    """A teardown after which the world is closed, whatever it does."""

    @wraps(teardown)
    def end(self: RuntimeMachine) -> None:
        if self._ends:  # the teardown of a class below calls this one
            teardown(self)
            return
        self._ends = True
        try:
            self._end(teardown)
        finally:
            life.end(self._world)

    return end


class RuntimeMachine(Rules, metaclass=life.Opening):
    """A state machine of Hypothesis: sessions, batches, jobs, other users and time, in any order.

    Each example has a world of its own, `self.qruntime`, such as the fixture of that name is: code under test reaches
    it through httpx, requests or the official client, and its sleeps cost no time. Derive a class from it, add rules
    and invariants with Hypothesis's own decorators, and let pytest run ``TestMine = Mine.TestCase``. A failure prints a
    test function that fails in the same way without Hypothesis.

    Attributes:
        qruntime: the service of this example.
        sessions: the bundle of sessions and batches, open and closed: ``@rule(session=RuntimeMachine.sessions)``.
        jobs: the bundle of jobs.
        settings: what the worlds are made of, as the marker takes it: ``{"plan": "open", "lanes": 1}``.
        backends: names of the backends that rules choose from; without any, the default one alone.
        weights: by name of a rule, how often it is among those to choose from: 0 switches it off. The name ``"*"``
            stands for all rules that are here already. Rules of your own have the weight 3 unless you say otherwise.
            What a class does not mention is as the classes above say.
        max_times, classical_times, quantum_times, outcomes, waits: strategies that the rules draw from.
    """

    settings: ClassVar[Mapping[str, Any]] = {}
    backends: ClassVar[Sequence[str]] = ()
    weights: ClassVar[Mapping[str, int]] = {"submit": 3, "open_session": 2, "let_time_pass": 2}
    TestCase: Any = TestCaseOf()

    _backend_names: ClassVar[st.SearchStrategy[str | None]] = st.none()
    _ends = False

    def __init_subclass__(cls, **named: Any) -> None:
        super().__init_subclass__(**named)
        premises.check(cls.settings, f"{cls.__name__}.settings")
        cls._backend_names = st.sampled_from(cls.backends) if cls.backends else st.none()
        shape(cls)
        if "teardown" in vars(cls):
            cls.teardown = _ending(cls.teardown)  # type: ignore[method-assign]

    def __init__(self) -> None:
        super().__init__()
        given = _GIVEN.get()
        self._premises = premises.current(self.settings)
        self._error_outside = sys.exc_info()[1]
        self._world = ExitStack() if given is not None else life.begin()
        self.qruntime = given or self._world.enter_context(world(**self._premises.world, label=type(self).__name__))
        for name in self.backends:
            self.qruntime.backend(name)
        self._watch = Watch(self.qruntime.service)
        self._script = None if given is not None else self._new_script()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} on {self.qruntime!r}>"

    @classmethod
    def on(cls, qruntime: QRuntime) -> Self:
        """A machine on a world that there is already, for tests that call its rules and invariants themselves."""
        token = _GIVEN.set(qruntime)
        try:
            return cls()
        finally:
            _GIVEN.reset(token)

    def _new_script(self) -> Script:
        script = Script()
        script.spelling.call(self.qruntime, "qruntime")
        for name in self.backends:
            script.act(self.qruntime, "backend", (name,), {})
            script.spelling.call(self.qruntime.backend(name), f"qruntime.backend({script.spelling.of(name)})")
        script.spelling.call(self.qruntime.backend(), "qruntime.backend()")
        return script

    # -- what its rules do -------------------------------------------------------------------------------------------

    def act(
        self,
        receiver: object,
        path: str,
        *given: Any,
        naming: str | None = None,
        passing: tuple[type[Exception], ...] = (),
        **named: Any,
    ) -> Any:
        """Call ``receiver.path(...)`` and write it down; None if the service refuses it.

        Args:
            receiver: `qruntime`, a session or batch, a job, or a backend.
            path: the name of a method, or names with dots between them.
            naming: what the result is called in the script; a number is added.
            passing: errors that are no failure.
        """
        line = None
        if self._script is not None and self._script.writes:
            line = self._script.act(receiver, path, given, named)
        method: Any = receiver
        for name in path.split("."):
            method = getattr(method, name)
        try:
            result = method(*given, **named)
        except Exception as error:
            if not isinstance(error, (ServiceError, *passing)) or self._watch.seen:
                raise
            if line is not None:
                line.passed = passed(error)
            return None
        if line is not None and naming is not None and self._script is not None:
            self._script.assign(line, [(result, naming)], unpacked=False)
        return result

    # -- what holds --------------------------------------------------------------------------------------------------

    @invariant()
    @acting
    def no_server_errors(self) -> None:
        """The service never answers with a server error, whoever asks."""
        if self._watch.seen:
            raise AssertionError(f"the service failed: {'; '.join(self._watch.seen)}")

    def _keep_contracts(self) -> None:
        """No contract is broken; where that is not to fail an example, there is a warning."""
        qruntime, level = self.qruntime, self._premises.contracts
        checker = ContractChecker(lambda: qruntime.trace, lambda: Terms.of(qruntime.world))
        report = None if level == "off" else checker.check()
        if self._premises.tell is not None:
            self._premises.tell(qruntime, report)
        if report is None:
            return
        for finding in report.failures if level == "fail" else ():
            if self._script is not None:
                self._script.check(f"qruntime_contracts.assert_holds({finding.contract.id!r})")
            checker.assert_holds(finding.contract.id)
        for finding in report.broken:
            warnings.warn(ContractWarning(report.describe(finding)), stacklevel=2)

    # -- the end -----------------------------------------------------------------------------------------------------

    @_ending
    def teardown(self) -> None:
        """Called at the end of each example, before its contracts are judged; for those who derive from this class."""

    def _end(self, teardown: Callable[[Any], None]) -> None:
        error, script = sys.exc_info()[1], self._script
        if script is None:
            teardown(self)
        elif error is not None and error is not self._error_outside:
            self._failed(error)
            teardown(self)
        else:
            try:
                with script.calling("teardown", {}, check=True):
                    teardown(self)
                self._keep_contracts()
            except Exception as failure:
                self._failed(failure)
                raise

    def _failed(self, error: BaseException) -> None:
        """Keep what happened; if no test case is there to tell, Hypothesis does."""
        assert self._script is not None
        failure = Failure(error, self._script, tuple(self._script.lines))
        if isinstance(error, Exception) and not keep(failure):
            note(program(failure, type(self), self._premises.marker, checks=True).text())


shape(RuntimeMachine)
