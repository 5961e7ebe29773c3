"""What pytest sees: options, the marker, the fixtures. Nothing heavy is imported before a fixture is used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_qruntime.fixtures import (
    qruntime,
    qruntime_batch,
    qruntime_clock,
    qruntime_config,
    qruntime_session,
)
from pytest_qruntime.settings import MARKER, NAMES, SETTINGS, check, from_command_line, from_ini

__all__ = ["qruntime", "qruntime_batch", "qruntime_clock", "qruntime_config", "qruntime_session"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("qruntime", "Qiskit Runtime in virtual time (pytest-qruntime)")
    for setting in SETTINGS:
        text = f"{setting.help} (default: {setting.default}; ini: {setting.ini})"
        action = "append" if setting.repeatable else "store"
        group.addoption(setting.option, action=action, metavar=setting.metavar, default=None, help=text)
        parser.addini(setting.ini, f"{setting.help} (default: {setting.default})", default="")


def pytest_configure(config: pytest.Config) -> None:
    keywords = ", ".join(f"{setting.name}={setting.example}" for setting in SETTINGS)
    config.addinivalue_line(
        "markers",
        f"{MARKER}({keywords}): what the world of this test is made of, any of these; `pytest --help` describes each.",
    )
    try:
        from_ini(config)
        from_command_line(config)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A wrong marker is an error before any test runs; all of them are told at once."""
    problems = list(dict.fromkeys(problem for item in items for problem in marker_problems(item)))
    if problems:
        raise pytest.UsageError(*problems)


def marker_problems(item: pytest.Item) -> Iterator[str]:
    """What is wrong with the markers of a test, a sentence each."""
    for node, marker in item.iter_markers_with_node(MARKER):
        where = f"{node.nodeid}: @pytest.mark.{MARKER}"
        try:
            if marker.args:
                yield f"{where} takes keywords only, some of {', '.join(NAMES)}; found {marker.args!r}"
            check(marker.kwargs, where)
        except ValueError as error:
            yield str(error)
