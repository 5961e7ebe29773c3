"""One run of a test, from the moment that its service is there until it is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

import pytest

from pytest_qruntime.arguments import LEAK
from pytest_qruntime.judging.allowed import Entry, allowed
from pytest_qruntime.judging.errors import ContractWarning, LeakedSessionWarning
from pytest_qruntime.judging.hooks import JUDGE, OVER, TOLD
from pytest_qruntime.judging.openings import Openings
from pytest_qruntime.judging.shown import TRIAL, add
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.recording.phase import FAILED, SKIPPED, UNANSWERED

if TYPE_CHECKING:
    from pytest_qruntime.contracts import Report, Terms
    from pytest_qruntime.judging.evidence import Evidence, Listening
    from pytest_qruntime.judging.forecast import Forecast
    from pytest_qruntime.judging.leaks import Leak
    from pytest_qruntime.judging.openings import Opening
    from pytest_qruntime.model import Trace
    from pytest_qruntime.report.run.shown import World
    from pytest_qruntime.runtime.surface import Surface

__tracebackhide__ = True  # what a test left behind is told in words

_OFF = "contracts=off"
_JUDGES: Final = tuple(
    f"pytest_qruntime.judging.{name}" for name in ("evidence", "showing", "verdict", "leaks", "forecast")
)
"""What looks at a test that is over. It is loaded before: with what a test patches, such as open(), nothing can be."""


@contextmanager
def judged(item: pytest.Item, decided: Mapping[str, Any]) -> Iterator[Trial]:
    """Judge a run of a test when its service is gone.

    Its service has to be opened inside; see `Trial`. What is wrong fails the test, as an error of its teardown: only
    then everything is closed that its fixtures close. Of a test that has failed already it is told below the failure.
    """
    trial = Trial(item, decided)
    try:
        yield trial
    except BaseException:
        item.stash[FAILED] = True
        item.stash[SKIPPED] = False
        trial.end()
        raise
    trial.end()


class Trial:
    """One run of a test: `begin` when its service is there, `take` when the test is over, `end` when it is gone.

    Args:
        item: the test.
        decided: its settings.

    Attributes:
        surface: the service; None: it is not there yet.
        settings: those of the test.
        reports: on the contracts, from `take` on; none: they were not judged.
        left: what was left open, from `take` on.
        ahead: what will become of that by itself, by id, from `end` on; only the fake tells.
    """

    def __init__(self, item: pytest.Item, decided: Mapping[str, Any]) -> None:
        self._item = item
        self.settings = decided
        self._contracts: str = decided.get("contracts", "fail")
        self._leaks: str = decided.get("leaks", "fail")
        self._openings = Openings(item.path)
        self._allowed: dict[str, Entry] = allowed(item)
        self._world: World | None = None
        self._used: set[str] = set()
        self._problems: list[str] = []
        self.surface: Surface | None = None
        self.reports: Sequence[Report] = ()
        self.left: Sequence[Leak] = ()
        self.ahead: Mapping[str, Forecast] = {}
        self._listening: Listening | None = None

    def begin(self, surface: Surface) -> None:
        """The service is there, and nobody has used it."""
        for name in _JUDGES:
            import_module(name)
        self.surface = surface
        self._item.stash[TRIAL] = self
        if self._leaks != "off":
            surface.on_open(self._openings.note)
        if self._judge.strict and self._contracts != "off":
            from pytest_qruntime.judging.evidence import Listening
            from pytest_qruntime.runtime import QRuntime

            self._listening = Listening(surface) if isinstance(surface, QRuntime) else None

    def take(self) -> None:
        """The test is over, and the service still there: look at what happened."""
        if self._listening is not None:
            self._listening.end()
        if self.surface is None or not self._item.stash.get(OVER, False):
            return
        from pytest_qruntime.judging import showing
        from pytest_qruntime.judging.evidence import evidence

        try:
            shown = evidence(self.surface, self.settings, self._listening)
        except QRuntimeError as problem:  # a live server may be gone
            self._world = showing.nothing_known(self.surface, str(problem))
            return
        self._world = showing.happened(self.surface, *shown[0], self._unjudged)
        self._judge_contracts(self.surface, shown, self._world)
        self._look_for_leaks(self.surface, *shown[0])

    def end(self) -> None:
        """The service is gone: tell what is wrong. Raises pytest's `Failed` if the test has not failed already."""
        if self._world is None:
            return
        add(self._item, self._world)  # at once: a warning may be an error
        try:
            self._tell_leaks(self._world)
        finally:
            self._world["allowed"] = [
                {"where": entry.where, "name": name, "reason": entry.reason, "used": name in self._used}
                for name, entry in self._allowed.items()
                if self._level(name) != "off"
            ]
        problems = [text for text in self._problems if text]
        if problems and self._has_failed:
            self._item.stash.setdefault(TOLD, []).extend(problems)
        elif problems:
            pytest.fail("\n\n".join(problems), pytrace=False)

    @property
    def opened(self) -> Mapping[str, Opening]:
        """Who opened its sessions and batches so far, by their ids; empty if nobody looks for leaks."""
        return self._openings.found

    # ------------------------------------------------------------------------------------------------------------------

    @property
    def _unjudged(self) -> str | None:
        """Why nobody judges the contracts."""
        if self._contracts == "off":
            return _OFF
        return "requests had no answer in the recording" if self._item.stash.get(UNANSWERED, ()) else None

    @property
    def _has_failed(self) -> bool:
        """Whether the test shows a failure already; that it was skipped on its way excuses nothing."""
        stash = self._item.stash
        return FAILED in stash and not stash.get(SKIPPED, False)

    def _judge_contracts(self, surface: Surface, shown: Sequence[Evidence], world: World) -> None:
        if world["unjudged"] is not None:
            return
        from pytest_qruntime.judging import showing
        from pytest_qruntime.judging.verdict import judge

        verdict = judge(self._item, shown, level=self._contracts, surface=surface)
        self.reports = verdict.reports
        showing.judged(world, verdict.reports, {name: entry.reason for name, entry in self._allowed.items()})
        self._used |= verdict.used
        self._problems.append(verdict.failure)
        if verdict.warning:
            self._item.warn(ContractWarning(verdict.warning))

    def _look_for_leaks(self, surface: Surface, trace: Trace, terms: Terms) -> None:
        if self._leaks == "off":
            return
        from pytest_qruntime.judging.leaks import leaked
        from pytest_qruntime.runtime import QRuntime

        opened, now_us = self._openings.found, surface.clock.world.now_us
        used: dict[str, int] = {}
        if isinstance(surface, QRuntime):
            workloads = surface.world.workloads
            used = {name: workloads[name].usage_us(now_us) or 0 for name in opened if name in workloads}
        self.left = leaked(trace, terms, opened, now_us, used)

    def _tell_leaks(self, world: World) -> None:
        if not self.left:
            return
        from pytest_qruntime.judging import leaks
        from pytest_qruntime.judging.forecast import forecast
        from pytest_qruntime.runtime import QRuntime

        root, surface, entry = self._item.config.rootpath, self.surface, self._allowed.get(LEAK)
        if isinstance(surface, QRuntime):
            self.ahead = forecast(surface.world, [one.id for one in self.left])
        reason = None if entry is None else entry.reason
        world["leaks"] = [leaks.plain(one, self.ahead.get(one.id), root, reason) for one in self.left]
        if entry is not None:
            self._used.add(LEAK)
            return
        text = leaks.told_of_all(self.left, self.ahead, root)
        if self._leaks == "warn":
            self._item.warn(LeakedSessionWarning(text))
        else:
            self._problems.append(text)

    def _level(self, name: str) -> str:
        return self._leaks if name == LEAK else self._contracts

    @property
    def _judge(self) -> Any:
        return self._item.config.stash[JUDGE]
