"""Where scenarios are played, each once in a process, and what that shows of a contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import pytest

from pytest_qruntime.contracts.contract import Contract
from pytest_qruntime.contracts.suite.scenarios import SCENARIOS
from pytest_qruntime.contracts.suite.sources import RECORDINGS, Fake, Live, Recordings, Source

if TYPE_CHECKING:
    from pytest_qruntime.contracts.suite.played import Played
    from pytest_qruntime.contracts.suite.scenario import Scenario

HOLDS: Final = "holds"
BROKEN: Final = "broken"
NOT_EXERCISED: Final = "not exercised"
SKIPPED: Final = "skipped"

_CLIENT: Final = "the official client"

OUTCOME: Final = "qruntime_contract"
"""The name of the property of a test that has its outcome, for reports."""


@dataclass(frozen=True)
class Outcome:
    """What became of one contract.

    Attributes:
        verdict: holds; broken; not exercised, although what was to exercise it was played; skipped: nothing was.
        why: the reason in words; empty if it holds.
        fails: whether that is a failure.
    """

    verdict: Literal["holds", "broken", "not exercised", "skipped"]
    why: str = ""
    fails: bool = False


class Theatre:
    """Plays scenarios to a source, and judges.

    Args:
        source: what they are played to.
        scenarios: all that there are.
    """

    def __init__(self, source: Source, scenarios: Sequence[Scenario] = SCENARIOS) -> None:
        self.source = source
        self._scenarios = scenarios
        self._played: dict[str, Played] = {}

    @classmethod
    def of(cls, config: pytest.Config) -> Theatre:
        """What the command line asks for."""
        from pytest_qruntime.recording.run import RUN
        from pytest_qruntime.settings import given, merged

        run, settings = config.stash[RUN], merged(*given(config))
        asked = config.getoption("qruntime_suite_cassettes")
        folder = None if asked is None else Path(asked)
        name = settings.get("source") or ("live" if run.asked.live else "fake")
        if run.asked.records or name == "live":
            return cls(
                Live(
                    settings,
                    own=run.target.own,
                    circuits=config.getoption("qruntime_circuits"),
                    at_most_s=float(config.getoption("qruntime_real_time")),
                    folder=(folder or RECORDINGS) if run.asked.records else None,
                )
            )
        return cls(Fake(settings) if name == "fake" else Recordings(folder or RECORDINGS, settings))

    def judge(self, contract: Contract, item: pytest.Item) -> Outcome:
        """Play what is to exercise a contract, and say what became of it."""
        if contract.partial == "client":
            return self._of_the_client(contract)
        if not self.source.tells and contract.partial == "no":
            return Outcome(SKIPPED, "it can only be seen in a trace of the service's own")
        meant = [scenario for scenario in self._scenarios if contract.id in scenario.shows]
        reasons = {scenario.name: self.source.unfit(scenario) for scenario in meant}
        played = {one.name: self._play(one, item) for one in meant if reasons[one.name] is None}
        if broken := list(_breaks(contract, played)):
            return Outcome(BROKEN, "\n".join(broken), fails=self.source.own or contract.level == "must")
        if any(one.exercised(contract.id) for one in played.values()):
            return Outcome(HOLDS)
        if not meant:
            return Outcome(NOT_EXERCISED, "no scenario exercises it: add its id to one that does", fails=True)
        if not played:
            return Outcome(SKIPPED, "; ".join(f"{name}: {reason}" for name, reason in reasons.items()))
        return self._unexercised(played)

    def _of_the_client(self, contract: Contract) -> Outcome:
        """The same for a rule of the official client, which keeps it whatever serves it."""
        played = self._played.get(_CLIENT) or self.source.play_client()
        if isinstance(played, str):
            return Outcome(SKIPPED, played)
        self._played[_CLIENT] = played
        if broken := list(played.breaks(contract.id)):
            return Outcome(BROKEN, "\n".join(broken), fails=True)
        if played.exercised(contract.id):
            return Outcome(HOLDS)
        return Outcome(NOT_EXERCISED, "no story of the client exercises it", fails=True)

    def _play(self, scenario: Scenario, item: pytest.Item) -> Played:
        if scenario.name not in self._played:
            self._played[scenario.name] = self.source.play(scenario, item)
        return self._played[scenario.name]

    def _unexercised(self, played: dict[str, Played]) -> Outcome:
        problems = [f"{name} ended early: {one.problem}" for name, one in played.items() if one.problem]
        if lacking := {one.lacking for one in played.values()} - {None}:
            return Outcome(SKIPPED, "; ".join(sorted(map(str, lacking))))
        if problems:
            return Outcome(NOT_EXERCISED, "; ".join(problems), fails=True)
        return Outcome(NOT_EXERCISED, f"nothing shows it in: {', '.join(played)}", fails=self.source.own)


def _breaks(contract: Contract, played: dict[str, Played]) -> Iterator[str]:
    for name, one in played.items():
        for text in one.breaks(contract.id):
            yield f"in the scenario {name!r}, {text}"


def ids(contracts: Iterable[Contract]) -> list[str]:
    """Their ids, for the names of tests."""
    return [contract.id for contract in contracts]
