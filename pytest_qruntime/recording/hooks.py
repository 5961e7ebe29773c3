"""The hooks that a ``conftest.py`` or another plugin can implement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pytest_qruntime.cassette.scrub import Rule


@pytest.hookspec
def pytest_qruntime_scrub_rules(config: pytest.Config) -> Sequence[Rule]:  # type: ignore[empty-body]
    """Rules for secrets that the default rules do not know, such as the numbers of your employees.

    They count beside the default ones, for what is saved and for what is compared, and for recordings of every test::

        from pytest_qruntime.cassette.scrub import Rule

        def pytest_qruntime_scrub_rules(config):
            return [Rule("employee", r"\\bE-[0-9]{6}\\b")]

    Args:
        config: the pytest config object.
    """
