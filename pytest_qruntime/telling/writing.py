"""The reports of a run, as files."""

from __future__ import annotations

import pytest


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
