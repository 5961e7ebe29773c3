"""The marker of tests that replay a recording of `cassettes/`."""

from __future__ import annotations

from typing import Any

import pytest


def recorded(name: str, **settings: Any) -> pytest.MarkDecorator:
    """The test replays `cassettes/<name>.yaml`, which was recorded from a world of these settings."""
    return pytest.mark.qruntime(source="cassette", cassette=f"../../cassettes/{name}.yaml", **settings)
