"""What is known of a test's recording before it runs: all but what the fixture `qruntime_config` says."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_qruntime.settings import from_markers, given


def cassette_of(item: pytest.Item) -> str | None:
    """The recording that a test names."""
    return _static(item).get("cassette")


def source_of(item: pytest.Item) -> str:
    """What stands behind a test."""
    return str(_static(item).get("source", "fake"))


def _static(item: pytest.Item) -> dict[str, Any]:
    ini, command_line = given(item.config)
    found: dict[str, Any] = dict(ini)
    for marker in from_markers(item):
        found.update(marker)
    return {**found, **command_line}
