"""The tests that a matrix of settings makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from pytest_qruntime import several
from pytest_qruntime.arguments import CHECKS
from pytest_qruntime.model import ConfigurationError
from pytest_qruntime.settings import MARKER


def expand(metafunc: pytest.Metafunc, axes: Mapping[str, Sequence[Any]]) -> None:
    """Make a test of every combination, which says its values with a marker of its own.

    Of values that cannot be used none is made: what is wrong with them is told when everything is collected.
    """
    try:
        for name, values in axes.items():
            several.check(name, values, CHECKS[name])
    except (ConfigurationError, KeyError):
        return
    rows = [
        pytest.param(name, id=name, marks=getattr(pytest.mark, MARKER)(**row))
        for name, row in several.combinations(axes)
    ]
    metafunc.fixturenames.append(several.PARAMETER)  # or pytest would miss it among the test's arguments
    metafunc.parametrize(several.PARAMETER, rows)
