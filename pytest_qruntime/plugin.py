"""What pytest sees: options, the marker, the fixtures. Nothing heavy is imported before a fixture is used."""

from __future__ import annotations

import pytest

from pytest_qruntime.fixtures import (
    qruntime,
    qruntime_batch,
    qruntime_clock,
    qruntime_config,
    qruntime_session,
)
from pytest_qruntime.settings import MARKER, NAMES, SETTINGS, check_names, from_command_line, from_ini

__all__ = ["qruntime", "qruntime_batch", "qruntime_clock", "qruntime_config", "qruntime_session"]


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("qruntime", "Qiskit Runtime in virtual time (pytest-qruntime)")
    for setting in SETTINGS:
        text = f"{setting.help} (default: {setting.default}; ini: {setting.ini})"
        group.addoption(setting.option, metavar=setting.metavar, default=None, help=text)
        parser.addini(setting.ini, f"{setting.help} (default: {setting.default})", default="")


def pytest_configure(config: pytest.Config) -> None:
    keywords = ", ".join(f"{name}=" for name in NAMES)
    config.addinivalue_line(
        "markers",
        f"{MARKER}({keywords}): what the world of this test is like; see the options --qruntime-* for the values.",
    )
    from_ini(config)
    from_command_line(config)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A wrong marker is an error before any test runs."""
    for item in items:
        for marker in item.iter_markers(MARKER):
            where = f"{item.nodeid}: @pytest.mark.{MARKER}"
            if marker.args:
                raise pytest.UsageError(f"{where} takes keywords only: {', '.join(NAMES)}")
            check_names(marker.kwargs, where)
