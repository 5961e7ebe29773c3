"""Backends of the real client, without a service behind them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sdk.needs import at_least, because

FIRST = "0.51.0"


class TooNew(pytest.Module):
    """A file of tests that an older client cannot even import."""

    def collect(self) -> Any:
        pytest.skip(because(FIRST, "the way that jobs are decoded here"), allow_module_level=True)


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """These tests speak to the client's own decoders, and those have moved with every version."""
    return None if at_least(FIRST) else TooNew.from_parent(parent, path=module_path)


@pytest.fixture
def manila() -> Any:
    """Five qubits in a row."""
    return _backend("manila")


@pytest.fixture
def sherbrooke() -> Any:
    """127 qubits."""
    return _backend("sherbrooke")


def _backend(name: str) -> Any:
    from tests.programs.executor import clientside

    return clientside.backend(name)
