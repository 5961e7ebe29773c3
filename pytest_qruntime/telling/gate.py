"""How much of the lifecycle a run has to drive: ``--qruntime-cov-fail-under``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pytest_qruntime.report.run.shown import Test

OPTION: Final = "--qruntime-cov-fail-under"
INI: Final = "qruntime_cov_fail_under"
_HELP: Final = (
    "fail the run if its tests drove less than so many percent of the lifecycle: of the transitions in the tables "
    "of states of sessions, batches and jobs"
)
_MOST: Final = 100


def add(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """The option, and its twin in ini files."""
    group.addoption(OPTION, metavar="PERCENT", default=None, help=f"{_HELP} (default: none is required; ini: {INI})")
    parser.addini(INI, f"{_HELP} (default: none is required)", default="")


def required(config: pytest.Config) -> float | None:
    """The percentage that is asked for; None: none is. Raises `pytest.UsageError` for what is no percentage."""
    option, ini = config.getoption(OPTION), str(config.getini(INI)).strip()
    if option is not None:
        return _percentage(option, OPTION)
    return _percentage(ini, f"ini {INI}") if ini else None


def _percentage(text: str, where: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= _MOST:
        raise pytest.UsageError(f"{where}: {text!r}; expected a number from 0 to {_MOST}")
    return number


def too_little(tests: Iterable[Test], wanted: float) -> str | None:
    """A sentence if the tests drove less than that."""
    from pytest_qruntime.report.coverage import CELLS, Coverage
    from pytest_qruntime.report.run.lines import percent

    coverage = Coverage()
    coverage.merge([cell for test in tests for world in test["worlds"] for cell in world["driven"]])
    if coverage.percent >= wanted:
        return None
    enough = next(count for count in range(len(CELLS) + 1) if 100 * count / len(CELLS) >= wanted)
    more = enough - len(coverage.driven)
    return (
        f"lifecycle coverage is {percent(coverage.percent)} %, and {wanted:g} % is required: {more} more "
        f"transition{'s' if more > 1 else ''} would do"
    )
