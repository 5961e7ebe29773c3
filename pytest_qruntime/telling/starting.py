"""The options of what is told, and who takes part in a run."""

from __future__ import annotations

import pytest

from pytest_qruntime.telling import collecting, failing, gate, github, junit, reproducing, summary, writing


def add(group: pytest.OptionGroup, parser: pytest.Parser) -> None:
    """The options, and their twins in ini files."""
    gate.add(group, parser)
    writing.add(group, parser)
    github.add(group, parser)


def begin(config: pytest.Config) -> None:
    """Take part in a run. Raises `pytest.UsageError` for an option that cannot be meant."""
    for part in (collecting, failing, reproducing, summary, writing, junit, github):
        part.begin(config)
