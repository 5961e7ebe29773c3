"""Where the runs of a test leave what they showed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from pytest_qruntime.judging.trial import Trial
    from pytest_qruntime.report.run.shown import World

WORLDS: Final[pytest.StashKey[list[World]]] = pytest.StashKey()
"""On a test that used the service: what each of its runs showed, in order."""

TRIAL: Final[pytest.StashKey[Trial]] = pytest.StashKey()
"""On a test that uses the service, until it is over: the run that it is in, or had last."""
