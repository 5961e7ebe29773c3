"""What one process that runs tests keeps about their recordings."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

import pytest

from pytest_qruntime.recording.notes import Notes
from pytest_qruntime.recording.options import Asked, asked

if TYPE_CHECKING:
    from pytest_qruntime.cassette.scrub import Rule
    from pytest_qruntime.live import Journal, Meter, Target
    from pytest_qruntime.recording.locks import Locks
    from pytest_qruntime.recording.phase import Take

FOLDER: Final = ".qruntime"


class Run:
    """What a process keeps about recordings, from the configuration of pytest on.

    Attributes:
        asked: what the command line asks for.
        notes: what is to be told at the end.
        predicted_s: QPU seconds that the rehearsals predicted for what was sent to a live service so far.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self.asked: Asked = asked(config)
        self.notes = Notes()
        self.predicted_s = 0.0

    @cached_property
    def locks(self) -> Locks:
        """The files that this process records."""
        from pytest_qruntime.recording.locks import Locks

        return Locks()

    @cached_property
    def target(self) -> Target:
        """The live service. Raises `ConfigurationError` if none can be found."""
        from pytest_qruntime.live import find

        return find(self.asked.url, os.environ, bearer=self.asked.bearer)

    @cached_property
    def journal(self) -> Journal:
        """Where open sessions are written down. What an earlier run has left open is closed first."""
        from pytest_qruntime.live import Journal

        self.rescue()
        return Journal(self._config.rootpath / FOLDER)

    def rescue(self) -> None:
        """Close what runs that ended in a crash have left open, and note it."""
        folder = self._config.rootpath / FOLDER
        if folder.is_dir():
            from pytest_qruntime.live import rescue

            self.notes.rescued.extend(str(one) for one in rescue(folder, self.target) if one.outcome != "gone")

    @cached_property
    def meter(self) -> Meter:
        """What counts the QPU time of this process, and ends it at the budget."""
        from pytest_qruntime.live import Meter

        return Meter(self.asked.budget)

    @cached_property
    def rules(self) -> Sequence[Rule]:
        """The rules for secrets: the default ones, and those of hooks. Raises `ConfigurationError`."""
        from pytest_qruntime.cassette.scrub import DEFAULT_RULES, Rule
        from pytest_qruntime.model import ConfigurationError

        found = self._config.hook.pytest_qruntime_scrub_rules(config=self._config)
        for several in found:
            if not isinstance(several, Iterable) or not all(isinstance(rule, Rule) for rule in several):
                raise ConfigurationError(
                    f"the hook pytest_qruntime_scrub_rules answered {several!r}; expected a list of Rule"
                )
        return (*DEFAULT_RULES, *(rule for several in found for rule in several))

    def spend(self, take: Take) -> None:
        """Take what a rehearsal predicts out of the budget. Raises `CassetteError` if that is not enough."""
        budget = self.asked.budget
        if budget is not None and self.predicted_s + take.qpu_s > budget:
            from pytest_qruntime.cassette.errors import CassetteError

            raise CassetteError(
                f"the rehearsal predicts {take.submissions} submissions and {take.qpu_s:g} s of QPU time, and of the "
                f"budget of {budget:g} s there are {budget - self.predicted_s:g} s left. Grant more with "
                "--qruntime-budget, or record fewer tests at a time"
            )
        self.predicted_s += take.qpu_s

    def settle(self) -> None:
        """Note what a service that charges says that this run has used."""
        if "meter" not in vars(self) or self.target.own:
            return
        from pytest_qruntime.model.errors import QRuntimeError

        try:
            used = f"{self.meter.used_s():g} s"
        except QRuntimeError as error:
            used = f"an unknown amount ({error})"
        of = "" if self.asked.budget is None else f" of {self.asked.budget:g} s granted"
        self.notes.spent.append(f"QPU time: {used} used{of}; {self.predicted_s:g} s predicted")

    def end(self) -> None:
        """Give back what others may use."""
        made = vars(self)
        if "locks" in made:
            self.locks.release()
        if "journal" in made:
            self.journal.end()


RUN: Final = pytest.StashKey[Run]()
