"""What is told to GitHub Actions."""

from __future__ import annotations

import pytest


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
