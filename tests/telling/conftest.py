"""Small projects of a user, of which something is to be told."""

from __future__ import annotations

from tests.plugin.conftest import project as project  # a fixture
