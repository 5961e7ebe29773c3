"""What the tests of the suite share: the service that is played to, and what was played so far."""

from __future__ import annotations

import pytest

from pytest_qruntime.contracts.suite.theatre import Theatre


@pytest.fixture(scope="session")
def theatre(pytestconfig: pytest.Config) -> Theatre:
    """Where the scenarios are played: each once in a process, when a test first asks for it."""
    return Theatre.of(pytestconfig)
