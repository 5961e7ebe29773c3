"""What became of every contract, as a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

import pytest

from pytest_qruntime.contracts.catalogue import CATALOGUE
from pytest_qruntime.contracts.suite.theatre import BROKEN, OUTCOME

_HEAD: Final = "| contract | level | rule | verdict | why |\n| --- | --- | --- | --- | --- |\n"
_EXPECTED: Final = "expected: "
_SEEN: Final = "seen:"


class Table:
    """The plugin that is there with ``--qruntime-table``: it writes the file when everything has run."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write the file, also from what the workers of pytest-xdist send."""
        reports = [one for several in terminalreporter.stats.values() for one in several]
        found = dict(_outcomes(one for one in reports if isinstance(one, pytest.TestReport)))
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(table(found), encoding="utf-8")
        terminalreporter.line(f"what became of {len(found)} contracts is in {self._path}")


def _outcomes(reports: Iterable[pytest.TestReport]) -> Iterable[tuple[str, Mapping[str, Any]]]:
    for report in reports:
        for name, value in report.user_properties:
            if name == OUTCOME and isinstance(value, Mapping):
                yield value["id"], value


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """The table; contracts of which nothing is known are left out."""
    rows = [
        f"| {one.id} | {one.level} | {one.statement} | {found[one.id]['verdict']} | {_short(found[one.id])} |\n"
        for one in CATALOGUE
        if one.id in found
    ]
    return _HEAD + "".join(rows)


def _short(outcome: Mapping[str, Any]) -> str:
    """The reason in one line: of a break what was expected first, and seen instead."""
    why = str(outcome["why"])
    if outcome["verdict"] == BROKEN:
        lines = [line.strip() for line in why.splitlines()]
        expected = next((line for line in lines if line.startswith(_EXPECTED)), "")
        seen = next((line for line in lines if line.startswith(_SEEN)), "")
        why = f"{expected}; seen: {seen.removeprefix(_SEEN).strip()}"
    return " ".join(why.split()).replace("|", "\\|")
