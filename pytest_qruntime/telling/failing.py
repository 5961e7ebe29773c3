"""What is shown below a test that failed."""

from __future__ import annotations

import pytest


def begin(config: pytest.Config) -> None:
    """Take part in a run."""
