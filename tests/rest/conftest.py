from __future__ import annotations

import pytest

from tests.rest.face import Face


@pytest.fixture
def face() -> Face:
    """A fresh world on the premium plan, and its REST face."""
    return Face()
