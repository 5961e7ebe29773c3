"""Small projects of a user whose tests run under many circumstances."""

from __future__ import annotations

import pytest_qruntime.contracts.catalogue
import pytest_qruntime.judging.trial
import pytest_qruntime.repeating.matrix
import pytest_qruntime.repeating.repeater
import pytest_qruntime.repeating.summary  # noqa: F401  # as in tests/plugin: what is loaded before stays whole
from tests.plugin.conftest import project

__all__ = ["project"]
