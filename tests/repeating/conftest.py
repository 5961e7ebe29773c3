"""Small projects of a user whose tests run under many circumstances."""

from __future__ import annotations

from tests.plugin.conftest import project

__all__ = ["project"]
