"""What the runs of one test differ in, and what becomes of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import shorten
from typing import Any, Final

from pytest_qruntime import arguments
from pytest_qruntime.model import World
from pytest_qruntime.model.choosing import Script
from pytest_qruntime.recording.rounds import Reports
from pytest_qruntime.repeating.observed import Observed

_WIDTH: Final = 100
_MODULE: Final = re.compile(r"^(\w+\.)+(?=[A-Z]\w*:)")  # of an exception


class InOrder:
    """A run in which events of one instant come in a certain order."""

    def __init__(self, script: Script) -> None:
        self.script = script
        self.world: World | None = None

    def settings(self, decided: Mapping[str, Any]) -> Mapping[str, Any]:
        """Those of the test."""
        return decided

    def opened(self, world: World) -> None:
        """Say from now on which event comes first."""
        self.world = world
        world.chooser = self.script


class Watched:
    """A run whose policy notes which knobs are read.

    Attributes:
        policy: that of the test.
        settled: knobs to which somebody gave a value, so that they keep it.
    """

    def __init__(self) -> None:
        self.policy = Observed.of(arguments.policy(None))
        self.settled: frozenset[str] = frozenset()

    def settings(self, decided: Mapping[str, Any]) -> Mapping[str, Any]:
        """Those of the test, with a policy that notes."""
        self.settled = frozenset(arguments.knobs(decided.get("policy")))
        self.policy = Observed.of(arguments.policy(decided.get("policy")))
        return {**decided, "policy": self.policy}

    def opened(self, world: World) -> None:
        """Nothing has to be done."""


class Turned:
    """A run with one knob at another value."""

    def __init__(self, knob: str, value: object) -> None:
        self.knob = knob
        self.value = value

    def settings(self, decided: Mapping[str, Any]) -> Mapping[str, Any]:
        """Those of the test, but for the knob."""
        return {**decided, "policy": arguments.policy(decided.get("policy")).but(**{self.knob: self.value})}

    def opened(self, world: World) -> None:
        """Nothing has to be done."""


def went_through(reports: Reports) -> bool:
    """Whether a run passed; also if it should not have, which is told when no other run fails either."""
    return all(report.passed or str(report.longrepr).startswith("[XPASS(strict)]") for report in reports)


def lasting(reports: Reports, seconds: float) -> Reports:
    """These reports, where the test itself took so long."""
    for report in reports:
        if report.when == "call":
            report.duration = seconds
    return reports


def duration(reports: Reports) -> float:
    """How long a run took."""
    return sum(report.duration for report in reports)


def noted(reports: Reports, name: str, text: object) -> Reports:
    """These reports with a property more."""
    for report in reports:
        report.user_properties.append((name, str(text)))
    return reports


def failing(reports: Reports, title: str, text: str) -> Reports:
    """These reports, where every failure has a section that says in which run it happened."""
    for report in reports:
        if report.failed:
            addsection = getattr(report.longrepr, "addsection", None)
            if addsection is None:
                report.longrepr = f"{report.longrepr}\n{title}\n{text}"
            else:
                addsection(title, text)
    return reports


def cause(reports: Reports) -> str:
    """What was wrong in a run that failed, in a line that is not too long."""
    first = next(report for report in reports if not report.passed)
    crash = getattr(first.longrepr, "reprcrash", None)
    text = str(first.longrepr) if crash is None else crash.message
    line = (text.strip().splitlines() or ["it failed"])[0]
    return shorten(_MODULE.sub("", line), width=_WIDTH, placeholder=" ...")
