"""The shortest program that shows what went wrong in a test."""

from __future__ import annotations

import pytest


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
