"""What pytest sees: options, the marker, the fixtures. Nothing heavy is imported before a fixture is used."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pytest_qruntime.fixtures import (
    qiskit_runtime_service,
    qruntime,
    qruntime_batch,
    qruntime_clock,
    qruntime_config,
    qruntime_server,
    qruntime_session,
)
from pytest_qruntime.settings import MARKER, SETTINGS, check, from_command_line, from_ini

__all__ = [
    "qiskit_runtime_service",
    "qruntime",
    "qruntime_batch",
    "qruntime_clock",
    "qruntime_config",
    "qruntime_server",
    "qruntime_session",
]

EXAMPLE = f"{MARKER}({', '.join(f'{setting.name}={setting.example}' for setting in SETTINGS)})"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("qruntime", "Qiskit Runtime in virtual time (pytest-qruntime)")
    for setting in SETTINGS:
        text = f"{setting.help} (default: {setting.default}; ini: {setting.ini})"
        action = "append" if setting.repeatable else "store"
        group.addoption(setting.option, action=action, metavar=setting.metavar, default=None, help=text)
        help_of_ini = f"{setting.help} (default: {setting.default})"
        if setting.repeatable:
            parser.addini(setting.ini, help_of_ini, type="linelist")
        else:
            parser.addini(setting.ini, help_of_ini, default="")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers",
        f"{EXAMPLE}: what the world of this test is made of, any of these; `pytest --help` describes each.",
    )
    try:
        from_ini(config)
        from_command_line(config)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_collection_modifyitems(session: pytest.Session, items: list[pytest.Item]) -> None:
    """A wrong marker is an error before any test runs; all of them are told at once."""
    problems = sorted({problem for item in items for problem in marker_problems(item)})
    if problems and hasattr(session.config, "workerinput"):
        # In a worker of pytest-xdist: the controller would show a UsageError as a crash, but it understands reports.
        for where, what in problems:
            session.ihook.pytest_collectreport(report=pytest.CollectReport(where, "failed", what, []))
        items.clear()
    elif problems:
        raise pytest.UsageError(*(f"{where}: {what}" for where, what in problems))


def marker_problems(item: pytest.Item) -> Iterator[tuple[str, str]]:
    """What is wrong with the markers of a test: where each one stands, and a sentence."""
    for node, marker in item.iter_markers_with_node(MARKER):
        try:
            if marker.args:
                yield (
                    node.nodeid,
                    f"@pytest.mark.{MARKER} takes keywords only, such as plan='open'; found {marker.args!r}",
                )
            check(marker.kwargs, f"@pytest.mark.{MARKER}")
        except ValueError as error:
            yield (node.nodeid, str(error))
