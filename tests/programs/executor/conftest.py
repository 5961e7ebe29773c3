"""Backends of the real client, without a service behind them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.programs.executor import clientside


@pytest.fixture
def manila() -> Any:
    """Five qubits in a row."""
    return clientside.backend("manila")


@pytest.fixture
def sherbrooke() -> Any:
    """127 qubits."""
    return clientside.backend("sherbrooke")
