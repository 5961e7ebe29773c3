"""The page of the suite that others run: its options, and its scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docs.generating.markdown import cell, first_paragraph
from pytest_qruntime.contracts.suite.scenario import PREMIUM, Scenario
from pytest_qruntime.contracts.suite.scenarios import SCENARIOS
from pytest_qruntime.recording.options import add_suite

HEAD = """\
# The suite of contracts

`pytest --pyargs pytest_qruntime.contracts.suite` has one test for each [contract](contracts.md). It plays the
scenarios that are to exercise the contract, as any client would, over the REST API; then it judges what happened. The
rules of the official client are not the service's: they are played to the fake alone, if the client is installed.
[How to hold your own server or mock to the contracts](../how-to/hold-a-server.md) shows how it is used, and [what was
found](other-implementations.md) has the first results.

| verdict | when | the test |
| --- | --- | --- |
| holds | the contract was exercised, and nothing broke it | passes |
| broken | something broke it | fails |
| not exercised | its scenarios were played, and nothing showed it | is skipped |
| skipped | no scenario of it can be played here, or no answer can show it | is skipped |

A failure has the rule, its source, the moment, the exchange, and what was expected and seen. A broken contract of level
may is an expected failure, where the service is not our own. What is not exercised fails on the fake and on a server of
our own; and where a scenario could not go on, because the service failed.

| `--qruntime-source=` | what is played to | what is judged |
| --- | --- | --- |
| `fake` (the default) | the built-in fake, a world for each scenario | its own trace, and what its answers show |
| `cassette` | the suite's recordings, which `qruntime serve` made and which say so | what the answers show |
| `live`, a server of our own | a world for each scenario, in virtual time | its own trace, and what its answers show |
| `live`, somebody else's | the service as it is, in real time | what the answers show |

## Options

| option | what it decides |
| --- | --- |
"""

WORLD = """
Of the [options of a world](options.md) these count: `--qruntime-policy`, for what the service does where documents
disagree; and for somebody else's implementation `--qruntime-plan`, the plan of its instance, and `--qruntime-backend`,
by default the first one that it lists. `--qruntime-record` plays to the live service and keeps the recordings;
`--qruntime-budget` is required for every service that is not our own; see [live services](live.md).

"""

SCENARIO_TABLE = """\
## Scenarios

How long each takes is said for a service with real time whose jobs are over at once.

| scenario | exercises | real time | needs |
| --- | --- | --- | --- |
"""


class _Group:
    """Notes the options that are added to it."""

    def __init__(self) -> None:
        self.rows: list[str] = []

    def addoption(self, name: str, *, help: str, metavar: str | None = None, **attributes: Any) -> None:
        """Note an option."""
        value = metavar or "|".join(attributes.get("choices", ()))
        text = help.removeprefix("of the suite of contracts: ")
        self.rows.append(f"| `{name} {cell(value)}` | {cell(text)} |\n")


def page() -> str:
    """The options, which are added to pytest, and the scenarios."""
    group = _Group()
    add_suite(group)  # type: ignore[arg-type]
    return "".join([HEAD, *group.rows, WORLD, SCENARIO_TABLE, *map(_row, SCENARIOS)])


def _row(scenario: Scenario) -> str:
    shows = ", ".join(sorted(scenario.shows))
    took = "virtual" if scenario.exact or scenario.fake_only else f"{scenario.takes_s:g} s"
    story = first_paragraph(scenario.tell)
    return f"| {scenario.name}: {story} | {shows} | {took} | {'; '.join(_needs(scenario))} |\n"


def _needs(scenario: Scenario) -> Iterator[str]:
    if scenario.fake_only:
        yield scenario.fake_only
        return
    if scenario.plan != PREMIUM:
        yield f"the plan {scenario.plan}"
    yield from (f"{knob}={value}" for knob, value in scenario.knobs.items())
    if scenario.exact:
        yield "exact instants"
