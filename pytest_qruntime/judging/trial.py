"""One run of a test, from the moment that its service is there until it is judged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pytest_qruntime.arguments import LEAK
from pytest_qruntime.judging.allowed import Entry, allowed
from pytest_qruntime.judging.errors import ContractWarning, LeakedSessionWarning
from pytest_qruntime.judging.hooks import JUDGE, OVER, TOLD
from pytest_qruntime.judging.openings import Openings
from pytest_qruntime.judging.shown import TRIAL
from pytest_qruntime.model.errors import QRuntimeError
from pytest_qruntime.recording.phase import FAILED, UNANSWERED

if TYPE_CHECKING:
    from pytest_qruntime.contracts import Terms
    from pytest_qruntime.judging.evidence import Evidence, Listening
    from pytest_qruntime.judging.leaks import Leak
    from pytest_qruntime.judging.openings import Opening
    from pytest_qruntime.judging.record import Judgement
    from pytest_qruntime.model import Trace
    from pytest_qruntime.runtime.surface import Surface

__tracebackhide__ = True  # what a test left behind is told in words


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
        trial.end()
        raise
    trial.end()


class Trial:
    """One run of a test: `begin` when its service is there, `take` when the test is over, `end` when it is gone.

    Args:
        item: the test.
        decided: its settings.
    """

    def __init__(self, item: pytest.Item, decided: Mapping[str, Any]) -> None:
        self._item = item
        self._decided = decided
        self._contracts: str = decided.get("contracts", "fail")
        self._leaks: str = decided.get("leaks", "fail")
        self._openings = Openings(item.path)
        self._allowed: dict[str, Entry] = allowed(item)
        self._judgement: Judgement | None = None
        self._left: list[Leak] = []
        self._problems: list[str] = []
        self._surface: Surface | None = None
        self._listening: Listening | None = None

    def begin(self, surface: Surface) -> None:
        """The service is there, and nobody has used it."""
        self._surface = surface
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
        is_off = self._contracts == "off" and self._leaks == "off"
        if self._surface is None or not self._item.stash.get(OVER, False) or (is_off and not self._judge.strict):
            return
        from pytest_qruntime.judging.record import Judgement

        looked_for = {name: entry for name, entry in self._allowed.items() if self._level(name) != "off"}
        self._judgement = Judgement(self._item.nodeid, allowed=looked_for)
        if is_off:
            self._judgement.because = "contracts=off"
            return
        from pytest_qruntime.judging.evidence import evidence

        try:
            shown = evidence(self._surface, self._decided, self._listening)
        except QRuntimeError as problem:  # a live server may be gone
            self._judgement.because = str(problem)
            return
        self._judge_contracts(self._surface, shown)
        self._look_for_leaks(self._surface, *shown[0])

    def end(self) -> None:
        """The service is gone: tell what is wrong. Raises pytest's `Failed` if the test has not failed already."""
        judgement = self._judgement
        if judgement is None:
            return
        self._judge.take(self._item, judgement)  # a warning may be an error
        self._tell_leaks(judgement)
        problems = [text for text in self._problems if text]
        if problems and FAILED in self._item.stash:
            self._item.stash.setdefault(TOLD, []).extend(problems)
        elif problems:
            pytest.fail("\n\n".join(problems), pytrace=False)

    # -- what it shows to others -------------------------------------------------------------------------------------

    @property
    def surface(self) -> Surface | None:
        """The service; None: it is not there yet."""
        return self._surface

    @property
    def settings(self) -> Mapping[str, Any]:
        """Those of the test."""
        return self._decided

    @property
    def opened(self) -> Mapping[str, Opening]:
        """Who opened its sessions and batches so far, by their ids; empty if nobody looks for leaks."""
        return self._openings.found

    # ------------------------------------------------------------------------------------------------------------------

    def _judge_contracts(self, surface: Surface, shown: Sequence[Evidence]) -> None:
        from pytest_qruntime.judging.verdict import judge

        assert self._judgement is not None
        if self._contracts == "off":
            self._judgement.because = "contracts=off"
            return
        if self._item.stash.get(UNANSWERED, ()):
            self._judgement.because = "requests had no answer in the recording"
            return
        verdict = judge(self._item, shown, level=self._contracts, surface=surface)
        self._judgement.reports = verdict.reports
        self._judgement.used |= verdict.used
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
        self._left = leaked(trace, terms, opened, now_us, used)

    def _tell_leaks(self, judgement: Judgement) -> None:
        if not self._left:
            return
        from pytest_qruntime.judging import leaks
        from pytest_qruntime.judging.forecast import forecast
        from pytest_qruntime.runtime import QRuntime

        root = self._item.config.rootpath
        head = leaks.head(self._left, root)
        if LEAK in self._allowed:
            judgement.used.add(LEAK)
            judgement.leaks.append(f"{head}; allowed: {self._allowed[LEAK].reason}")
            return
        judgement.leaks.append(head)
        surface = self._surface
        ahead = forecast(surface.world, [one.id for one in self._left]) if isinstance(surface, QRuntime) else {}
        each = [leaks.told(one, ahead.get(one.id), root) for one in self._left]
        text = "\n\n".join([head, *each, leaks.ADVICE])
        if self._leaks == "warn":
            self._item.warn(LeakedSessionWarning(text))
        else:
            self._problems.append(text)

    def _level(self, name: str) -> str:
        return self._leaks if name == LEAK else self._contracts

    @property
    def _judge(self) -> Any:
        return self._item.config.stash[JUDGE]
